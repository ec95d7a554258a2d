//! `access`: who reads every ticket of their organisation, and who asks to.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::org;
use crate::cli::Exit;
use crate::cli::args::value_parsers::{address, priority};
use crate::cli::args::{CommitFlags, TextFlags, TicketFlags, WriteFlags, key};
use crate::cli::error::CliError;
use crate::cli::run_write::{ResultStyle, TextRequirement};
use crate::cli::session::Session;
use crate::desk::{AccessChange, ActionRequest, Command, Desk, FileCommand, TicketCommand, TicketRef};
use crate::domain::id::Id;
use crate::domain::people::organization::Organization;
use crate::domain::people::organization_access::{AccessRefusal, decline_key, is_declined};
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::{Action, OpenFields};
use crate::domain::vocabulary::{Kind, Priority, Status};
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::view::sanitize::one_line;

/// Access to every ticket of an organization: ask for it, grant it, take it back.
///
/// A technical contact asks by themselves, an administrator with a technical contact's approval. An agent grants or
/// declines. Granted access stands in the organization's file, with the ticket that granted it; it lets read, and
/// ends with the role. Nothing else implies it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook access request -m \"I follow up on all our tickets.\"\n  casebook access grant 7S1W1X\n  casebook access revoke acme ana@acme.example -m \"The contract ended.\""
)]
pub struct AccessArgs {
    #[command(subcommand)]
    deed: AccessSubcommand,
}

#[derive(Debug, Subcommand)]
enum AccessSubcommand {
    /// Ask for access: opens a ticket of that kind
    Request(AccessRequestArgs),
    /// Grant what a ticket asks for, and solve it
    Grant(AccessGrantArgs),
    /// Say no, and why; the ticket awaits the requester's reply
    Decline(AccessDeclineArgs),
    /// Take access back
    Revoke(AccessRevokeArgs),
    /// List who has access, and who asks for it: organization, person, `granted`, `ended`, `asked` or `declined`, ticket
    List(AccessListArgs),
}

#[derive(Debug, Args)]
struct AccessRequestArgs {
    /// The organization, where the requester is of several
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The technical contact who approved it, where an administrator asks
    #[arg(long, value_name = "WHO", value_parser = address)]
    approved_by: Option<Person>,
    /// Who asks [default: whoever acts]
    #[arg(long, value_name = "WHO", value_parser = address)]
    requester: Option<Person>,
    /// What the ticket is called [default: Organization access]
    #[arg(short, long, value_name = "SUBJECT", allow_hyphen_values = true)]
    subject: Option<String>,
    /// The impact, S1 to S4
    #[arg(short, long, value_parser = priority, default_value = "S4")]
    priority: Priority,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    write: WriteFlags,
}

#[derive(Debug, Args)]
struct AccessGrantArgs {
    #[command(flatten)]
    on: TicketFlags,
}

#[derive(Debug, Args)]
struct AccessDeclineArgs {
    #[command(flatten)]
    on: TicketFlags,
}

#[derive(Debug, Args)]
struct AccessRevokeArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// Whose access
    #[arg(value_name = "WHO", value_parser = address)]
    person: Person,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    end: CommitFlags,
    /// A retry with the same key returns the first result
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Print the organization as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct AccessListArgs {
    /// Only this organization
    #[arg(value_name = "ORG")]
    organization: Option<String>,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

impl AccessArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.deed {
            AccessSubcommand::Request(request) => request.run(session),
            AccessSubcommand::Grant(grant) => grant.run(session),
            AccessSubcommand::Decline(decline) => decline.run(session),
            AccessSubcommand::Revoke(revoke) => revoke.run(session),
            AccessSubcommand::List(list) => list.run(session),
        }
    }
}

impl AccessRequestArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let by = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let subject = match self.subject.as_deref() {
            None => "Organization access".to_owned(),
            Some(words) => clean_subject(words)
                .ok_or_else(|| Error::usage("the subject is empty", "leave -s out, or say what it is about"))?,
        };
        let typed = self.text.required(casebook.state(), "Why every ticket of the organization shall be readable.")?;
        let mut opening = OpenFields::new(subject, self.priority, self.requester.unwrap_or(by));
        opening.kind = Some(Kind::OrganizationAccess);
        opening.organization = self.org.as_deref().and_then(clean_subject);
        // Whoever is said to have approved it sees the ticket that says so.
        opening.cc.extend(self.approved_by.clone().filter(|person| !person.same_address(&opening.requester)));
        opening.approved_by = self.approved_by;
        let action = Action::Open(Box::new(opening));
        let step =
            ActionRequest { target: TicketRef::New, ..ActionRequest::on(Id::at(session.world.now, 0), action, None) };
        session.run_write(casebook, vec![step], &self.write, typed, &ResultStyle::Opened)
    }
}

impl AccessGrantArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let id = request(session, &casebook, &self.on.ticket.ticket, "access grant")?;
        let step = self.on.conditions.on(ActionRequest::on(id, Action::Resume, None));
        let typed = self.on.text.optional()?;
        let work = |mut steps: Vec<ActionRequest>| match steps.pop() {
            Some(step) => Command::File(FileCommand::Access(AccessChange::Grant(Box::new(step)))),
            None => Command::Ticket(TicketCommand::Requests(steps)),
        };
        session.run_write_in(casebook, vec![step], work, &self.on.write, typed, &ResultStyle::One)
    }
}

impl AccessDeclineArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let id = request(session, &casebook, &self.on.ticket.ticket, "access decline")?;
        let mut on = self.on;
        on.write.key = Some(decline_key(on.write.key.as_deref(), casebook.read().ticket(id)?.version()));
        on.run_write(session, &TextRequirement::Needed("Why not."), |_, _| {
            Ok(Action::Reply { auto: false, via_ticket: None })
        })
    }
}

/// The ticket an agent decides on: one that asks for access.
fn request(session: &Session, casebook: &Desk, word: &str, action: &str) -> Result<Id, CliError> {
    let actor = session.actor()?;
    let id = casebook.read().find(word, actor)?;
    if !actor.is_some_and(|person| casebook.config().team.has_agent(person)) {
        let message = format!("only an agent may `{action}`");
        return Err(CliError::new(Exit::NotAllowed, "person.not_allowed", message)
            .hint("[team] in casebook.toml says who is an agent"));
    }
    if casebook.read().ticket(id)?.header.kind != Some(Kind::OrganizationAccess) {
        let refusal = Refusal::Access(Box::new(AccessRefusal::NotAnAccessRequest));
        return Err(Error::Refused { ticket: Some(id), action: action.to_owned(), refusal }.into());
    }
    Ok(id)
}

impl AccessRevokeArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut casebook = session.casebook()?;
        let terms = session.write_options(&self.end)?;
        let typed = self.text.optional()?;
        let (organization, person) = (self.organization, self.person);
        let said = format!("{organization}  {person} reads their own tickets alone");
        let change =
            AccessChange::Revoke { organization: organization.clone(), person, text: typed.text, key: self.key };
        let report = casebook.perform(Command::File(FileCommand::Access(change)), &terms);
        session.print_recovery(&casebook);
        let report = report?;
        if report.changes.is_empty() {
            session.output.warn("note: nothing to change");
        }
        if self.json {
            let made = org::require_new(&report, &organization)
                .map_or_else(|| casebook.policy().organization(&organization, Some(&terms.by)), Ok)?;
            org::print_organization(session, &made, true)?;
        } else if self.end.dry_run {
            session.print_plan(&report)?;
        } else {
            session.output.status(&one_line(&said))?;
        }
        Ok(Exit::Done)
    }
}

/// Somebody's access, or their wish for it.
struct AccessRow {
    organization: String,
    person: Person,
    ticket: Id,
    state: &'static str,
}

impl AccessListArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let viewer = session.actor()?;
        let (organizations, mut troubles) = match &self.organization {
            Some(id) => (vec![casebook.policy().organization(id, viewer)?], Vec::new()),
            None => casebook.policy().organizations(viewer)?,
        };
        let found = casebook.read().summaries(viewer)?;
        troubles.extend(found.troubles);
        let mut held: Vec<AccessRow> = organizations.iter().flat_map(granted).collect();
        for row in found.rows.iter() {
            let header = &row.header;
            let is_wanted = |id: &String| self.organization.as_ref().is_none_or(|only| only == id);
            if header.kind == Some(Kind::OrganizationAccess)
                && header.status != Status::Solved
                && let Some(organization) = header.organization.clone().filter(is_wanted)
            {
                let state = if is_declined(&casebook.read().ticket(row.id)?.history) { "declined" } else { "asked" };
                held.push(AccessRow { organization, person: header.requester.clone(), ticket: row.id, state });
            }
        }
        held.sort_by(|a, b| (&a.organization, &a.person, a.ticket).cmp(&(&b.organization, &b.person, b.ticket)));
        print_access(session, &held, self.json)?;
        Ok(session.report_unreadable(&casebook, &troubles))
    }
}

fn granted(organization: &Organization) -> impl Iterator<Item = AccessRow> + '_ {
    organization.people.iter().filter_map(|member| {
        let (organization, person) = (organization.id.clone(), member.email.clone());
        let state = if member.may_hold_access() { "granted" } else { "ended" };
        Some(AccessRow { organization, person, ticket: member.organization_access?, state })
    })
}

fn print_access(session: &Session, held: &[AccessRow], as_json: bool) -> Result<(), Error> {
    if as_json {
        let record = |held: &AccessRow| json!({"organization": held.organization, "person": held.person.as_str(), "state": held.state, "ticket": held.ticket.to_string()});
        return session.output.json(&Value::Array(held.iter().map(record).collect()));
    }
    let line = |held: &AccessRow| {
        let (organization, person) = (one_line(&held.organization), one_line(held.person.as_str()));
        format!("{organization}\t{person}\t{}\t{}\n", held.state, held.ticket)
    };
    let lines: String = held.iter().map(line).collect();
    session.output.print(&lines)
}
