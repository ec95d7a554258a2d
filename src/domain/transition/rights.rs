//! Who may do what (WORKFLOW, People and Actions). Organisation roles join here when organisations do.

use super::super::action::{Action, Opening, Solution};
use super::super::person::{Person, Standing};
use super::super::ticket::Ticket;
use super::{Refusal, Request};

/// Whether somebody who stands so may ask this of a ticket they can see.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub fn may(standing: Standing, ticket: &Ticket, request: &Request) -> Result<(), Refusal> {
    let allowed = match standing {
        Standing::Manager => true,
        Standing::Agent => !matches!(request.action, Action::Deescalate { .. }),
        Standing::Customer => customer_may(ticket, request),
        Standing::System => {
            matches!(request.action, Action::Remind | Action::Solve(Solution::NoResponse))
        }
        Standing::Outsider => false,
    };
    if allowed { Ok(()) } else { Err(Refusal::NotAllowed { standing }) }
}

/// What the requester and people in copy may do. Correcting and redacting is for the author of the entry.
fn customer_may(ticket: &Ticket, request: &Request) -> bool {
    match &request.action {
        Action::Reply { .. } | Action::Reopen { .. } | Action::Escalate { .. } => true,
        Action::Solve(solution) => matches!(solution, Solution::Agreed { .. }),
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => {
            ticket.entry(*entry).is_some_and(|entry| entry.by.is(&request.by) && !entry.is_internal())
        }
        _ => false,
    }
}

/// Whether somebody may open a ticket with these facts: a customer only in their own name, and without the
/// facts that are support's to set.
///
/// # Errors
/// [`Refusal::OnBehalf`] or [`Refusal::NotAllowed`].
pub fn may_open(standing: Standing, by: &Person, opening: &Opening) -> Result<(), Refusal> {
    if standing.is_support() {
        return Ok(());
    }
    if !opening.requester.is(by) {
        return Err(Refusal::OnBehalf);
    }
    let supports_own = opening.assignee.is_some() || !opening.tags.is_empty() || opening.overridden.is_some();
    if supports_own || standing == Standing::System { Err(Refusal::NotAllowed { standing }) } else { Ok(()) }
}
