//! `demo`: a small living desk to explore, made by the same commands as any other, at believable times.

mod organizations;
mod script;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;

use super::init::machine_zone;
use crate::cli::Exit;
use crate::cli::error::Complaint;
use crate::cli::session::program::program;
use crate::cli::session::{Session, shown};
use crate::desk::{Casebook, Founding, Step, Target, Terms, Work, World};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, Opening};
use crate::domain::time::duration;
use crate::error::Error;
use crate::store::git::Repository;
use crate::store::layout;
use script::{Act, Scene};

/// Who the visitor is where git does not know either.
const VISITOR: &str = "you@desk.example";

/// Make a small living desk to explore.
///
/// Whoever runs it is one of its agents.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder
    #[arg(value_name = "DIR", default_value = "casebook-demo")]
    folder: PathBuf,
}

impl Demo {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let root = session.start()?.join(&self.folder);
        if root.exists() && root.read_dir().map_err(Error::io(&root, "list"))?.next().is_some() {
            return Err(Complaint::new(Exit::Refused, "store.exists", format!("{} is not empty", shown(&root)))
                .hint("name another folder: casebook demo DIR"));
        }
        let scenes = script::scenes();
        let now = session.world.now;
        let begun = scenes.first().map_or(now, |scene| scene.at(now));
        let you = found(&root, session, begun)?;
        let begun = World { now: begun, clock_is_fixed: true, ..session.world.clone() };
        for amending in organizations::organizations(now)
            .map_err(|error| Error::Usage { message: error.to_string(), hint: None })?
        {
            let terms = Terms { on_behalf: false, by: you.clone(), git_author: None, dry_run: false, commit: None };
            Casebook::open(&root, begun.clone())?.perform(Work::Amend(amending), &terms)?;
        }
        let count = play(&root, &session.world, &you, scenes)?;
        session
            .output
            .say(&format!("A desk of {count} tickets in {}; you are its agent {you}. Try:\n", shown(&root)))?;
        let folder = self.folder.display();
        session.output.say(&format!(
            "  cd {folder}\n  casebook                          # the desk at a glance\n  casebook list status:open         # what support owes\n  \
             casebook list assignee:none\n  casebook show TICKET              # one of the ids above\n  casebook reply TICKET -m \"On it.\"\n  casebook plan show northwind      # what a customer was promised\n  git log --stat                    # the audit trail"
        ))?;
        Ok(Exit::Done)
    }
}

/// Founds the desk with its team; whoever runs the program is one of its agents.
fn found(root: &Path, session: &Session, begun: DateTime<Utc>) -> Result<Person, Complaint> {
    let world = World { now: begun, clock_is_fixed: true, ..session.world.clone() };
    let founding = Founding {
        root: root.to_owned(),
        name: "Example desk".to_owned(),
        time_zone: machine_zone(),
        agent: session.named_actor()?,
        commit: false,
        program: program(),
        many_files: false,
    };
    let report = founding.found(&world)?;
    if let Some(refusal) = report.git {
        return Err(Error::Git { refusal }.into());
    }
    let repository = Repository::at(root);
    repository.name_visitor(VISITOR)?;
    let you = match report.agent {
        Some(you) => you,
        None => person(VISITOR)?,
    };
    let marker = root.join(layout::MARKER);
    let text = crate::store::config::initial("Example desk", &machine_zone(), report.commit_each, None);
    let agents = [you.as_str(), script::KENJI, script::LEA].map(|agent| format!("{agent:?}")).join(", ");
    let text = text
        .replace("agents = []", &format!("agents = [{agents}]"))
        .replace("managers = []", &format!("managers = [{:?}]", script::MORI));
    std::fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
    Founding::commit_files(root, &world)??;
    Ok(you)
}

/// Plays every scene at its time, as the person of the scene. Gives the number of tickets.
fn play(root: &Path, world: &World, you: &Person, scenes: Vec<Scene>) -> Result<usize, Complaint> {
    let mut tickets: HashMap<&'static str, Id> = HashMap::new();
    for (place, scene) in scenes.into_iter().enumerate() {
        let seed = world.seed.map(|seed| seed.wrapping_mul(1000).wrapping_add(place as u64));
        let world =
            World { now: duration::whole_seconds(scene.at(world.now)), clock_is_fixed: true, seed, ..world.clone() };
        let by = if scene.who.is_empty() { you.clone() } else { person(scene.who)? };
        let step = step(&scene, &tickets, &by)?;
        let terms = Terms { on_behalf: by != *you, by, git_author: None, dry_run: false, commit: None };
        let mut casebook = Casebook::open(root, world)?;
        let report = casebook.perform(Work::Steps(vec![step]), &terms)?;
        if let (Act::Open { name, .. }, Some(ticket)) = (&scene.act, report.tickets.first()) {
            tickets.insert(name, ticket.id);
        }
    }
    Ok(tickets.len())
}

fn person(words: &str) -> Result<Person, Complaint> {
    Person::from_address(words).map_err(|error| Error::Usage { message: error.to_string(), hint: None }.into())
}

fn step(scene: &Scene, tickets: &HashMap<&'static str, Id>, by: &Person) -> Result<Step, Complaint> {
    let ticket = |name: &str| {
        tickets.get(name).copied().ok_or_else(|| Complaint::from(Error::NotFound { word: name.to_owned() }))
    };
    let text = Text::clean(scene.text);
    Ok(match &scene.act {
        Act::Open { name: _, subject, priority, group, organization } => {
            let mut opening = Opening::new((*subject).to_owned(), *priority, by.clone());
            opening.product_group = Some((*group).to_owned());
            opening.organization = organization.map(str::to_owned);
            opening.channel = Some("portal".to_owned());
            let id = Id::at(scene.at(DateTime::UNIX_EPOCH), 0);
            Step { target: Target::New, ..Step::on(id, Action::Open(Box::new(opening)), text) }
        }
        Act::On(name, action) => Step::on(ticket(name)?, action.clone(), text),
        Act::Assign(name) => Step::on(ticket(name)?, Action::Assign { assignee: Some(by.clone()) }, text),
        Act::Merge { source, into } => {
            let action =
                Action::Merge { into: ticket(into)?, reason: crate::domain::vocabulary::MergeReason::SameIssue };
            Step::on(ticket(source)?, action, text)
        }
    })
}
