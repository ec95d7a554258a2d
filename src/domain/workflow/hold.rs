//! The actions hold and resume.

use super::{Decision, Refusal, Request, unsolved};
use crate::domain::ticket::action::Action;
use crate::domain::ticket::{Hold, Ticket};
use crate::domain::vocabulary::{HoldReason, Status};

/// Decides on a hold. A ticket on hold needs another reason or another end; the reason `other` requires a text.
pub(super) fn hold(ticket: &Ticket, hold: &Hold, request: &Request<'_>) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    if hold.reason == HoldReason::Other && !request.has_text {
        return Err(Refusal::TextMissing);
    }
    let is_same = |now: &Hold| now.reason == hold.reason && (hold.until.is_none() || hold.until == now.until);
    if ticket.header.hold.as_ref().is_some_and(is_same) {
        return Err(Refusal::SameHoldReason { reason: hold.reason });
    }
    let to = (ticket.header.status != Status::OnHold).then_some(Status::OnHold);
    Ok(Decision::entry(Action::Hold(hold.clone()), to))
}

pub(super) fn resume(ticket: &Ticket) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    match ticket.header.status {
        Status::OnHold => Ok(Decision::entry(Action::Resume, Some(Status::Open))),
        status => Err(Refusal::Status { status }),
    }
}
