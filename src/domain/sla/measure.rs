//! Clocks without targets: when each ran.
//!
//! The first response stops at the first public reply of a human agent, the next one likewise; that one begins at the
//! oldest words of the customer which have no answer, and anew when a solved ticket is opened again. Solving ends both,
//! since nobody owes a word any more; automatic mails do nothing. The resolution waits while the customer owes the next
//! step, stops when the ticket is solved, and goes on when it is opened again. On hold stops nothing.
//!
//! A ticket that is merged owes nothing any more: what it owed is owed where the conversation goes on, and was not met by
//! that. There the merge counts as words of the customer, since the file does not tell what the other ticket was owed: it
//! starts the next response unless one is owed already. Taking the merge back undoes both.

use chrono::{DateTime, Utc};

use super::events::{SlaEventKind, SlaEvents};
use super::plan::Metric;
use crate::domain::vocabulary::Status;

/// A clock without its target.
#[derive(Clone, Debug)]
pub(crate) struct Measurement {
    pub metric: Metric,
    pub started: DateTime<Utc>,
    pub ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub running_since: Option<DateTime<Utc>>,
    /// When it stopped, and behind how many turns.
    pub stopped: Option<(DateTime<Utc>, usize)>,
    /// Whether it stopped because the ticket goes on in another.
    pub went_on: bool,
    /// How many tickets that joined it waits for.
    joined: usize,
    /// Of one that began with a ticket that joined: the oldest words of this ticket's own.
    asked: Option<DateTime<Utc>>,
}

impl Measurement {
    const fn starting(metric: Metric, at: DateTime<Utc>) -> Self {
        Self {
            metric,
            started: at,
            ran: Vec::new(),
            running_since: Some(at),
            stopped: None,
            went_on: false,
            joined: 0,
            asked: None,
        }
    }

    /// Behind how many turns of the course the facts stand that it is judged by: those when it stopped, else all.
    pub fn judged_behind(&self, course: &SlaEvents) -> usize {
        self.stopped.map_or(course.0.len(), |(_, turns)| turns)
    }

    fn is_owed_response(&self) -> bool {
        self.metric != Metric::Resolution && self.stopped.is_none()
    }

    fn pause(&mut self, at: DateTime<Utc>) {
        if let Some(since) = self.running_since.take() {
            self.ran.push((since, at));
        }
    }

    /// A promise that went on elsewhere comes back: its time was never interrupted.
    fn come_back(&mut self) {
        self.ran.clear();
        (self.running_since, self.stopped, self.went_on) = (Some(self.started), None, false);
    }

    fn wait(&mut self, at: DateTime<Utc>) {
        (self.stopped, self.went_on) = (None, false);
        self.pause(at);
    }

    fn go_on(&mut self, at: DateTime<Utc>) {
        (self.stopped, self.went_on) = (None, false);
        self.running_since.get_or_insert(at);
    }

    fn stop(&mut self, at: DateTime<Utc>, turns: usize) {
        if self.stopped.is_none() {
            self.pause(at);
            self.stopped = Some((at, turns));
        }
    }
}

/// The clocks of a course, in the order they began.
pub(crate) fn watches(course: &SlaEvents, opened: DateTime<Utc>) -> Vec<Measurement> {
    let mut watches: Vec<Measurement> =
        [Metric::FirstResponse, Metric::Resolution].map(|metric| Measurement::starting(metric, opened)).into();
    let mut was = Status::Open;
    for (place, turn) in course.0.iter().enumerate() {
        let at = SlaEvents::instant(opened, turn);
        match turn.what {
            SlaEventKind::Joined => join(&mut watches, at),
            SlaEventKind::Parted => part(&mut watches),
            _ => {}
        }
        let Some(status) = turn.what.status() else { continue };
        let is_solved = status == Status::Solved;
        let is_answer = matches!(turn.what, SlaEventKind::Answered(_));
        if is_solved || is_answer {
            watches.iter_mut().filter(|watch| watch.is_owed_response()).for_each(|watch| watch.stop(at, place + 1));
        }
        if matches!(turn.what, SlaEventKind::WentOn) {
            watches
                .iter_mut()
                .filter(|watch| watch.stopped == Some((at, place + 1)))
                .for_each(|watch| watch.went_on = true);
        }
        let reopens = was == Status::Solved && !is_solved && !is_answer;
        if was == Status::Solved && !is_solved {
            let back = watches.iter_mut().filter(|watch| watch.went_on && watch.metric != Metric::Resolution);
            back.for_each(Measurement::come_back);
        }
        let asks = matches!(turn.what, SlaEventKind::Asked(_)) && !is_solved;
        if (reopens || asks) && !watches.iter().any(Measurement::is_owed_response) {
            watches.push(Measurement::starting(Metric::NextResponse, at));
        }
        if asks {
            watches.iter_mut().filter(|watch| watch.is_owed_response()).for_each(|watch| {
                watch.asked.get_or_insert(at);
            });
        }
        let resolution = &mut watches[1];
        match status {
            Status::Open | Status::OnHold => resolution.go_on(at),
            Status::AwaitingReply => resolution.wait(at),
            Status::Solved => {
                resolution.stop(at, place + 1);
                resolution.went_on |= matches!(turn.what, SlaEventKind::WentOn);
            }
        }
        was = status;
    }
    watches
}

/// Another ticket goes on here: a word is owed, if it is not already.
fn join(watches: &mut Vec<Measurement>, at: DateTime<Utc>) {
    match watches.iter_mut().find(|watch| watch.is_owed_response()) {
        None => watches.push(Measurement { joined: 1, ..Measurement::starting(Metric::NextResponse, at) }),
        Some(watch) if watch.joined > 0 => watch.joined += 1,
        Some(_) => {}
    }
}

/// A ticket that had joined is taken out. With the last of them what began with them ends, or begins with the ticket's
/// own words.
fn part(watches: &mut Vec<Measurement>) {
    let Some(place) = watches.iter().position(|watch| watch.is_owed_response() && watch.joined > 0) else { return };
    let watch = &mut watches[place];
    watch.joined -= 1;
    match (watch.joined, watch.asked) {
        (0, Some(asked)) => (watch.started, watch.running_since) = (asked, Some(asked)),
        (0, None) => drop(watches.remove(place)),
        _ => {}
    }
}
