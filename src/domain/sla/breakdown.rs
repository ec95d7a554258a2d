//! The breakdown of a clock into intervals that were counted or skipped, each with its reason, so that a person can
//! check it by hand (docs/slas.md#open-time).
//!
//! It does not compute the clock a second time; a property test compares its sum with the clock.

use chrono::{DateTime, TimeDelta, Utc};

use super::clock::{Clock, ClockState};
use super::events::SlaEvents;
use super::plan::Metric;
use crate::domain::calendar::{Calendar, IntervalReason};
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Status;

/// The reason why an interval was counted or skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// Counted: the calendar was open.
    Open(IntervalReason),
    /// Skipped: the calendar was closed.
    Closed(IntervalReason),
    /// Skipped: the ticket awaited the customer's reply.
    Waiting,
    /// Skipped: the ticket was solved.
    Solved,
}

/// An interval of a clock with one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockInterval {
    /// The first instant, UTC.
    pub from: DateTime<Utc>,
    /// The first instant after it, UTC.
    pub to: DateTime<Utc>,
    /// The status of the ticket.
    pub status: Status,
    /// The reason why it counts or does not.
    pub reason: PauseReason,
    /// True if it is after the instant the clock was computed for: a forecast that holds if nothing happens.
    pub is_ahead: bool,
    /// The time of it that counts.
    pub counted: TimeDelta,
    /// The part of the target that is used up at its end.
    pub sum: TimeDelta,
}

/// Returns the intervals of a clock from its start to its stop, or to `now` and on to the due instant. They have no
/// gaps, and one ends at the instant at which the target is used up. The intervals that are not ahead sum up to the
/// clock's `elapsed`.
pub fn breakdown(
    clock: &Clock,
    events: &SlaEvents,
    opened: DateTime<Utc>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<ClockInterval> {
    let last = events.0.last().map_or(opened, |event| SlaEvents::instant(opened, event));
    let now = whole_seconds(now).max(last);
    let end = clock.stopped_at.unwrap_or(now);
    let mut intervals = ClockIntervals { clock, calendar, list: Vec::new(), sum: TimeDelta::zero() };
    let (mut at, mut status) = (clock.started_at, Status::Open);
    for event in &events.0 {
        let (Some(next), changed_at) = (event.kind.status(), SlaEvents::instant(opened, event)) else { continue };
        let until = changed_at.clamp(clock.started_at, end);
        if next != status {
            intervals.push(at, until, status, false);
            at = until.max(at);
        }
        status = next;
        if changed_at >= end && clock.stopped_at.is_some() {
            break;
        }
    }
    if at < end {
        intervals.push(at, end, status, false);
    }
    if let (ClockState::Running, Some(due)) = (clock.state, clock.due_at) {
        intervals.push(now, due, status, true);
    }
    intervals.list
}

/// The intervals of a clock so far.
struct ClockIntervals<'a> {
    clock: &'a Clock,
    calendar: &'a Calendar,
    list: Vec<ClockInterval>,
    sum: TimeDelta,
}

impl ClockIntervals<'_> {
    /// Adds the time between two instants in which the ticket had one status.
    fn push(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, status: Status, is_ahead: bool) {
        if from >= to {
            return;
        }
        let skipped = match (self.clock.metric, status) {
            (Metric::Resolution, Status::AwaitingReply) => Some(PauseReason::Waiting),
            (Metric::Resolution | Metric::ManagerResponse, Status::Solved) => Some(PauseReason::Solved),
            _ => None,
        };
        if let Some(reason) = skipped {
            let (counted, sum) = (TimeDelta::zero(), self.sum);
            self.list.push(ClockInterval { from, to, status, reason, is_ahead, counted, sum });
            return;
        }
        // An interval ends when the target is used up, so that the sum can be read at the due instant.
        let due = self.clock.due_at.filter(|due| from < *due && *due < to);
        let (first, second) = (due.map_or((from, to), |due| (from, due)), due.map(|due| (due, to)));
        for (from, to) in std::iter::once(first).chain(second) {
            for part in self.calendar.explain(from, to) {
                let counted = if part.is_open { part.to - part.from } else { TimeDelta::zero() };
                let reason =
                    if part.is_open { PauseReason::Open(part.reason) } else { PauseReason::Closed(part.reason) };
                self.sum += counted;
                let (from, to, sum) = (part.from, part.to, self.sum);
                self.list.push(ClockInterval { from, to, status, reason, is_ahead, counted, sum });
            }
        }
    }
}
