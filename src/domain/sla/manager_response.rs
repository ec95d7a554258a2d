//! Escalations: which manager is on duty, and how long an escalated ticket waits for a manager's first word.
//!
//! Pure functions of history, policy, calendars and now, as the clocks of [`super::clock`] are. The first word is a
//! promise of the desk to itself, whatever the plan: a metric beside the three of a plan. Must not know casebook.toml, nor who is asked.

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

/// When a manager is on duty. What is not named matches all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCallRule {
    /// For which priorities.
    pub priority: Vec<Priority>,
    /// The calendar that has to be open.
    pub calendar: Option<String>,
    /// Who it is.
    pub manager: Person,
}

/// What the desk does about escalations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationPolicy {
    /// Who is on duty: the first that fits.
    pub on_duty: Vec<OnCallRule>,
    /// How much open time a manager has for a first word.
    pub first_word: Targets,
    /// The calendar that counts for it.
    pub calendar: String,
}

impl Default for EscalationPolicy {
    fn default() -> Self {
        Self { on_duty: Vec::new(), first_word: Targets::default(), calendar: ALWAYS.to_owned() }
    }
}

impl EscalationPolicy {
    /// The manager on duty for a priority; `is_open` says of a calendar whether it is open.
    pub fn manager_on_duty(&self, priority: Priority, is_open: impl Fn(&str) -> bool) -> Option<&Person> {
        let fits = |duty: &&OnCallRule| {
            (duty.priority.is_empty() || duty.priority.contains(&priority))
                && duty.calendar.as_deref().is_none_or(&is_open)
        };
        self.on_duty.iter().find(fits).map(|duty| &duty.manager)
    }
}

/// An escalation followed through the history.
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

/// The clocks of a history's escalations as they stood at an instant, in the order they began; later entries are not
/// looked at. The word is a public reply of a manager, the one named or another, or the end of the escalation. While the
/// ticket is solved nobody waits for it: the clock stands still, and goes on when the ticket is opened again. Its target
/// is that of the priority the ticket has by then. Without a target or a known calendar there is no clock.
pub fn manager_response_clocks<'a>(
    history: &[Entry],
    policy: &EscalationPolicy,
    is_manager: impl Fn(&Person) -> bool,
    calendar: impl Fn(&str) -> Option<&'a Calendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    let Some(Action::Open(opening)) = history.first().map(|entry| &entry.action) else { return Vec::new() };
    let (mut header, mut waits): (_, Vec<EscalationTracker>) = (Header::opened(opening), Vec::new());
    for entry in history.iter().skip(1).take_while(|entry| entry.at <= now) {
        apply(&mut header, entry);
        let at = entry.at;
        if let Action::Escalate { .. } = &entry.action {
            waits.push(EscalationTracker { since: at, ran: Vec::new(), running_since: Some(at), stopped: None });
        }
        let is_word = entry.is_reply_of(Role::Agent) && is_manager(&entry.by);
        let is_over = matches!(entry.action, Action::Deescalate { .. });
        for wait in waits.iter_mut().filter(|wait| wait.stopped.is_none()) {
            match header.status {
                _ if is_word || is_over => wait.stop(at, header.priority),
                Status::Solved => wait.pause(at),
                _ => {
                    wait.running_since.get_or_insert(at);
                }
            }
        }
    }
    let Some(calendar) = calendar(&policy.calendar) else { return Vec::new() };
    let clock = |wait: EscalationTracker| {
        let priority = wait.stopped.map_or(header.priority, |(_, priority)| priority);
        Some(read(&wait, priority, policy.first_word.of(priority)?, calendar, now))
    };
    waits.into_iter().filter_map(clock).collect()
}

fn read(
    wait: &EscalationTracker,
    priority: Priority,
    target: TimeDelta,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Clock {
    let running = wait.running_since.map(|since| (since, now.max(since)));
    let (mut elapsed, mut due_at, mut end) = (TimeDelta::zero(), None, wait.since);
    for (from, to) in wait.ran.iter().copied().chain(running) {
        let open = calendar.elapsed(from, to);
        if due_at.is_none() && elapsed + open >= target {
            due_at = calendar.due(from, target - elapsed);
        }
        (elapsed, end) = (elapsed + open, to);
    }
    let stopped_at = wait.stopped.map(|(at, _)| at);
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
    let (metric, calendar, started_at) = (Metric::FirstWord, calendar.name.as_str().into(), wait.since);
    Clock { metric, priority, target, calendar, started_at, due_at, state, elapsed, stopped_at }
}
