//! The clocks of a ticket under a plan: target, time used, due instant and state (docs/slas.md).
//!
//! A clock is computed from the list of times in which it ran (in `measure.rs`). Open time is counted in them by the
//! calendar and target of the ticket's last priority, language and channel, so that a new priority counts from the
//! same start (docs/slas.md#a-new-priority).

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::events::SlaEvents;
use super::measure::{Measurement, measure};
use super::plan::{Metric, Plan};
use crate::domain::calendar::CachedCalendar;
use crate::domain::ticket::Header;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::{Priority, vocabulary};

vocabulary! {
    /// The state of a clock.
    ClockState, "state" {
        /// It runs, and time is left.
        Running = "running",
        /// It waits for the customer or for a reopening, and time is left.
        Paused = "paused",
        /// It stopped in time.
        Met = "met",
        /// The due instant has passed, whether it was stopped later or not.
        Breached = "breached",
    }
}

/// An SLA clock of one ticket, as it was at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The metric that is measured.
    pub metric: Metric,
    /// The priority that chose the target: the ticket's, or the one it had when the clock stopped.
    pub priority: Priority,
    /// The open time that is allowed.
    pub target: TimeDelta,
    /// The calendar's name.
    pub calendar: Arc<str>,
    /// The instant it began, UTC.
    pub started_at: DateTime<Utc>,
    /// The instant it is, was, or would have been due, UTC; `None` while it is paused in time, and if the calendar never
    /// has enough open time.
    pub due_at: Option<DateTime<Utc>>,
    /// The state.
    pub state: ClockState,
    /// The open time used up.
    pub elapsed: TimeDelta,
    /// The instant it stopped, UTC; `None` if it has not.
    pub stopped_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// Returns the open time that is left; negative after the target was passed.
    pub fn remaining(&self) -> TimeDelta {
        self.target - self.elapsed
    }

    /// Returns true if the target is still to be met: the clock has not stopped.
    pub const fn is_due(&self) -> bool {
        self.stopped_at.is_none()
    }

    /// Returns true if the clock has not stopped and the due instant has passed.
    pub fn is_overdue(&self) -> bool {
        self.is_due() && self.state == ClockState::Breached
    }
}

/// Returns the clocks of a ticket at `now`, in the order they began.
///
/// A `now` before the last event counts as the time of that event. `default_language` is used if the ticket has no
/// language; `calendar` looks up calendars by name. A metric without a target or calendar has no clock; nor has a merged
/// ticket for a target that was not breached by then, which continues on the ticket it was merged into
/// (docs/slas.md#merged-tickets).
pub fn clocks<'a>(
    events: &SlaEvents,
    opened: DateTime<Utc>,
    header: &Header,
    plan: &Plan,
    default_language: impl Fn() -> Arc<str>,
    calendar: impl Fn(&str) -> Option<&'a CachedCalendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    if !plan.has_targets() {
        return Vec::new();
    }
    let last = events.0.last().map_or(opened, |event| SlaEvents::instant(opened, event));
    let now = whole_seconds(now).max(last);
    let clock = |measurement: &Measurement| {
        let targets = plan.targets(measurement.metric);
        if targets.is_empty() {
            return None;
        }
        let inputs = events.inputs_after(measurement.counted_events(events), header);
        let target = targets.of(inputs.priority)?;
        let language = inputs.language.is_none().then(&default_language);
        let language = inputs.language.as_deref().or(language.as_deref());
        let name = plan.calendar(language, inputs.priority, inputs.channel.as_deref())?;
        let clock = evaluate(measurement, (inputs.priority, target), calendar(name)?, now);
        // A merge in time does not meet the target: it continues on the ticket that has the conversation.
        Some(clock).filter(|clock| !measurement.merged_away || clock.state == ClockState::Breached)
    };
    measure(events, opened).iter().filter_map(clock).collect()
}

/// Returns the clock of a measurement under a target and a calendar.
fn evaluate(
    measurement: &Measurement,
    (priority, target): (Priority, TimeDelta),
    calendar: &CachedCalendar,
    now: DateTime<Utc>,
) -> Clock {
    let ran = || measurement.ran.iter().copied().chain(measurement.running_since.map(|since| (since, now)));
    let end = ran().last().map(|(_, end)| end);
    let (mut elapsed, mut due_at) = (TimeDelta::zero(), None);
    for (from, to) in ran() {
        let open = calendar.elapsed(from, to);
        if due_at.is_none() && elapsed + open >= target {
            due_at = calendar.due(from, target - elapsed);
        }
        elapsed += open;
    }
    // A clock that stopped in time would have been due; one that waits for the customer is not due while it waits.
    if due_at.is_none() && (measurement.running_since.is_some() || measurement.stopped.is_some()) {
        due_at = end.and_then(|end| calendar.due(end, target - elapsed));
    }
    let stopped_at = measurement.stopped.map(|(at, _)| at);
    // Compared with the due instant, not the target: no open time passes on a weekend, but a clock that was due on Friday
    // at five is late on Saturday.
    let is_late = due_at.zip(end).is_some_and(|(due, end)| due < end);
    let state = match (is_late, stopped_at, measurement.running_since) {
        (true, ..) => ClockState::Breached,
        (_, Some(_), _) => ClockState::Met,
        (_, None, Some(_)) => ClockState::Running,
        (_, None, None) => ClockState::Paused,
    };
    let (metric, started_at, calendar) = (measurement.metric, measurement.started, Arc::clone(calendar.name()));
    Clock { metric, priority, target, calendar, started_at, due_at, state, elapsed, stopped_at }
}
