//! A clock taken apart into times that were counted or skipped, each with its reason, so that somebody can check it with
//! a pencil.
//!
//! Must not know how it is told, nor recompute what the clock says: a property holds the sum to it.

use chrono::{DateTime, TimeDelta, Utc};

use super::clock::{Clock, ClockState};
use super::events::SlaEvents;
use super::plan::Metric;
use crate::domain::calendar::{Calendar, IntervalReason};
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Status;

/// Why a time was counted or skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PauseReason {
    /// The calendar was open.
    Open(IntervalReason),
    /// The calendar was closed.
    Closed(IntervalReason),
    /// The customer owed the next step.
    Waiting,
    /// The ticket was solved.
    Solved,
}

/// A time in which a clock was treated in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockInterval {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant behind it.
    pub to: DateTime<Utc>,
    /// The status of the ticket.
    pub status: Status,
    /// Why it counts or does not.
    pub reason: PauseReason,
    /// Whether it lies behind the instant that was asked for: as it will be if nothing happens.
    pub is_ahead: bool,
    /// How much of it counts.
    pub counted: TimeDelta,
    /// How much of the target is used up at its end.
    pub sum: TimeDelta,
}

/// The times of a clock from its start to where it stopped, or to now and on to the due instant. They have no holes, and
/// end where the target is used up. What is not ahead sums up to `elapsed`.
pub fn timeline(
    clock: &Clock,
    course: &SlaEvents,
    opened: DateTime<Utc>,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Vec<ClockInterval> {
    let last = course.0.last().map_or(opened, |turn| SlaEvents::instant(opened, turn));
    let now = whole_seconds(now).max(last);
    let end = clock.stopped_at.unwrap_or(now);
    let mut spans = ClockIntervals { clock, calendar, list: Vec::new(), sum: TimeDelta::zero() };
    let (mut at, mut status) = (clock.started_at, Status::Open);
    for turn in &course.0 {
        let (Some(next), when) = (turn.what.status(), SlaEvents::instant(opened, turn)) else { continue };
        let until = when.clamp(clock.started_at, end);
        if next != status {
            spans.push(at, until, status, false);
            at = until.max(at);
        }
        status = next;
        if when >= end && clock.stopped_at.is_some() {
            break;
        }
    }
    if at < end {
        spans.push(at, end, status, false);
    }
    if let (ClockState::Running, Some(due)) = (clock.state, clock.due_at) {
        spans.push(now, due, status, true);
    }
    spans.list
}

struct ClockIntervals<'a> {
    clock: &'a Clock,
    calendar: &'a Calendar,
    list: Vec<ClockInterval>,
    sum: TimeDelta,
}

impl ClockIntervals<'_> {
    fn push(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, status: Status, is_ahead: bool) {
        if from >= to {
            return;
        }
        let skipped = match (self.clock.metric, status) {
            (Metric::Resolution, Status::AwaitingReply) => Some(PauseReason::Waiting),
            (Metric::Resolution | Metric::FirstWord, Status::Solved) => Some(PauseReason::Solved),
            _ => None,
        };
        if let Some(reason) = skipped {
            let (counted, sum) = (TimeDelta::zero(), self.sum);
            self.list.push(ClockInterval { from, to, status, reason, is_ahead, counted, sum });
            return;
        }
        // A span ends where the target is used up, so that the sum can be read there.
        let due = self.clock.due_at.filter(|due| from < *due && *due < to);
        let (first, second) = (due.map_or((from, to), |due| (from, due)), due.map(|due| (due, to)));
        for (from, to) in std::iter::once(first).chain(second) {
            for stay in self.calendar.stays(from, to) {
                let counted = if stay.is_open { stay.to - stay.from } else { TimeDelta::zero() };
                let reason = if stay.is_open { PauseReason::Open(stay.why) } else { PauseReason::Closed(stay.why) };
                self.sum += counted;
                let (from, to, sum) = (stay.from, stay.to, self.sum);
                self.list.push(ClockInterval { from, to, status, reason, is_ahead, counted, sum });
            }
        }
    }
}
