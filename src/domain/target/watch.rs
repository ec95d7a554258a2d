//! Clocks without targets: when each ran.
//!
//! The first response stops at the first public reply of a human agent, the next one likewise; that one begins at the
//! oldest words of the customer which have no answer, and anew when a solved ticket is opened again. Solving ends both,
//! since nobody owes a word any more; automatic mails do nothing. The resolution waits while the customer owes the next
//! step, stops when the ticket is solved, and goes on when it is opened again. On hold stops nothing. A ticket that is
//! merged is solved: what is still owed is owed where the conversation goes on.

use chrono::{DateTime, Utc};

use super::super::plan::Metric;
use super::super::words::Status;
use super::course::{Course, What};

/// A clock without its target.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    pub metric: Metric,
    pub started: DateTime<Utc>,
    pub ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub running_since: Option<DateTime<Utc>>,
    /// When it stopped, and behind how many turns.
    pub stopped: Option<(DateTime<Utc>, usize)>,
}

impl Watch {
    const fn starting(metric: Metric, at: DateTime<Utc>) -> Self {
        Self { metric, started: at, ran: Vec::new(), running_since: Some(at), stopped: None }
    }

    /// Behind how many turns of the course the facts stand that it is judged by: those when it stopped, else all.
    pub fn judged_behind(&self, course: &Course) -> usize {
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

    fn wait(&mut self, at: DateTime<Utc>) {
        self.stopped = None;
        self.pause(at);
    }

    fn go_on(&mut self, at: DateTime<Utc>) {
        self.stopped = None;
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
pub(super) fn watches(course: &Course, opened: DateTime<Utc>) -> Vec<Watch> {
    let mut watches: Vec<Watch> =
        [Metric::FirstResponse, Metric::Resolution].map(|metric| Watch::starting(metric, opened)).into();
    let mut was = Status::Open;
    for (place, turn) in course.0.iter().enumerate() {
        let Some(status) = turn.what.status() else { continue };
        let at = Course::instant(opened, turn);
        let is_solved = status == Status::Solved;
        let is_answer = matches!(turn.what, What::Answered(_));
        if is_solved || is_answer {
            watches.iter_mut().filter(|watch| watch.is_owed_response()).for_each(|watch| watch.stop(at, place + 1));
        }
        let reopens = was == Status::Solved && !is_solved && !is_answer;
        let asks = matches!(turn.what, What::Asked(_)) && !is_solved;
        if (reopens || asks) && !watches.iter().any(Watch::is_owed_response) {
            watches.push(Watch::starting(Metric::NextResponse, at));
        }
        let resolution = &mut watches[1];
        match status {
            Status::Open | Status::OnHold => resolution.go_on(at),
            Status::AwaitingReply => resolution.wait(at),
            Status::Solved => resolution.stop(at, place + 1),
        }
        was = status;
    }
    watches
}
