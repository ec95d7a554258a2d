//! `demo`: an example desk to explore, made by ordinary commands at plausible times in the past.

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
use crate::cli::session::{Session, path_text};
use crate::desk::{
    ActionRequest, Command, Desk, Environment, FileCommand, InitOptions, TicketCommand, TicketRef, WriteOptions,
};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::Action;
use crate::domain::time::duration;
use crate::domain::vocabulary::MergeReason;
use crate::error::Error;
use crate::store::git::Repository;
use crate::store::layout;
use script::{DemoAction, DemoStep};

/// The user's address in the example desk, if git has none.
const VISITOR: &str = "you@desk.example";

/// Create an example desk to explore.
///
/// You are one of its agents.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder to create it in
    #[arg(value_name = "DIR", default_value = "casebook-demo")]
    folder: PathBuf,
}

impl DemoArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let root = session.start()?.join(&self.folder);
        if root.exists() && root.read_dir().map_err(Error::io(&root, "list"))?.next().is_some() {
            return Err(CliError::new("store.exists", format!("{} is not empty", path_text(&root)))
                .hint("name another folder: casebook demo DIR"));
        }
        let steps = script::steps();
        let now = session.environment.now;
        let start = steps.first().map_or(now, |step| step.at(now));
        let you = create(&root, session, start)?;
        let environment = Environment { now: start, clock_is_fixed: true, ..session.environment.clone() };
        for command in organizations::organizations(now)
            .map_err(|error| Error::Usage { message: error.to_string(), hint: None })?
        {
            let options =
                WriteOptions { on_behalf: false, actor: you.clone(), git_author: None, dry_run: false, commit: None };
            Desk::open(&root, environment.clone())?
                .perform(Command::File(FileCommand::Organization(command)), &options)?;
        }
        let count = play(&root, &session.environment, &you, steps)?;
        session.output.status(&format!(
            "Created a desk with {count} tickets in {}; you are its agent {you}. Try:\n",
            path_text(&root)
        ))?;
        let folder = self.folder.display();
        session.output.status(&format!(
            "  cd {folder}\n  casebook                          # the overview of the desk\n  casebook list status:open         # tickets that wait for support\n  \
             casebook list assignee:none\n  casebook show TICKET              # TICKET is an id that the list prints\n  casebook reply TICKET -m \"On it.\"\n  casebook plan show northwind      # the plan of a customer\n  git log --stat                    # the audit trail"
        ))?;
        Ok(Exit::Done)
    }
}

/// Creates the desk with its team, of which the user is an agent. Returns the user.
fn create(root: &Path, session: &Session, start: DateTime<Utc>) -> Result<Person, CliError> {
    let environment = Environment { now: start, clock_is_fixed: true, ..session.environment.clone() };
    let options = InitOptions {
        root: root.to_owned(),
        name: "Example desk".to_owned(),
        time_zone: machine_zone(),
        agent: session.named_actor()?,
        commit: false,
        program: program(),
        many_files: false,
    };
    let created = options.create(&environment)?;
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
    let text = crate::store::config::initial("Example desk", &machine_zone(), created.commit_each, None);
    let agents = [you.as_str(), script::KENJI, script::LEA].map(|agent| format!("{agent:?}")).join(", ");
    let text = text
        .replace("agents = []", &format!("agents = [{agents}]"))
        .replace("managers = []", &format!("managers = [{:?}]", script::MORI));
    std::fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
    InitOptions::commit_files(root, &environment)??;
    Ok(you)
}

/// Carries out the steps, each at its time and by its actor. Returns the number of tickets.
fn play(root: &Path, environment: &Environment, you: &Person, steps: Vec<DemoStep>) -> Result<usize, CliError> {
    let mut tickets: HashMap<&'static str, Id> = HashMap::new();
    for (index, step) in steps.into_iter().enumerate() {
        let seed = environment.seed.map(|seed| seed.wrapping_mul(1000).wrapping_add(index as u64));
        let environment = Environment {
            now: duration::whole_seconds(step.at(environment.now)),
            clock_is_fixed: true,
            seed,
            ..environment.clone()
        };
        let actor = if step.actor.is_empty() { you.clone() } else { person(step.actor)? };
        let request = request_of(&step, &tickets, &actor)?;
        let options = WriteOptions { on_behalf: actor != *you, actor, git_author: None, dry_run: false, commit: None };
        let mut desk = Desk::open(root, environment)?;
        let outcome = desk.perform(Command::Ticket(TicketCommand::Requests(vec![request])), &options)?;
        if let (DemoAction::Open { name, .. }, Some(ticket)) = (&step.action, outcome.tickets.first()) {
            tickets.insert(name, ticket.id);
        }
    }
    Ok(tickets.len())
}

/// Parses an address of the demo.
fn person(address: &str) -> Result<Person, CliError> {
    Person::from_address(address).map_err(|error| Error::Usage { message: error.to_string(), hint: None }.into())
}

/// Returns the request of a step, with the ids of the tickets that earlier steps opened.
fn request_of(step: &DemoStep, tickets: &HashMap<&'static str, Id>, actor: &Person) -> Result<ActionRequest, CliError> {
    let ticket = |name: &str| {
        tickets.get(name).copied().ok_or_else(|| CliError::from(Error::NotFound { word: name.to_owned() }))
    };
    let text = Text::clean(step.text);
    Ok(match &step.action {
        DemoAction::Open { name: _, subject, priority, group, organization } => {
            let mut fields = OpenFields::new((*subject).to_owned(), *priority, actor.clone());
            fields.product_group = Some((*group).to_owned());
            fields.organization = organization.map(str::to_owned);
            fields.channel = Some("portal".to_owned());
            let id = Id::at(step.at(DateTime::UNIX_EPOCH), 0);
            ActionRequest { target: TicketRef::New, ..ActionRequest::on(id, Action::Open(Box::new(fields)), text) }
        }
        DemoAction::On(name, action) => ActionRequest::on(ticket(name)?, action.clone(), text),
        DemoAction::Assign(name) => {
            ActionRequest::on(ticket(name)?, Action::Assign { assignee: Some(actor.clone()) }, text)
        }
        DemoAction::Merge { source, into } => {
            let action = Action::Merge { into: ticket(into)?, reason: MergeReason::SameIssue };
            ActionRequest::on(ticket(source)?, action, text)
        }
    })
}
