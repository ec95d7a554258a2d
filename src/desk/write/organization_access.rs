//! Granting and revoking organization access: the organization's file and the ticket change in one command.

use crate::domain::id::Id;
use crate::domain::people::organization::Organization;
use crate::domain::people::organization_access::{AccessRefusal, may_have_access};
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::Kind;
use crate::domain::workflow::Refusal;
use crate::error::Error;

use super::command::{AccessChange, OrganizationCommand, TicketCommand};
use super::options::WriteOptions;
use super::outcome::Outcome;
use super::request::{ActionRequest, TicketRef};
use super::transaction::Transaction;
use super::{commit_message, organization};
use crate::desk::Desk;

/// Returns the outcome of granting or revoking access: the organization's file and the ticket change together.
///
/// # Errors
/// The workflow or the organization refuses it, or a file cannot be read.
pub(crate) fn plan_change(desk: &Desk, change: AccessChange, options: &WriteOptions) -> Result<Outcome, Error> {
    match change {
        AccessChange::Grant(request) => grant(desk, *request, options),
        AccessChange::Revoke { organization, person, text, key } => {
            revoke(desk, &organization, &person, text, key, options)
        }
    }
}

fn grant(desk: &Desk, mut request: ActionRequest, options: &WriteOptions) -> Result<Outcome, Error> {
    if let TicketRef::Ticket(id) = request.target {
        let by = Some(desk.read().ticket(id)?.header.requester);
        request.action = Action::Solve(SolveEvidence::Agreed { by, reply: None });
    }
    let outcome = Transaction::new(desk, options).run(TicketCommand::Requests(vec![request]))?;
    let Some(ticket) = outcome.tickets.first().filter(|_| !outcome.changes.is_empty()) else { return Ok(outcome) };
    let refused = |refusal| refused(Some(ticket.id), "access grant", refusal);
    let is_request = ticket.header.kind == Some(Kind::OrganizationAccess);
    let opening = ticket.opening().filter(|_| is_request).ok_or_else(|| refused(AccessRefusal::NotAnAccessRequest))?;
    let id = opening.organization.as_deref().ok_or_else(|| refused(AccessRefusal::NoOrganization))?;
    let organization = desk.as_seen_by(Some(&options.actor))?.organization(id)?;
    may_have_access(&organization, &opening.requester, opening.approved_by.as_ref()).map_err(refused)?;
    let change = OrganizationChange::Access(opening.requester.clone(), Some(ticket.id));
    let id = id.to_owned();
    with_organization_change(desk, outcome, id, change, options)
}

fn revoke(
    desk: &Desk,
    id: &str,
    person: &Person,
    text: Option<Text>,
    key: Option<String>,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let organization = desk.as_seen_by(Some(&options.actor))?.organization(id)?;
    let member = organization.member(person);
    let is_revoked = member.is_some_and(|member| member.organization_access.is_none());
    if key.is_some() && is_revoked && desk.config.team.has_agent(&options.actor) {
        return Ok(Outcome::default());
    }
    let granted_by = member.and_then(|member| member.organization_access).ok_or_else(|| {
        let (person, organization) = (person.clone(), id.to_owned());
        refused(None, "access revoke", AccessRefusal::NoAccess { person, organization })
    })?;
    let outcome = match text {
        Some(text) => {
            let action = Action::Reply { auto: false, via_ticket: None };
            let request = ActionRequest { key, ..ActionRequest::on(granted_by, action, Some(text)) };
            Transaction::new(desk, options).run(TicketCommand::Requests(vec![request]))?
        }
        None => Outcome::default(),
    };
    with_organization_change(desk, outcome, id.to_owned(), OrganizationChange::Access(person.clone(), None), options)
}

/// Adds the change of an organization to the outcome of a ticket command.
fn with_organization_change(
    desk: &Desk,
    mut outcome: Outcome,
    id: String,
    change: OrganizationChange,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let command = OrganizationCommand { id, is_new: false, changes: vec![change] };
    let changed = organization::plan_change(desk, &command, options)?;
    outcome.changes.extend(changed.changes);
    if changed.message.is_some() {
        outcome.message = options.message(desk, commit_message::for_organization(&outcome.added(), &command))?;
    }
    Ok(outcome)
}

/// Checks that a request for access may be opened, by the file of the organization it is for.
///
/// # Errors
/// The request is refused, or the file cannot be read.
pub(crate) fn check_access_request(desk: &Desk, opening: &OpenFields) -> Result<(), Error> {
    let checked = match opening.organization.as_deref() {
        None => Err(AccessRefusal::NoOrganization),
        Some(id) => {
            let organization = desk.policy().organization_on_file(id)?.unwrap_or_else(|| Organization::new(id));
            may_have_access(&organization, &opening.requester, opening.approved_by.as_ref())
        }
    };
    checked.map_err(|refusal| refused(None, "open", refusal))
}

fn refused(ticket: Option<Id>, action: &str, refusal: AccessRefusal) -> Error {
    Error::refused(ticket, action, Refusal::Access(Box::new(refusal)))
}
