//! The clocks of a ticket: what is promised, how much of it is used up, and until when.
//!
//! A pure function of history, plan, calendars and now, so that it is the same on every machine and on any day that is
//! looked back to. A clock is the list of times in which it ran; open time is counted in them by the calendar that the
//! ticket's priority, language and channel name at the end, so that a new priority counts from the same start.
//! Must not know where plans and calendars come from, nor whose plan is in force.

use chrono::{DateTime, TimeDelta, Utc};

use super::action::Action;
use super::calendar::Calendar;
use super::entry::Entry;
use super::plan::{Metric, Plan};
use super::replay::apply;
use super::ticket::Header;
use super::words::{Priority, Role, Status};

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One promise and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What is measured.
    pub metric: Metric,
    /// How much open time there is.
    pub target: TimeDelta,
    /// The calendar's name.
    pub calendar: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it is or was due; `None` while it is paused in time, and where the calendar never gets there.
    pub due_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub state: ClockState,
    /// The open time used up.
    pub elapsed: TimeDelta,
    /// When it stopped, if it has.
    pub stopped_at: Option<DateTime<Utc>>,
    /// From when to when it ran, to explain it: the sum of their open time is `elapsed`.
    pub ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What a ticket's promises hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    priority: Priority,
    language: Option<String>,
    channel: Option<String>,
}

impl Facts {
    fn of(header: &Header) -> Self {
        Self { priority: header.priority, language: header.language.clone(), channel: header.channel.clone() }
    }
}

/// A clock without its target: when it ran.
#[derive(Clone, Debug)]
struct Watch {
    metric: Metric,
    started: DateTime<Utc>,
    ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    running_since: Option<DateTime<Utc>>,
    /// When it stopped, and what the ticket was then.
    stopped: Option<(DateTime<Utc>, Facts)>,
}

impl Watch {
    const fn starting(metric: Metric, at: DateTime<Utc>) -> Self {
        Self { metric, started: at, ran: Vec::new(), running_since: Some(at), stopped: None }
    }

    fn pause(&mut self, at: DateTime<Utc>) {
        if let Some(since) = self.running_since.take() {
            self.ran.push((since, at));
        }
    }

    fn wait(&mut self, at: DateTime<Utc>) {
        self.stopped = None;
        self.pause(at);
    }

    fn go_on(&mut self, at: DateTime<Utc>) {
        self.stopped = None;
        self.running_since.get_or_insert(at);
    }

    fn stop(&mut self, at: DateTime<Utc>, header: &Header) {
        if self.stopped.is_none() {
            self.pause(at);
            self.stopped = Some((at, Facts::of(header)));
        }
    }
}

/// A history followed entry by entry.
#[derive(Clone, Debug)]
pub struct Watches {
    header: Header,
    watches: Vec<Watch>,
    last: DateTime<Utc>,
}

impl Watches {
    /// The clocks of a ticket just opened; `None` where the entry opens none.
    pub fn begin(first: &Entry) -> Option<Self> {
        let Action::Open(opening) = &first.action else { return None };
        let at = first.at;
        let watches = [Metric::FirstResponse, Metric::Resolution].map(|metric| Watch::starting(metric, at));
        Some(Self { header: Header::opened(opening), watches: watches.into(), last: at })
    }

    /// What the next entry does to them.
    ///
    /// The first response stops at the first public reply of a human agent, the next one likewise; that one begins at
    /// the oldest words of the customer which have no answer. Solving ends both, since nobody owes a word any more;
    /// automatic mails do nothing. The resolution waits while the customer owes the next step, stops when the ticket
    /// is solved, and goes on when it is reopened.
    pub fn follow(&mut self, entry: &Entry) {
        // On two clones the clocks may differ: time never goes back here.
        let at = entry.at.max(self.last);
        self.last = at;
        apply(&mut self.header, entry);
        let is_solved = self.header.status == Status::Solved;
        if is_solved || entry.is_reply_of(Role::Agent) {
            let header = &self.header;
            let responses = self.watches.iter_mut().filter(|watch| watch.metric != Metric::Resolution);
            responses.for_each(|watch| watch.stop(at, header));
        }
        let reopens = matches!(entry.action, Action::Reopen { .. }) && entry.role == Role::Customer;
        if !is_solved && (reopens || entry.is_reply_of(Role::Customer)) && !self.awaits_response() {
            self.watches.push(Watch::starting(Metric::NextResponse, at));
        }
        for watch in self.watches.iter_mut().filter(|watch| watch.metric == Metric::Resolution) {
            match self.header.status {
                Status::Open | Status::OnHold => watch.go_on(at),
                Status::AwaitingReply => watch.wait(at),
                Status::Solved => watch.stop(at, &self.header),
            }
        }
    }

    /// Whether a response is owed already.
    fn awaits_response(&self) -> bool {
        self.watches.iter().any(|watch| watch.metric != Metric::Resolution && watch.stopped.is_none())
    }

    /// The clocks at an instant that no entry lies behind, in the order they began: for each the target and calendar
    /// of the plan. Without both there is no clock. `calendar` knows calendars by name.
    pub fn clocks<'a>(
        &self,
        plan: &Plan,
        calendar: impl Fn(&str) -> Option<&'a Calendar>,
        now: DateTime<Utc>,
    ) -> Vec<Clock> {
        let now = now.max(self.last);
        let current = Facts::of(&self.header);
        let clock = |watch: &Watch| {
            let facts = watch.stopped.as_ref().map_or(&current, |(_, facts)| facts);
            let target = plan.targets(watch.metric).of(facts.priority)?;
            let name = plan.calendar(facts.language.as_deref(), facts.priority, facts.channel.as_deref())?;
            Some(read(watch, target, calendar(name)?, now))
        };
        self.watches.iter().filter_map(clock).collect()
    }
}

/// The clocks of a history as they stood at an instant; later entries are not looked at.
pub fn clocks<'a>(
    history: &[Entry],
    plan: &Plan,
    calendar: impl Fn(&str) -> Option<&'a Calendar>,
    now: DateTime<Utc>,
) -> Vec<Clock> {
    let mut entries = history.iter().take_while(|entry| entry.at <= now);
    let Some(mut watches) = entries.next().and_then(Watches::begin) else { return Vec::new() };
    entries.for_each(|entry| watches.follow(entry));
    watches.clocks(plan, calendar, now)
}

/// Reads a watch by a calendar.
fn read(watch: &Watch, target: TimeDelta, calendar: &Calendar, now: DateTime<Utc>) -> Clock {
    let mut ran = watch.ran.clone();
    ran.extend(watch.running_since.map(|since| (since, now)));
    let (mut elapsed, mut due_at) = (TimeDelta::zero(), None);
    for &(from, to) in &ran {
        let open = calendar.elapsed(from, to);
        if due_at.is_none() && elapsed + open >= target {
            due_at = calendar.due(from, target - elapsed);
        }
        elapsed += open;
    }
    if let (None, Some(_)) = (due_at, watch.running_since) {
        due_at = calendar.due(now, target - elapsed);
    }
    let stopped_at = watch.stopped.as_ref().map(|(at, _)| *at);
    // Compared with the due instant, not the target: over a week-end no open time goes by, and what was due on
    // Friday at five is late all the same.
    let is_late = due_at.zip(ran.last()).is_some_and(|(due, (_, end))| due < *end);
    let state = match (is_late, stopped_at, watch.running_since) {
        (true, ..) => ClockState::Breached,
        (_, Some(_), _) => ClockState::Met,
        (_, None, Some(_)) => ClockState::Running,
        (_, None, None) => ClockState::Paused,
    };
    let (metric, started_at, calendar) = (watch.metric, watch.started, calendar.name.clone());
    Clock { metric, target, calendar, started_at, due_at, state, elapsed, stopped_at, ran }
}

#[cfg(test)]
mod tests;
