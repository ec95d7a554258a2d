//! The clocks of a ticket: what is promised, how much of it is used up, and until when.
//!
//! A pure function of history, plan, calendars and now, so that it is the same on every machine and on any day that is
//! looked back to. A clock is the list of times in which it ran; open time is counted in them by the calendar that the
//! ticket's priority, language and channel name at the end, so that a new priority counts from the same start.
//! Must not know where plans and calendars come from, nor whose plan is in force.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::plan::{Metric, Plan};
use crate::domain::calendar::CachedCalendar;
use crate::domain::sla::measure::Measurement;
use crate::domain::ticket::Header;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Priority;

pub use crate::domain::sla::breakdown::{ClockInterval, PauseReason, timeline};
pub use crate::domain::sla::events::{EntryEvent, EventKind, SlaEvent, SlaEventKind, SlaEventRecorder, SlaEvents};

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClockState {
    /// It runs, and there is time left.
    Running,
    /// It waits for the customer, and there is time left.
    Paused,
    /// It was stopped in time.
    Met,
    /// The due instant has passed, whether it was stopped later or not.
    Breached,
}

impl ClockState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Met, Self::Breached];

    /// The word of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Breached => "breached",
        }
    }
}

/// One promise and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What is measured.
    pub metric: Metric,
    /// The priority it is judged by: the ticket's, or what that was when the clock stopped.
    pub priority: Priority,
    /// How much open time there is.
    pub target: TimeDelta,
    /// The calendar's name.
    pub calendar: Arc<str>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is, was, or would have been due; `None` while it is paused in time, and where the calendar never gets
    /// there.
    pub due_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub state: ClockState,
    /// The open time used up.
    pub elapsed: TimeDelta,
    /// When it stopped, if it has.
    pub stopped_at: Option<DateTime<Utc>>,
}

impl Clock {
    /// The open time that is left; negative where it was used up and more.
    pub fn remaining(&self) -> TimeDelta {
        self.target - self.elapsed
    }

    /// Whether somebody still has to do something for it.
    pub const fn is_due(&self) -> bool {
        self.stopped_at.is_none()
    }

    /// Whether it is late, and somebody still has to do something for it.
    pub fn is_overdue(&self) -> bool {
        self.is_due() && self.state == ClockState::Breached
    }
}

/// The clocks of a ticket at an instant that none of its history lies behind, in the order they began: for each the
/// target and calendar of the plan. `otherwise` is the language where the ticket names none. Without both there is no clock, nor for what a merged ticket owed in time. `calendar` knows calendars by name.
pub fn clocks<'a>(
    course: &SlaEvents,
    opened: DateTime<Utc>,
    header: &Header,
    plan: &Plan,
    otherwise: impl Fn() -> Arc<str>,
    calendar: impl Fn(&str) -> Option<&'a CachedCalendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    if !plan.has_targets() {
        return Vec::new();
    }
    let last = course.0.last().map_or(opened, |turn| SlaEvents::instant(opened, turn));
    let now = whole_seconds(now).max(last);
    let clock = |watch: &Measurement| {
        let targets = plan.targets(watch.metric);
        if targets.is_empty() {
            return None;
        }
        let facts = course.facts(watch.judged_behind(course), header);
        let target = targets.of(facts.priority)?;
        let language = facts.language.is_none().then(&otherwise);
        let language = facts.language.as_deref().or(language.as_deref());
        let name = plan.calendar(language, facts.priority, facts.channel.as_deref())?;
        let clock = read(watch, (facts.priority, target), calendar(name)?, now);
        // What was merged in time is owed where the conversation goes on, and was not met by that.
        Some(clock).filter(|clock| !watch.went_on || clock.state == ClockState::Breached)
    };
    crate::domain::sla::measure::watches(course, opened).iter().filter_map(clock).collect()
}

/// Reads a watch by a calendar.
fn read(
    watch: &Measurement,
    (priority, target): (Priority, TimeDelta),
    calendar: &CachedCalendar,
    now: DateTime<Utc>,
) -> Clock {
    let ran = || watch.ran.iter().copied().chain(watch.running_since.map(|since| (since, now)));
    let end = ran().last().map(|(_, end)| end);
    let (mut elapsed, mut due_at) = (TimeDelta::zero(), None);
    for (from, to) in ran() {
        let open = calendar.elapsed(from, to);
        if due_at.is_none() && elapsed + open >= target {
            due_at = calendar.due(from, target - elapsed);
        }
        elapsed += open;
    }
    // One that was stopped in time would have been due; one that waits for the customer is not, as long as it waits.
    if due_at.is_none() && (watch.running_since.is_some() || watch.stopped.is_some()) {
        due_at = end.and_then(|end| calendar.due(end, target - elapsed));
    }
    let stopped_at = watch.stopped.map(|(at, _)| at);
    // Compared with the due instant, not the target: over a week-end no open time goes by, and what was due on
    // Friday at five is late all the same.
    let is_late = due_at.zip(end).is_some_and(|(due, end)| due < end);
    let state = match (is_late, stopped_at, watch.running_since) {
        (true, ..) => ClockState::Breached,
        (_, Some(_), _) => ClockState::Met,
        (_, None, Some(_)) => ClockState::Running,
        (_, None, None) => ClockState::Paused,
    };
    let (metric, started_at, calendar) = (watch.metric, watch.started, Arc::clone(calendar.name()));
    Clock { metric, priority, target, calendar, started_at, due_at, state, elapsed, stopped_at }
}
