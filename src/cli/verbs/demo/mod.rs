//! `demo`: a small living desk to explore, made by the same commands as any other, at believable times.

mod organizations;
mod script;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;

use super::init::machine_zone;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::program::program;
use crate::cli::session::{Session, shown};
use crate::desk::{
    ActionRequest, Command, Desk, Environment, FileCommand, InitOptions, TicketCommand, TicketRef, WriteOptions,
};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, OpenFields};
use crate::domain::time::duration;
use crate::error::Error;
use crate::store::git::Repository;
use crate::store::layout;
use script::{DemoAction, DemoStep};

/// Who the visitor is where git does not know either.
const VISITOR: &str = "you@desk.example";

/// Make a small living desk to explore.
///
/// Whoever runs it is one of its agents.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder
    #[arg(value_name = "DIR", default_value = "casebook-demo")]
    folder: PathBuf,
}

impl DemoArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let root = session.start()?.join(&self.folder);
        if root.exists() && root.read_dir().map_err(Error::io(&root, "list"))?.next().is_some() {
            return Err(CliError::new(Exit::Refused, "store.exists", format!("{} is not empty", shown(&root)))
                .hint("name another folder: casebook demo DIR"));
        }
        let scenes = script::scenes();
        let now = session.world.now;
        let begun = scenes.first().map_or(now, |scene| scene.at(now));
        let you = found(&root, session, begun)?;
        let begun = Environment { now: begun, clock_is_fixed: true, ..session.world.clone() };
        for amending in organizations::organizations(now)
            .map_err(|error| Error::Usage { message: error.to_string(), hint: None })?
        {
            let terms =
                WriteOptions { on_behalf: false, by: you.clone(), git_author: None, dry_run: false, commit: None };
            Desk::open(&root, begun.clone())?.perform(Command::File(FileCommand::Organization(amending)), &terms)?;
        }
        let count = play(&root, &session.world, &you, scenes)?;
        session
            .output
            .status(&format!("A desk of {count} tickets in {}; you are its agent {you}. Try:\n", shown(&root)))?;
        let folder = self.folder.display();
        session.output.status(&format!(
            "  cd {folder}\n  casebook                          # the desk at a glance\n  casebook list status:open         # what support owes\n  \
             casebook list assignee:none\n  casebook show TICKET              # one of the ids above\n  casebook reply TICKET -m \"On it.\"\n  casebook plan show northwind      # what a customer was promised\n  git log --stat                    # the audit trail"
        ))?;
        Ok(Exit::Done)
    }
}

/// Founds the desk with its team; whoever runs the program is one of its agents.
fn found(root: &Path, session: &Session, begun: DateTime<Utc>) -> Result<Person, CliError> {
    let world = Environment { now: begun, clock_is_fixed: true, ..session.world.clone() };
    let founding = InitOptions {
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
    repository.set_local_identity(VISITOR)?;
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
    InitOptions::commit_files(root, &world)??;
    Ok(you)
}

/// Plays every scene at its time, as the person of the scene. Gives the number of tickets.
fn play(root: &Path, world: &Environment, you: &Person, scenes: Vec<DemoStep>) -> Result<usize, CliError> {
    let mut tickets: HashMap<&'static str, Id> = HashMap::new();
    for (place, scene) in scenes.into_iter().enumerate() {
        let seed = world.seed.map(|seed| seed.wrapping_mul(1000).wrapping_add(place as u64));
        let world = Environment {
            now: duration::whole_seconds(scene.at(world.now)),
            clock_is_fixed: true,
            seed,
            ..world.clone()
        };
        let by = if scene.who.is_empty() { you.clone() } else { person(scene.who)? };
        let step = step(&scene, &tickets, &by)?;
        let terms = WriteOptions { on_behalf: by != *you, by, git_author: None, dry_run: false, commit: None };
        let mut casebook = Desk::open(root, world)?;
        let report = casebook.perform(Command::Ticket(TicketCommand::Requests(vec![step])), &terms)?;
        if let (DemoAction::Open { name, .. }, Some(ticket)) = (&scene.act, report.tickets.first()) {
            tickets.insert(name, ticket.id);
        }
    }
    Ok(tickets.len())
}

fn person(words: &str) -> Result<Person, CliError> {
    Person::from_address(words).map_err(|error| Error::Usage { message: error.to_string(), hint: None }.into())
}

fn step(scene: &DemoStep, tickets: &HashMap<&'static str, Id>, by: &Person) -> Result<ActionRequest, CliError> {
    let ticket = |name: &str| {
        tickets.get(name).copied().ok_or_else(|| CliError::from(Error::NotFound { word: name.to_owned() }))
    };
    let text = Text::clean(scene.text);
    Ok(match &scene.act {
        DemoAction::Open { name: _, subject, priority, group, organization } => {
            let mut opening = OpenFields::new((*subject).to_owned(), *priority, by.clone());
            opening.product_group = Some((*group).to_owned());
            opening.organization = organization.map(str::to_owned);
            opening.channel = Some("portal".to_owned());
            let id = Id::at(scene.at(DateTime::UNIX_EPOCH), 0);
            ActionRequest { target: TicketRef::New, ..ActionRequest::on(id, Action::Open(Box::new(opening)), text) }
        }
        DemoAction::On(name, action) => ActionRequest::on(ticket(name)?, action.clone(), text),
        DemoAction::Assign(name) => {
            ActionRequest::on(ticket(name)?, Action::Assign { assignee: Some(by.clone()) }, text)
        }
        DemoAction::Merge { source, into } => {
            let action =
                Action::Merge { into: ticket(into)?, reason: crate::domain::vocabulary::MergeReason::SameIssue };
            ActionRequest::on(ticket(source)?, action, text)
        }
    })
}
