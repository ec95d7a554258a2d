//! Replies, reminders, and files without words.

use super::{Decision, DecisionContext, Notice, Refusal, Request, entry_role};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{Role, Status};

/// A reply of either side. An agent's hands the next step to the requester and leaves a solved ticket
/// solved; a customer's hands it to support, whatever the status was. An automatic mail changes nothing.
pub(super) fn reply(
    ticket: &Ticket,
    request: &Request,
    auto: bool,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    let status = ticket.header.status;
    let next = match entry_role(context) {
        _ if auto => status,
        Role::Customer => Status::Open,
        _ if request.keep_open || status == Status::Solved => status,
        _ => Status::AwaitingReply,
    };
    let to = (next != status).then_some(next);
    if to.is_some() && status == Status::Solved {
        check_reopen_window(ticket, context)?;
    }
    let decision = Decision::entry(request.action.clone(), to);
    Ok(match (entry_role(context), status, to) {
        (Role::Customer, Status::OnHold, Some(_)) => decision.with(Notice::HoldEnded),
        (Role::Customer, Status::Solved, Some(_)) => decision.with(Notice::Reopened),
        _ => decision,
    })
}

/// A customer reopens a solved ticket as long as the desk lets them (FACTS §9 A7); by default that is for ever.
pub(super) fn check_reopen_window(ticket: &Ticket, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let window = context.policy.reopen_window.filter(|_| entry_role(context) == Role::Customer);
    match window.zip(ticket.solved_at()) {
        Some((window, solved_at)) if context.now > solved_at + window => {
            Err(Refusal::WindowClosed { solved_at, window })
        }
        _ => Ok(()),
    }
}

/// Files say nothing by themselves: whoever owed the next step still owes it. A merged ticket takes them as it takes
/// labels, since they belong where they were brought.
pub(super) fn attach(ticket: &Ticket, context: &DecisionContext<'_>) -> Decision {
    let decision = Decision::entry(Action::Attach, None);
    match ticket.header.merged_into {
        Some(into) if entry_role(context) != Role::System => decision.with(Notice::AttachedToMerged(into)),
        _ => decision,
    }
}

/// A reminder needs a requester who owes the next step.
pub(super) fn remind(ticket: &Ticket, auto: bool) -> Result<Decision, Refusal> {
    crate::domain::workflow::unsolved(ticket)?;
    match ticket.header.status {
        Status::AwaitingReply => Ok(Decision::entry(Action::Remind { auto }, None)),
        status => Err(Refusal::Status { status }),
    }
}
