//! Escalations: the manager on duty, and the clocks of the manager response (docs/follow-up.md#escalations).
//!
//! The manager response is an internal target of the desk, independent of plans: a metric beside the three of a plan.

#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

use super::clock::{Clock, ClockState};
use super::plan::{Metric, Targets};
use crate::domain::calendar::{ALWAYS, Calendar};
use crate::domain::people::person::Person;
use crate::domain::ticket::Header;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay::apply;
use crate::domain::vocabulary::{Priority, Role, Status};

/// A rule that names the manager on duty. A condition that is left out matches every ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCallRule {
    /// The priorities; empty for all.
    pub priority: Vec<Priority>,
    /// The calendar that must be open.
    pub calendar: Option<String>,
    /// The manager.
    pub manager: Person,
}

/// The escalation policy of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationPolicy {
    /// The managers on duty; the first rule that matches counts.
    pub on_duty: Vec<OnCallRule>,
    /// The targets of the manager response, in open time.
    pub manager_response: Targets,
    /// The name of the calendar that counts for them.
    pub calendar: String,
}

impl Default for EscalationPolicy {
    fn default() -> Self {
        Self { on_duty: Vec::new(), manager_response: Targets::default(), calendar: ALWAYS.to_owned() }
    }
}

impl EscalationPolicy {
    /// Returns the manager on duty for a priority; `is_open` returns if the calendar of a name is open now.
    pub fn manager_on_duty(&self, priority: Priority, is_open: impl Fn(&str) -> bool) -> Option<&Person> {
        let matches = |rule: &&OnCallRule| {
            (rule.priority.is_empty() || rule.priority.contains(&priority))
                && rule.calendar.as_deref().is_none_or(&is_open)
        };
        self.on_duty.iter().find(matches).map(|rule| &rule.manager)
    }
}

/// The measurement of the manager response to one escalation.
struct EscalationTracker {
    since: DateTime<Utc>,
    ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    running_since: Option<DateTime<Utc>>,
    stopped: Option<(DateTime<Utc>, Priority)>,
}

impl EscalationTracker {
    fn pause(&mut self, at: DateTime<Utc>) {
        if let Some(since) = self.running_since.take() {
            self.ran.push((since, at.max(since)));
        }
    }

    fn stop(&mut self, at: DateTime<Utc>, priority: Priority) {
        self.pause(at);
        self.stopped = Some((at.max(self.since), priority));
    }
}

/// Returns the clocks of a history's escalations as they were at `now`, in the order they began; later entries are
/// ignored.
///
/// A clock stops at a public reply of a manager, whether or not that manager was named, or at the end of the escalation.
/// It is paused while the ticket is solved, and continues when the ticket is reopened. Its target is that of the
/// priority the ticket has by then. Without a target or a known calendar there is no clock.
pub fn manager_response_clocks<'a>(
    history: &[Entry],
    policy: &EscalationPolicy,
    is_manager: impl Fn(&Person) -> bool,
    calendar: impl Fn(&str) -> Option<&'a Calendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    let Some(Action::Open(opening)) = history.first().map(|entry| &entry.action) else { return Vec::new() };
    let (mut header, mut trackers): (_, Vec<EscalationTracker>) = (Header::opened(opening), Vec::new());
    for entry in history.iter().skip(1).take_while(|entry| entry.at <= now) {
        apply(&mut header, entry);
        let at = entry.at;
        if let Action::Escalate { .. } = &entry.action {
            trackers.push(EscalationTracker { since: at, ran: Vec::new(), running_since: Some(at), stopped: None });
        }
        let is_manager_reply = entry.is_reply_of(Role::Agent) && is_manager(&entry.by);
        let is_over = matches!(entry.action, Action::Deescalate { .. });
        for tracker in trackers.iter_mut().filter(|tracker| tracker.stopped.is_none()) {
            match header.status {
                _ if is_manager_reply || is_over => tracker.stop(at, header.priority),
                Status::Solved => tracker.pause(at),
                _ => {
                    tracker.running_since.get_or_insert(at);
                }
            }
        }
    }
    let Some(calendar) = calendar(&policy.calendar) else { return Vec::new() };
    let clock = |tracker: EscalationTracker| {
        let priority = tracker.stopped.map_or(header.priority, |(_, priority)| priority);
        Some(evaluate(&tracker, priority, policy.manager_response.of(priority)?, calendar, now))
    };
    trackers.into_iter().filter_map(clock).collect()
}

/// Returns the clock of an escalation under a target and a calendar.
fn evaluate(
    tracker: &EscalationTracker,
    priority: Priority,
    target: TimeDelta,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Clock {
    let running = tracker.running_since.map(|since| (since, now.max(since)));
    let (mut elapsed, mut due_at, mut end) = (TimeDelta::zero(), None, tracker.since);
    for (from, to) in tracker.ran.iter().copied().chain(running) {
        let open = calendar.elapsed(from, to);
        if due_at.is_none() && elapsed + open >= target {
            due_at = calendar.due(from, target - elapsed);
        }
        (elapsed, end) = (elapsed + open, to);
    }
    let stopped_at = tracker.stopped.map(|(at, _)| at);
    if due_at.is_none() && (running.is_some() || stopped_at.is_some()) {
        due_at = calendar.due(end, target - elapsed);
    }
    let is_late = due_at.is_some_and(|due| due < end);
    let state = match (is_late, stopped_at, running) {
        (true, ..) => ClockState::Breached,
        (_, Some(_), _) => ClockState::Met,
        (_, None, Some(_)) => ClockState::Running,
        (_, None, None) => ClockState::Paused,
    };
    let (metric, calendar, started_at) = (Metric::ManagerResponse, calendar.name.as_str().into(), tracker.since);
    Clock { metric, priority, target, calendar, started_at, due_at, state, elapsed, stopped_at }
}
