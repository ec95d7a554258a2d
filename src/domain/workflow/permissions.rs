//! The permissions of each role (docs/workflow.md#the-people).

use super::{Refusal, Request};
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::people::team::Team;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::header_field::HeaderField;

/// Checks whether a role permits a request on a ticket that the actor may see.
///
/// # Errors
///
/// Returns [`Refusal::NotAllowed`].
pub fn check_permission(team: &Team, role: TicketRole, ticket: &Ticket, request: &Request<'_>) -> Result<(), Refusal> {
    let allowed = match role {
        TicketRole::Manager => true,
        TicketRole::Agent => !matches!(request.action, Action::Deescalate { .. }),
        TicketRole::Editor => editor_may(team, request.action) || customer_may(ticket, request),
        TicketRole::Customer => customer_may(ticket, request),
        TicketRole::System => {
            matches!(request.action, Action::Remind { .. } | Action::Solve(SolveEvidence::NoResponse))
        }
        TicketRole::Reader | TicketRole::Outsider => false,
    };
    if allowed { Ok(()) } else { Err(Refusal::NotAllowed { role }) }
}

/// Returns true for actions that an editor may do and a requester may not: changes of header fields, except the
/// organization, the requester and the channel.
fn editor_may(team: &Team, action: &Action) -> bool {
    let is_allowed = |field: &HeaderField| !HeaderField::OF_AGENTS.contains(field);
    match action {
        Action::Set { set, unset } => set.iter().map(|(field, _)| field).chain(unset).all(is_allowed),
        Action::Prioritize { .. } => team.editors_prioritize,
        Action::Cc { .. } => true,
        _ => false,
    }
}

/// Returns true for actions that the requester and people in copy may do. Only the author of an entry may correct or
/// redact it.
fn customer_may(ticket: &Ticket, request: &Request<'_>) -> bool {
    match request.action {
        Action::Reply { .. } | Action::Reopen { .. } | Action::Attach => true,
        // People in copy may reply and agree. Only the requester, or an editor who is not in copy, may escalate.
        Action::Escalate { .. } => {
            let header = &ticket.header;
            header.requester.same_address(request.by) || !request.by.is_in(&header.cc)
        }
        // Only the requester decides who else sees the ticket. People in copy may remove themselves.
        Action::Cc { add, remove } => {
            let header = &ticket.header;
            let leaves = || {
                add.is_empty()
                    && request.by.is_in(&header.cc)
                    && remove.iter().all(|person| person.same_address(request.by))
            };
            header.requester.same_address(request.by) || leaves()
        }
        Action::Solve(SolveEvidence::Withdrawn) => ticket.header.requester.same_address(request.by),
        Action::Solve(solution) => matches!(solution, SolveEvidence::Agreed { .. }),
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => {
            ticket.entry(*entry).is_some_and(|entry| entry.by.same_address(request.by) && !entry.has_internal_text())
        }
        _ => false,
    }
}

/// Checks whether an actor may open a ticket with these fields. A customer may do so only as the requester, and without
/// an assignee, tags or overrides.
///
/// # Errors
///
/// Returns [`Refusal::OnBehalf`] or [`Refusal::NotAllowed`].
pub fn may_open(role: TicketRole, by: &Person, opening: &OpenFields) -> Result<(), Refusal> {
    if role.is_support() {
        return Ok(());
    }
    if !opening.requester.same_address(by) {
        return Err(Refusal::OnBehalf);
    }
    let has_support_fields = opening.assignee.is_some() || !opening.tags.is_empty() || opening.overridden.is_some();
    if has_support_fields || role == TicketRole::System { Err(Refusal::NotAllowed { role }) } else { Ok(()) }
}
