//! The actions reply, remind and attach.

use super::{Decision, DecisionContext, Notice, Refusal, Request, entry_role};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{Role, Status};

/// Decides on a reply. A reply of an agent makes the requester owe the next step, except on a solved ticket; a reply of
/// a customer makes support owe it, in every status. An automatic mail changes nothing.
pub(super) fn reply(
    ticket: &Ticket,
    request: &Request<'_>,
    auto: bool,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    let status = ticket.header.status;
    let next = match entry_role(context) {
        _ if auto => status,
        Role::Customer => Status::Open,
        _ if request.keep_open || request.internal || status == Status::Solved => status,
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

/// Checks whether a customer may still reopen a solved ticket (docs/follow-up.md#late-replies). By default there is no
/// limit.
pub(super) fn check_reopen_window(ticket: &Ticket, context: &DecisionContext<'_>) -> Result<(), Refusal> {
    let window = context.policy.reopen_window.filter(|_| entry_role(context) == Role::Customer);
    match window.zip(ticket.solved_at()) {
        Some((window, solved_at)) if context.now > solved_at + window => {
            Err(Refusal::WindowClosed { solved_at, window })
        }
        _ => Ok(()),
    }
}

/// Decides on attachments without a text. They do not change the status. A merged ticket accepts them, because
/// attachments belong to the ticket to which they were added.
pub(super) fn attach(ticket: &Ticket, context: &DecisionContext<'_>) -> Decision {
    let decision = Decision::entry(Action::Attach, None);
    match ticket.header.merged_into {
        Some(into) if entry_role(context) != Role::System => decision.with(Notice::AttachedToMerged(into)),
        _ => decision,
    }
}

/// Decides on a reminder, which requires the status `awaiting_reply` and the time that the policy has before it.
pub(super) fn remind(ticket: &Ticket, auto: bool, context: &DecisionContext<'_>) -> Result<Decision, Refusal> {
    crate::domain::workflow::unsolved(ticket)?;
    match (ticket.header.status, context.policy.remind_at) {
        (Status::AwaitingReply, Some(due_at)) => Err(Refusal::ReminderEarly { due_at }),
        (Status::AwaitingReply, None) => Ok(Decision::entry(Action::Remind { auto }, None)),
        (status, _) => Err(Refusal::Status { status }),
    }
}
