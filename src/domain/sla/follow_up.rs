//! What a requester's silence makes due: the next reminder, or the end of it.
//!
//! A pure function of the history, the follow-up policy and the hours that are counted. Spans count from the agent's
//! last reply. What comes late moves what comes after it: between two reminders, and between the last one and the
//! solve, there is never less time than the policy leaves there, so that a sweep missed for days makes one reminder and
//! not three. Must not know who sweeps, nor the present until it is given.

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

/// What comes next, should the requester go on saying nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUpStep {
    /// A reminder.
    Remind {
        /// Which of them, from 1.
        number: usize,
        /// How many there are.
        of: usize,
    },
    /// The ticket is solved without an answer.
    Solve,
}

/// The next step, and why it is that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextFollowUp {
    /// What it is.
    pub step: FollowUpStep,
    /// The reply of an agent that has no answer.
    pub asked: Id,
    /// When that was, UTC.
    pub asked_at: DateTime<Utc>,
    /// How many reminders there were since.
    pub alerts: usize,
    /// What it is due so long after.
    pub waited: WaitBasis,
    /// Whether that is open time of a calendar.
    pub is_open_time: bool,
    /// From when on the step is due, UTC.
    pub due_at: DateTime<Utc>,
    /// From when on a sweep solves the ticket, if this step is made when it is due, or now where that is later. UTC.
    pub solve_at: DateTime<Utc>,
}

/// From what on silence lasted long enough for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitBasis {
    /// The agent's reply, by the policy's span.
    SinceReply(TimeDelta),
    /// The last reminder, which came late, by the time that the policy leaves behind it.
    SinceReminder {
        /// How long.
        span: TimeDelta,
        /// When that reminder was, UTC.
        at: DateTime<Utc>,
    },
}

impl NextFollowUp {
    /// The idempotency key of the entry a sweep makes: one for each reminder after each reply.
    pub fn key(&self) -> String {
        match self.step {
            FollowUpStep::Remind { number, .. } => format!("follow-up-{}-{number}", self.asked),
            FollowUpStep::Solve => format!("follow-up-{}-solve", self.asked),
        }
    }
}

/// Why nothing comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFollowUp {
    /// Nobody is silent.
    NotSilent(Refusal),
    /// A tag keeps the ticket out of it.
    OptedOut,
    /// The policy lists no reminders, and nobody has made the one that silence needs.
    NoneListed,
    /// The calendar that counts never opens again.
    NeverOpen,
}

/// A ticket whose requester is silent.
struct UnansweredReply {
    asked: Id,
    asked_at: DateTime<Utc>,
    alerts: usize,
    last_alert: Option<DateTime<Utc>>,
}

impl UnansweredReply {
    /// # Errors
    /// Support owes the next step, nobody was asked anything, or the customer has replied since.
    fn on(ticket: &Ticket) -> Result<Self, Refusal> {
        if ticket.header.status != Status::AwaitingReply {
            return Err(Refusal::Status { status: ticket.header.status });
        }
        let asked = ticket.last_agent_reply().ok_or(Refusal::NoAgentReply)?;
        if ticket.customer_replied_after(asked.id) {
            return Err(Refusal::CustomerReplied);
        }
        let reminders = ticket.history.iter().filter(|entry| matches!(entry.action, Action::Remind { .. }));
        let last_alert = reminders.map(|entry| entry.at).next_back().filter(|at| *at >= asked.at);
        Ok(Self { asked: asked.id, asked_at: asked.at, alerts: ticket.alerts(), last_alert })
    }

    /// Whether nothing was merged into the ticket since: what came that way counts as the customer's words.
    fn is_unbroken(&self, ticket: &Ticket) -> Result<(), Refusal> {
        ticket.merged_after(self.asked).map_or(Ok(()), |source| Err(Refusal::MergedSince { source }))
    }
}

/// The instant at which a span has gone by: of open time, or of all time where no hours are given.
fn after(start: DateTime<Utc>, span: TimeDelta, hours: Option<&Calendar>) -> Option<DateTime<Utc>> {
    hours.map_or_else(|| start.checked_add_signed(span), |hours| hours.due(start, span))
}

/// Whether silence may solve the ticket at an instant (WORKFLOW, solve `no_response`; seeds 002-004).
///
/// # Errors
/// What is missing: the first rule against it. That a ticket was merged into it since comes last, so that whoever judges
/// an old entry can look away from it.
pub fn may_solve(
    ticket: &Ticket,
    policy: &FollowUpPolicy,
    hours: Option<&Calendar>,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let silence = UnansweredReply::on(ticket)?;
    let spans = policy.of(ticket.header.priority);
    let (given, needed) = (silence.alerts, spans.alerts_needed());
    if given < needed {
        return Err(Refusal::TooFewAlerts { given, needed });
    }
    let (solve_after, ready_at) = (spans.solve_after, after(silence.asked_at, spans.solve_after, hours));
    match ready_at {
        Some(ready_at) if ready_at <= now => silence.is_unbroken(ticket),
        ready_at => Err(Refusal::TooEarly { ready_at, solve_after }),
    }
}

/// What comes next on a ticket, and when; what that leads to, as seen from `now`.
///
/// # Errors
/// Why nothing does.
pub fn next(
    ticket: &Ticket,
    policy: &FollowUpPolicy,
    hours: Option<&Calendar>,
    now: DateTime<Utc>,
) -> Result<NextFollowUp, NoFollowUp> {
    let silence = UnansweredReply::on(ticket).map_err(NoFollowUp::NotSilent)?;
    silence.is_unbroken(ticket).map_err(NoFollowUp::NotSilent)?;
    if policy.opt_out_tag.as_ref().is_some_and(|tag| ticket.header.tags.contains(tag)) {
        return Err(NoFollowUp::OptedOut);
    }
    let spans = policy.of(ticket.header.priority);
    let of = spans.alerts.len();
    let step = match silence.alerts {
        given if given < of => FollowUpStep::Remind { number: given + 1, of },
        given if given >= spans.alerts_needed() => FollowUpStep::Solve,
        _ => return Err(NoFollowUp::NoneListed),
    };
    let (due_at, waited) = due_at(&silence, spans, step, hours).ok_or(NoFollowUp::NeverOpen)?;
    let solve_at = match step {
        FollowUpStep::Solve => due_at,
        FollowUpStep::Remind { number, .. } => {
            let rest = (spans.solve_after - spans.alerts[number - 1]).max(TimeDelta::zero());
            let on_time = after(silence.asked_at, spans.solve_after, hours);
            after(due_at.max(now), rest, hours).max(on_time).ok_or(NoFollowUp::NeverOpen)?
        }
    };
    let UnansweredReply { asked, asked_at, alerts, .. } = silence;
    let is_open_time = hours.is_some();
    Ok(NextFollowUp { step, asked, asked_at, alerts, waited, is_open_time, due_at, solve_at })
}

/// The later of what the policy says from the reply on, and what it leaves between this step and the reminder before.
fn due_at(
    silence: &UnansweredReply,
    spans: &FollowUp,
    step: FollowUpStep,
    hours: Option<&Calendar>,
) -> Option<(DateTime<Utc>, WaitBasis)> {
    let (span, before) = match step {
        FollowUpStep::Remind { number, .. } => (spans.alerts[number - 1], number.checked_sub(2)),
        FollowUpStep::Solve => (spans.solve_after, spans.alerts.len().checked_sub(1)),
    };
    let by_reply = after(silence.asked_at, span, hours)?;
    let gap = before.map(|place| (span - spans.alerts[place]).max(TimeDelta::zero()));
    let Some((at, span_left)) = silence.last_alert.zip(gap) else {
        return Some((by_reply, WaitBasis::SinceReply(span)));
    };
    let by_reminder = after(at, span_left, hours)?;
    Some(if by_reminder > by_reply {
        (by_reminder, WaitBasis::SinceReminder { span: span_left, at })
    } else {
        (by_reply, WaitBasis::SinceReply(span))
    })
}
