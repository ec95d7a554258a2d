//! `access`: access of customers to every ticket of their organization.

use clap::{Args, Subcommand};
use serde_json::json;

use super::org;
use crate::cli::Exit;
use crate::cli::args::value_parsers::priority;
use crate::cli::args::{CommitFlags, TextFlags, TicketFlags, WriteFlags, key};
use crate::cli::error::CliError;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::{AccessChange, ActionRequest, Command, Desk, FileCommand, TicketRef};
use crate::domain::id::Id;
use crate::domain::people::organization::Organization;
use crate::domain::people::organization_access::{AccessRefusal, decline_key, is_declined};
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::{OpenFields, Ticket};
use crate::domain::vocabulary::{Kind, Priority, Status};
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::view::table::tab_separated;

/// Request, grant and revoke access to every ticket of an organization.
///
/// A technical contact requests it directly, an administrator with the approval of a technical contact. An agent grants
/// or declines it. Granted access is recorded in the organization's file, with the ticket that granted it; it allows
/// reading only, and ends with the role. No role includes it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook access request -m \"I follow up on all our tickets.\"\n  casebook access grant 7S1W1X\n  casebook access revoke acme ana@acme.example -m \"The contract ended.\""
)]
pub struct AccessArgs {
    #[command(subcommand)]
    subcommand: AccessSubcommand,
}

#[derive(Debug, Subcommand)]
enum AccessSubcommand {
    /// Request access: open a ticket for the request
    Request(AccessRequestArgs),
    /// Grant the access that a ticket requests, and solve the ticket
    Grant(TicketFlags),
    /// Decline a request, with the reason; the ticket awaits the requester's reply
    Decline(TicketFlags),
    /// Revoke access
    Revoke(AccessRevokeArgs),
    /// List access and requests: organization, person, `granted`, `ended`, `asked` or `declined`, ticket
    List {
        /// Only this organization
        #[arg(value_name = "ORG")]
        organization: Option<String>,
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct AccessRequestArgs {
    /// The organization, if the requester belongs to several
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The technical contact who approved it, if an administrator requests it
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    approved_by: Option<Who>,
    /// The requester [default: the actor]
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    requester: Option<Who>,
    /// The subject of the ticket [default: Organization access]
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
struct AccessRevokeArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// The person whose access is revoked
    #[arg(value_name = "WHO", value_parser = Who::parse)]
    person: Who,
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

impl AccessArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.subcommand {
            AccessSubcommand::Request(request) => request.run(session).map(Exit::from),
            AccessSubcommand::Grant(on) => grant(session, on).map(Exit::from),
            AccessSubcommand::Decline(on) => decline(session, on).map(Exit::from),
            AccessSubcommand::Revoke(revoke) => revoke.run(session).map(Exit::from),
            AccessSubcommand::List { organization, json } => list(session, organization.as_deref(), json),
        }
    }
}

impl AccessRequestArgs {
    fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let actor = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let subject = match self.subject.as_deref() {
            None => "Organization access".to_owned(),
            Some(text) => clean_subject(text).ok_or_else(|| {
                Error::usage("the subject is empty", "leave -s out, or give a subject with -s SUBJECT")
            })?,
        };
        let text = self
            .text
            .required(desk.state(), || Ok("The reason for access to every ticket of the organization.".to_owned()))?;
        let person = |who: Option<Who>| who.map(|who| session.person(&desk, &who)).transpose();
        let approved_by = person(self.approved_by)?;
        let mut fields = OpenFields::new(subject, self.priority, person(self.requester)?.unwrap_or(actor));
        fields.kind = Some(Kind::OrganizationAccess);
        fields.organization = self.org.as_deref().and_then(clean_subject);
        // The person who approved it must be able to see that the ticket says so.
        fields.cc.extend(approved_by.clone().filter(|person| !person.same_address(&fields.requester)));
        fields.approved_by = approved_by;
        let action = Action::Open(Box::new(fields));
        let request = ActionRequest {
            target: TicketRef::New,
            ..ActionRequest::on(Id::at(session.environment.now, 0), action, None)
        };
        session.run_write(desk, vec![request], Command::requests, &self.write, text, &ResultStyle::Opened)
    }
}

fn grant(session: &Session, on: TicketFlags) -> Result<(), CliError> {
    let request = |desk: &Desk, id| {
        check_request(session, desk, id, "access grant")?;
        Ok(ActionRequest::on(id, Action::Resume, None))
    };
    let command = |mut requests: Vec<ActionRequest>| match requests.pop() {
        Some(request) => Command::File(FileCommand::Access(AccessChange::Grant(Box::new(request)))),
        None => Command::requests(requests),
    };
    on.run_write_as(session, None, request, command)
}

fn decline(session: &Session, mut on: TicketFlags) -> Result<(), CliError> {
    let desk = session.desk()?;
    let id = session.find(&session.view(&desk)?, &on.ticket.ticket)?;
    let ticket = check_request(session, &desk, id, "access decline")?;
    on.write.key = Some(decline_key(on.write.key.as_deref(), ticket.version()));
    on.run_write(session, Some("The reason for declining."), |_, _| Ok(Action::Reply { auto: false, via_ticket: None }))
}

/// Returns a ticket that requests access, on which the actor may decide.
///
/// # Errors
/// The actor is not an agent, or the ticket is not a request for access.
fn check_request(session: &Session, desk: &Desk, id: Id, action: &str) -> Result<Ticket, CliError> {
    let view = session.view(desk)?;
    if !view.viewer().is_some_and(|person| desk.config().team.has_agent(person)) {
        return Err(CliError::agents_only(&format!("`{action}`")));
    }
    let ticket = view.ticket(id)?;
    if ticket.header.kind != Some(Kind::OrganizationAccess) {
        let refusal = Refusal::Access(Box::new(AccessRefusal::NotAnAccessRequest));
        return Err(Error::refused(Some(id), action, refusal).into());
    }
    Ok(ticket)
}

impl AccessRevokeArgs {
    fn run(self, session: &Session) -> Result<(), CliError> {
        let mut desk = session.desk()?;
        let options = session.write_options(&self.end)?;
        let input = self.text.optional()?;
        let (organization, person) = (self.organization, session.person(&desk, &self.person)?);
        let line = format!("{organization}  {person} reads only their own tickets");
        let change =
            AccessChange::Revoke { organization: organization.clone(), person, text: input.text, key: self.key };
        let outcome = desk.perform(Command::File(FileCommand::Access(change)), &options);
        session.print_recovery(&desk);
        let outcome = outcome?;
        if outcome.changes.is_empty() {
            session.output.warn("note: nothing to change");
        }
        let style = (self.json, self.end.dry_run);
        org::print_result(session, &session.view(&desk)?, &outcome, &organization, style, |_| line)
    }
}

/// A person's access to an organization, or their request for it.
struct AccessRow {
    organization: String,
    person: Person,
    /// The ticket that granted it, or that requests it.
    ticket: Id,
    /// `granted`, `ended`, `asked` or `declined`.
    state: &'static str,
}

/// Prints access and requests, of one organization or of all that the viewer sees.
fn list(session: &Session, only: Option<&str>, as_json: bool) -> Result<Exit, CliError> {
    let desk = session.desk()?;
    let view = session.view(&desk)?;
    let (organizations, mut unreadable) = match only {
        Some(id) => (vec![view.organization(id)?], Vec::new()),
        None => view.organizations()?,
    };
    let found = view.summaries()?;
    unreadable.extend(found.unreadable);
    let mut rows: Vec<AccessRow> = organizations.iter().flat_map(granted).collect();
    for summary in found.rows.iter() {
        let header = &summary.header;
        if header.kind == Some(Kind::OrganizationAccess)
            && header.status != Status::Solved
            && let Some(organization) = header.organization.clone().filter(|id| only.is_none_or(|only| only == id))
        {
            let state = if is_declined(&view.ticket(summary.id)?.history) { "declined" } else { "asked" };
            rows.push(AccessRow { organization, person: header.requester.clone(), ticket: summary.id, state });
        }
    }
    rows.sort_by(|a, b| (&a.organization, &a.person, a.ticket).cmp(&(&b.organization, &b.person, b.ticket)));
    let record = |row: &AccessRow| json!({"organization": row.organization, "person": row.person.as_str(), "state": row.state, "ticket": row.ticket.to_string()});
    let line =
        |row: &AccessRow| tab_separated([&*row.organization, row.person.as_str(), row.state, &row.ticket.to_string()]);
    session.output.json_or_text(as_json, || rows.iter().map(record).collect(), || rows.iter().map(line).collect())?;
    Ok(session.report_unreadable(&unreadable))
}

/// Returns the access that the file of an organization grants, also if it ended with the role.
fn granted(organization: &Organization) -> impl Iterator<Item = AccessRow> + '_ {
    organization.people.iter().filter_map(|member| {
        let (organization, person) = (organization.id.clone(), member.email.clone());
        let state = if member.may_hold_access() { "granted" } else { "ended" };
        Some(AccessRow { organization, person, ticket: member.organization_access?, state })
    })
}
