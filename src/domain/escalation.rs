//! Escalations: which manager is on duty, and how long an escalated ticket waits for a manager's first word.
//!
//! Pure functions of history, policy, calendars and now, as the clocks of [`super::target`] are. The first word is a
//! promise of the desk to itself, whatever the plan: a metric beside the three of a plan. Must not know casebook.toml, nor who is asked.

use chrono::{DateTime, TimeDelta, Utc};

use super::action::Action;
use super::calendar::{ALWAYS, Calendar};
use super::entry::Entry;
use super::person::Person;
use super::plan::{Metric, Targets};
use super::replay::apply;
use super::target::{Clock, ClockState};
use super::ticket::Header;
use super::words::{Priority, Role, Status};

/// When a manager is on duty. What is not named matches all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
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
    pub on_duty: Vec<Duty>,
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
        let fits = |duty: &&Duty| {
            (duty.priority.is_empty() || duty.priority.contains(&priority))
                && duty.calendar.as_deref().is_none_or(&is_open)
        };
        self.on_duty.iter().find(fits).map(|duty| &duty.manager)
    }
}

/// An escalation followed through the history.
struct Wait {
    since: DateTime<Utc>,
    stopped: Option<(DateTime<Utc>, Priority)>,
}

/// The clocks of a history's escalations as they stood at an instant, in the order they began; later entries are not
/// looked at. The word is a public reply of a manager, the one named or another, or the end of the escalation; with a
/// solved ticket nobody owes it any more. Its target is that of the priority the ticket has by then. Without a target
/// or a known calendar there is no clock.
pub fn first_words<'a>(
    history: &[Entry],
    policy: &EscalationPolicy,
    is_manager: impl Fn(&Person) -> bool,
    calendar: impl Fn(&str) -> Option<&'a Calendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    let Some(Action::Open(opening)) = history.first().map(|entry| &entry.action) else { return Vec::new() };
    let (mut header, mut waits): (_, Vec<Wait>) = (Header::opened(opening), Vec::new());
    for entry in history.iter().skip(1).take_while(|entry| entry.at <= now) {
        apply(&mut header, entry);
        if let Action::Escalate { .. } = &entry.action {
            waits.push(Wait { since: entry.at, stopped: None });
            continue;
        }
        let is_word = entry.is_reply_of(Role::Agent) && is_manager(&entry.by);
        let is_over = header.status == Status::Solved || matches!(entry.action, Action::Deescalate { .. });
        if is_word || is_over {
            let open = waits.iter_mut().filter(|wait| wait.stopped.is_none());
            open.for_each(|wait| wait.stopped = Some((entry.at.max(wait.since), header.priority)));
        }
    }
    let Some(calendar) = calendar(&policy.calendar) else { return Vec::new() };
    let clock = |wait: Wait| {
        let priority = wait.stopped.map_or(header.priority, |(_, priority)| priority);
        Some(read(&wait, priority, policy.first_word.of(priority)?, calendar, now))
    };
    waits.into_iter().filter_map(clock).collect()
}

fn read(wait: &Wait, priority: Priority, target: TimeDelta, calendar: &Calendar, now: DateTime<Utc>) -> Clock {
    let stopped_at = wait.stopped.map(|(at, _)| at);
    let end = stopped_at.unwrap_or_else(|| now.max(wait.since));
    let due_at = calendar.due(wait.since, target);
    let state = match stopped_at {
        _ if due_at.is_some_and(|due| due < end) => ClockState::Breached,
        Some(_) => ClockState::Met,
        None => ClockState::Running,
    };
    Clock {
        metric: Metric::FirstWord,
        priority,
        target,
        calendar: calendar.name.as_str().into(),
        started_at: wait.since,
        due_at,
        state,
        elapsed: calendar.elapsed(wait.since, end),
        stopped_at,
    }
}

#[cfg(test)]
mod tests;
