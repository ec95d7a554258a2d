//! The follow-up to a requester's silence: the next reminder, or solving for no response (docs/follow-up.md).
//!
//! Durations count from the last reply of an agent. A late step delays the steps after it: between two reminders, and
//! between the last one and the solve, there is never less time than the policy has there. A sweep that was missed for
//! days thus sends one reminder and not three.

#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

use super::follow_up_policy::{FollowUp, FollowUpPolicy};
use crate::domain::calendar::Calendar;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;

/// A step of the follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpStep {
    /// A reminder.
    Remind {
        /// The number of the reminder, from 1.
        number: usize,
        /// The number of reminders in the policy.
        of: usize,
    },
    /// The ticket is solved for no response.
    Solve,
}

/// The next follow-up of a ticket, and the reason for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextFollowUp {
    /// The step.
    pub step: FollowUpStep,
    /// The reply of an agent that the requester has not answered.
    pub reply: Id,
    /// The time of that reply, UTC.
    pub replied_at: DateTime<Utc>,
    /// The number of reminders since that reply.
    pub alerts: usize,
    /// The instant and duration that make the step due.
    pub basis: WaitBasis,
    /// True if the duration is open time of a calendar.
    pub is_open_time: bool,
    /// The first instant at which the step is due, UTC.
    pub due_at: DateTime<Utc>,
    /// The first instant at which a sweep solves the ticket, UTC, if this step is done when it is due, or now if that is
    /// later.
    pub solve_at: DateTime<Utc>,
}

/// The instant from which the wait for a step is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitBasis {
    /// The reply of the agent, and the duration of the policy.
    SinceReply(TimeDelta),
    /// The last reminder, which was late, and the time that the policy has after it.
    SinceReminder {
        /// The duration.
        span: TimeDelta,
        /// The time of the reminder, UTC.
        at: DateTime<Utc>,
    },
}

impl NextFollowUp {
    /// Returns the idempotency key of the entry that a sweep makes: one for each reminder after each reply.
    pub fn key(&self) -> String {
        match self.step {
            FollowUpStep::Remind { number, .. } => format!("follow-up-{}-{number}", self.reply),
            FollowUpStep::Solve => format!("follow-up-{}-solve", self.reply),
        }
    }
}

/// The reason why a ticket has no next follow-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFollowUp {
    /// The ticket does not await a reply, or has one.
    NotSilent(Refusal),
    /// The ticket has the tag that excludes it.
    OptedOut,
    /// The policy lists no reminders, and the one that solving needs was not sent by hand.
    NoneListed,
    /// The calendar never opens again.
    NeverOpen,
}

/// The last reply of an agent on a ticket whose requester is silent.
struct UnansweredReply {
    reply: Id,
    replied_at: DateTime<Utc>,
    alerts: usize,
    last_alert: Option<DateTime<Utc>>,
}

impl UnansweredReply {
    /// Finds the unanswered reply of a ticket.
    ///
    /// # Errors
    /// The ticket does not await a reply, no agent has replied, or a customer has replied since.
    fn of(ticket: &Ticket) -> Result<Self, Refusal> {
        if ticket.header.status != Status::AwaitingReply {
            return Err(Refusal::Status { status: ticket.header.status });
        }
        let reply = ticket.last_agent_reply().ok_or(Refusal::NoAgentReply)?;
        if ticket.customer_replied_after(reply.id) {
            return Err(Refusal::CustomerReplied);
        }
        let reminders = ticket.history.iter().filter(|entry| matches!(entry.action, Action::Remind { .. }));
        let last_alert = reminders.map(|entry| entry.at).next_back().filter(|at| *at >= reply.at);
        Ok(Self { reply: reply.id, replied_at: reply.at, alerts: ticket.alerts(), last_alert })
    }

    /// Checks that no ticket was merged into this one since the reply, which would count as a reply of the customer.
    fn check_no_merge_since(&self, ticket: &Ticket) -> Result<(), Refusal> {
        ticket.merged_after(self.reply).map_or(Ok(()), |source| Err(Refusal::MergedSince { source }))
    }
}

/// Returns the instant at which a duration has passed: open time of a calendar, or all time without one.
fn instant_after(start: DateTime<Utc>, duration: TimeDelta, calendar: Option<&Calendar>) -> Option<DateTime<Utc>> {
    calendar.map_or_else(|| start.checked_add_signed(duration), |calendar| calendar.due(start, duration))
}

/// Decides if a ticket may be solved for no response at an instant
/// (docs/workflow.md#solve---resolution-no_response).
///
/// # Errors
/// The first rule that forbids it. A ticket merged into it since is checked last, so that the audit of an old entry can
/// ignore only that rule.
pub fn may_solve(
    ticket: &Ticket,
    policy: &FollowUpPolicy,
    calendar: Option<&Calendar>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let unanswered = UnansweredReply::of(ticket)?;
    let follow_up = policy.of(ticket.header.priority);
    let (given, needed) = (unanswered.alerts, follow_up.alerts_needed());
    if given < needed {
        return Err(Refusal::TooFewAlerts { given, needed });
    }
    let solve_after = follow_up.solve_after;
    match instant_after(unanswered.replied_at, solve_after, calendar) {
        Some(ready_at) if ready_at <= now => unanswered.check_no_merge_since(ticket),
        ready_at => Err(Refusal::TooEarly { ready_at, solve_after }),
    }
}

/// Returns the next follow-up of a ticket and when it is due. `now` only delays the forecast of the solve.
///
/// # Errors
/// The reason why there is none.
pub fn next(
    ticket: &Ticket,
    policy: &FollowUpPolicy,
    calendar: Option<&Calendar>,
    now: DateTime<Utc>,
) -> Result<NextFollowUp, NoFollowUp> {
    let unanswered = UnansweredReply::of(ticket).map_err(NoFollowUp::NotSilent)?;
    unanswered.check_no_merge_since(ticket).map_err(NoFollowUp::NotSilent)?;
    if policy.opt_out_tag.as_ref().is_some_and(|tag| ticket.header.tags.contains(tag)) {
        return Err(NoFollowUp::OptedOut);
    }
    let follow_up = policy.of(ticket.header.priority);
    let of = follow_up.alerts.len();
    let step = match unanswered.alerts {
        given if given < of => FollowUpStep::Remind { number: given + 1, of },
        given if given >= follow_up.alerts_needed() => FollowUpStep::Solve,
        _ => return Err(NoFollowUp::NoneListed),
    };
    let (due_at, basis) = due_at(&unanswered, follow_up, step, calendar).ok_or(NoFollowUp::NeverOpen)?;
    let solve_at = match step {
        FollowUpStep::Solve => due_at,
        FollowUpStep::Remind { number, .. } => {
            let rest = (follow_up.solve_after - follow_up.alerts[number - 1]).max(TimeDelta::zero());
            let on_time = instant_after(unanswered.replied_at, follow_up.solve_after, calendar);
            instant_after(due_at.max(now), rest, calendar).max(on_time).ok_or(NoFollowUp::NeverOpen)?
        }
    };
    let UnansweredReply { reply, replied_at, alerts, .. } = unanswered;
    let is_open_time = calendar.is_some();
    Ok(NextFollowUp { step, reply, replied_at, alerts, basis, is_open_time, due_at, solve_at })
}

/// Returns the instant at which a step is due, and its basis: the later one of the instant counted from the reply, and
/// that counted from the reminder before.
fn due_at(
    unanswered: &UnansweredReply,
    follow_up: &FollowUp,
    step: FollowUpStep,
    calendar: Option<&Calendar>,
) -> Option<(DateTime<Utc>, WaitBasis)> {
    let (duration, before) = match step {
        FollowUpStep::Remind { number, .. } => (follow_up.alerts[number - 1], number.checked_sub(2)),
        FollowUpStep::Solve => (follow_up.solve_after, follow_up.alerts.len().checked_sub(1)),
    };
    let by_reply = instant_after(unanswered.replied_at, duration, calendar)?;
    let gap = before.map(|place| (duration - follow_up.alerts[place]).max(TimeDelta::zero()));
    let Some((at, gap)) = unanswered.last_alert.zip(gap) else {
        return Some((by_reply, WaitBasis::SinceReply(duration)));
    };
    let by_reminder = instant_after(at, gap, calendar)?;
    Some(if by_reminder > by_reply {
        (by_reminder, WaitBasis::SinceReminder { span: gap, at })
    } else {
        (by_reply, WaitBasis::SinceReply(duration))
    })
}
