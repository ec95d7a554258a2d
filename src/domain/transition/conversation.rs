//! Replies and reminders.

use super::super::action::Action;
use super::super::ticket::Ticket;
use super::super::words::{Role, Status};
use super::{Decision, Notice, Refusal, Request, Surroundings, role};

/// A reply of either side. An agent's hands the next step to the requester and leaves a solved ticket
/// solved; a customer's hands it to support, whatever the status was. An automatic mail changes nothing.
pub(super) fn reply(ticket: &Ticket, request: &Request, auto: bool, around: &Surroundings<'_>) -> Decision {
    let status = ticket.header.status;
    let wanted = match role(around) {
        _ if auto => status,
        Role::Customer => Status::Open,
        _ if request.keep_open || status == Status::Solved => status,
        _ => Status::AwaitingReply,
    };
    let to = (wanted != status).then_some(wanted);
    let decision = Decision::entry(request.action.clone(), to);
    match (role(around), status, to) {
        (Role::Customer, Status::OnHold, Some(_)) => decision.with(Notice::HoldEnded),
        (Role::Customer, Status::Solved, Some(_)) => decision.with(Notice::Reopened),
        _ => decision,
    }
}

/// A reminder needs a requester who owes the next step.
pub(super) fn remind(ticket: &Ticket) -> Result<Decision, Refusal> {
    super::unsolved(ticket)?;
    match ticket.header.status {
        Status::AwaitingReply => Ok(Decision::entry(Action::Remind, None)),
        status => Err(Refusal::Status { status }),
    }
}
