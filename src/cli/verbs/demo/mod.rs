//! `demo`: an example desk to explore, made by ordinary commands at plausible times in the past.

mod story;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::init::machine_zone;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{Command, Desk, Environment, FileCommand, InitOptions, WriteOptions};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::time::duration;
use crate::error::Error;
use crate::store::config::PolicyTemplate;
use crate::store::git::Repository;
use crate::store::layout;
use story::{DemoStep, DemoStory, person};

/// The user's address in the example desk, if git has none.
const VISITOR: &str = "you@desk.example";

/// Create an example desk to explore.
///
/// It has a git repository of its own, also inside another one. You are one of its agents.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder to create it in
    #[arg(value_name = "DIR", default_value = "casebook-demo")]
    folder: PathBuf,
}

impl DemoArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let root = session.start()?.join(&self.folder);
        if root.exists() && root.read_dir().map_err(Error::io(&root, "list"))?.next().is_some() {
            return Err(CliError::new("store.exists", format!("{} is not empty", root.display()))
                .hint("name another folder: casebook demo DIR"));
        }
        let story = DemoStory::read();
        let now = session.environment.now;
        let start = story.steps.first().map_or(now, |step| step.at(now));
        let environment = Environment { now: start, clock_is_fixed: true, ..session.environment.clone() };
        let you = create(&root, session, &environment, &story)?;
        for command in story.organizations(now)? {
            Desk::open(&root, environment.clone())?
                .perform(Command::File(FileCommand::Organization(command)), &options(false, you.clone()))?;
        }
        let count = play(&root, &session.environment, &you, story.steps)?;
        session.output.status(&format!(
            "Created a desk with {count} tickets in {}; you are its agent {you}. Try:\n",
            root.display()
        ))?;
        let folder = self.folder.display();
        session.output.status(&format!(
            "  cd {folder}\n  casebook                          # your inbox\n  casebook list status:open         # tickets that wait for support\n  \
             casebook list assignee:none\n  casebook show TICKET              # TICKET is an id that the list prints\n  casebook reply TICKET -m \"On it.\"\n  casebook plan show northwind      # the plan of a customer\n  git log --stat                    # the audit trail"
        ))?;
        Ok(())
    }
}

/// Creates the desk with its team, of which the user is an agent. Returns the user.
fn create(root: &Path, session: &Session, environment: &Environment, story: &DemoStory) -> Result<Person, CliError> {
    let options = InitOptions {
        root: root.to_owned(),
        name: "Example desk".to_owned(),
        template: PolicyTemplate::Looker,
        time_zone: machine_zone(),
        agent: session.named_actor()?,
        commit: Some(false),
        own_repository: true,
        program: program(),
        many_files: false,
    };
    let created = options.create(environment)?;
    if let Some(refusal) = created.git {
        return Err(Error::Git { refusal }.into());
    }
    let repository = Repository::at(root);
    repository.set_local_identity(VISITOR)?;
    let you = match created.agent {
        Some(you) => you,
        None => person(VISITOR)?,
    };
    let marker = root.join(layout::MARKER);
    let text = PolicyTemplate::Looker.text("Example desk", &machine_zone(), created.commit_each, None);
    let list = |people: &[String]| people.iter().map(|person| format!("{person:?}")).collect::<Vec<_>>().join(", ");
    let agents = [std::slice::from_ref(&you.to_string()), &story.agents].concat();
    let text = text
        .replace("agents = []", &format!("agents = [{}]", list(&agents)))
        .replace("managers = []", &format!("managers = [{}]", list(&story.managers)));
    std::fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
    InitOptions::commit_files(root, PolicyTemplate::Looker, environment)??;
    Ok(you)
}

/// Carries out the steps, each at its time and by its actor. Returns the number of tickets.
fn play(root: &Path, environment: &Environment, you: &Person, steps: Vec<DemoStep>) -> Result<usize, CliError> {
    let mut tickets: HashMap<String, Id> = HashMap::new();
    for (index, step) in steps.into_iter().enumerate() {
        let seed = environment.seed.map(|seed| seed.wrapping_mul(1000).wrapping_add(index as u64));
        let environment = Environment {
            now: duration::whole_seconds(step.at(environment.now)),
            clock_is_fixed: true,
            seed,
            ..environment.clone()
        };
        let actor = step.by.as_deref().map_or_else(|| Ok(you.clone()), person)?;
        let requests = vec![step.request(&tickets, &actor)?];
        let mut desk = Desk::open(root, environment)?;
        let command = Command::requests(requests);
        let outcome = desk.perform(command, &options(actor != *you, actor))?;
        if let Some(ticket) = outcome.tickets.first() {
            tickets.entry(step.ticket).or_insert(ticket.id);
        }
    }
    Ok(tickets.len())
}

/// Returns the options of a command of the demo.
fn options(on_behalf: bool, actor: Person) -> WriteOptions {
    WriteOptions { on_behalf, actor, git_author: None, dry_run: false, commit: None }
}
