//! `demo`: an example desk to explore, made by ordinary commands at plausible times in the past.

mod story;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;

use super::inbox;
use super::init::machine_zone;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::global_flags::GlobalFlags;
use crate::cli::session::program::program;
use crate::cli::terminal::shell::quoted;
use crate::desk::{ActionRequest, Command, Desk, Environment, FileCommand, InitOptions, WriteOptions};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::time::duration;
use crate::error::Error;
use crate::store::config::PolicyTemplate;
use crate::store::git::{MergeOptions, Repository};
use crate::store::layout;
use crate::store::short_id::short_suffix;
use story::{DemoStep, DemoStory, person};

/// The user's address in the example desk, if git has none.
const VISITOR: &str = "you@desk.example";

/// Create an example desk to explore.
///
/// It has a git repository of its own, also inside another one. You are one of its agents. Its tickets show every status,
/// targets, a reminder and a hold that are due, and what two clones wrote at the same time. Your inbox is printed at the end.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder to create it in
    #[arg(value_name = "DIR", default_value = "casebook-demo")]
    folder: PathBuf,
}

impl DemoArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let root = session.folder(&self.folder)?;
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
        let tickets = play(&root, &session.environment, &you, story.steps)?;
        let count = tickets.len();
        session.output.status(&format!("Created a desk with {count} tickets in {}.\n", root.display()))?;
        if !session.global.quiet {
            let global = GlobalFlags { directory: Some(root), ..session.global.clone() };
            inbox::run(&Session::begin(&global, false)?)?;
        }
        session.output.status(&suggestions(&self.folder, &tickets))?;
        Ok(())
    }
}

/// The commands that are worth trying: the command, a ticket of the story if it needs one, and what it shows.
const SUGGESTIONS: [(&str, Option<&str>, &str); 5] = [
    ("show", Some("tiles"), "what two clones wrote at the same time"),
    ("sla", None, "a target that is missed, and one that is due soon"),
    ("macro ask_release -n", Some("french"), "the preview of a reply in French"),
    ("sweep", None, "the reminders that are due"),
    ("audit", None, "the whole history: nothing was rewritten"),
];

/// Returns the commands to try in the new desk.
fn suggestions(folder: &Path, tickets: &HashMap<String, Id>) -> String {
    let mut text = format!("\nTry:\n  cd {}", quoted(folder));
    for (command, ticket, what) in SUGGESTIONS {
        let ticket = ticket.and_then(|name| tickets.get(name)).map(|id| format!(" {}", short_suffix(*id)));
        let line = format!("casebook {command}{}", ticket.unwrap_or_default());
        text.push_str(&format!("\n  {line:<36}  # {what}"));
    }
    text
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
        .replace("managers = []", &format!("managers = [{}]", list(&story.managers)))
        + include_str!("demo-policy.toml");
    std::fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
    InitOptions::commit_files(root, PolicyTemplate::Looker, environment)??;
    Ok(you)
}

/// Carries out the steps, each at its time and by its actor. Returns the tickets by the names of the story.
fn play(
    root: &Path,
    environment: &Environment,
    you: &Person,
    steps: Vec<DemoStep>,
) -> Result<HashMap<String, Id>, CliError> {
    let mut tickets: HashMap<String, Id> = HashMap::new();
    let mut clone = None;
    for (index, step) in steps.into_iter().enumerate() {
        let seed = environment.seed.map(|seed| seed.wrapping_mul(1000).wrapping_add(index as u64));
        let now = duration::whole_seconds(step.at(environment.now));
        let repository = Repository::at(root).with_stand_in(environment.stand_in.as_ref());
        let environment_then = Environment { now, clock_is_fixed: true, seed, ..environment.clone() };
        let actor = step.by.as_deref().map_or_else(|| Ok(you.clone()), person)?;
        let request = step.request(&tickets, &actor, environment.now)?;
        let command = Command::requests(vec![ActionRequest { attachments: step.attachments(), ..request }]);
        if let Some(branch) = &step.clone {
            repository.switch(&["--create", branch])?;
        }
        let mut desk = Desk::open(root, environment_then)?;
        let outcome = desk.perform(command, &options(actor != *you, actor))?;
        if let Some(ticket) = outcome.tickets.first() {
            tickets.entry(step.ticket).or_insert(ticket.id);
        }
        if step.clone.is_some() {
            repository.switch(&["-"])?;
            clone = step.clone;
        } else if let Some(theirs) = clone.take() {
            unite(&repository, &theirs, now)?;
        }
    }
    Ok(tickets)
}

/// Merges the branch of a second clone, with the merge driver that the desk has configured.
fn unite(repository: &Repository, theirs: &str, now: DateTime<Utc>) -> Result<(), CliError> {
    let driver = repository.setting("merge.casebook.driver")?.unwrap_or_default();
    let message = format!("Merge the clone of {theirs}");
    let date = now.to_rfc3339();
    Ok(repository.merge(&MergeOptions { theirs, message: &message, driver: &driver, date: Some(&date) })?)
}

/// Returns the options of a command of the demo.
fn options(on_behalf: bool, actor: Person) -> WriteOptions {
    WriteOptions { on_behalf, actor, git_author: None, dry_run: false, commit: None }
}
