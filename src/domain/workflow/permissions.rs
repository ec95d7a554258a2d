//! Who may do what (WORKFLOW, People and Actions).

use super::{Refusal, Request};
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::people::team::Team;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, SolveEvidence};

/// Whether somebody who stands so may ask this of a ticket they can see.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub fn check_permission(team: &Team, role: TicketRole, ticket: &Ticket, request: &Request) -> Result<(), Refusal> {
    let allowed = match role {
        TicketRole::Manager => true,
        TicketRole::Agent => !matches!(request.action, Action::Deescalate { .. }),
        TicketRole::Editor => editor_may(team, &request.action) || customer_may(ticket, request),
        TicketRole::Customer => customer_may(ticket, request),
        TicketRole::System => {
            matches!(request.action, Action::Remind { .. } | Action::Solve(SolveEvidence::NoResponse))
        }
        TicketRole::Reader | TicketRole::Outsider => false,
    };
    if allowed { Ok(()) } else { Err(Refusal::NotAllowed { role }) }
}

/// What an editor of the organisation may do beyond a requester: change what a ticket is about, but not whose it is.
fn editor_may(team: &Team, action: &Action) -> bool {
    let is_allowed = |field: &HeaderField| {
        !matches!(field, HeaderField::Organization | HeaderField::Requester | HeaderField::Channel)
    };
    match action {
        Action::Set { set, unset } => set.iter().map(|(field, _)| field).chain(unset).all(is_allowed),
        Action::Prioritize { .. } => team.editors_prioritize,
        Action::Cc { .. } => true,
        _ => false,
    }
}

/// What the requester and people in copy may do. Correcting and redacting is for the author of the entry.
fn customer_may(ticket: &Ticket, request: &Request) -> bool {
    match &request.action {
        Action::Reply { .. } | Action::Reopen { .. } | Action::Attach => true,
        // Who is in copy follows, answers and agrees; to ask for a manager is the requester's.
        Action::Escalate { .. } => {
            let header = &ticket.header;
            header.requester.same_address(&request.by) || !request.by.is_in(&header.cc)
        }
        // Who else sees a ticket is the requester's to say; whoever is in copy may leave.
        Action::Cc { add, remove } => {
            let header = &ticket.header;
            let leaves = || {
                add.is_empty()
                    && request.by.is_in(&header.cc)
                    && remove.iter().all(|person| person.same_address(&request.by))
            };
            header.requester.same_address(&request.by) || leaves()
        }
        Action::Solve(solution) => matches!(solution, SolveEvidence::Agreed { .. }),
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => {
            ticket.entry(*entry).is_some_and(|entry| entry.by.same_address(&request.by) && !entry.is_internal())
        }
        _ => false,
    }
}

/// Whether somebody may open a ticket with these facts: a customer only in their own name, and without the
/// facts that are support's to set.
///
/// # Errors
/// [`Refusal::OnBehalf`] or [`Refusal::NotAllowed`].
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
