//! Measurements: the times in which each clock of a ticket ran, before any target or calendar is applied.
//!
//! The rules are those of docs/slas.md#responses and docs/slas.md#waiting-holding-reopening. The first response stops at
//! the first public reply of a human agent, and so does the next response, which begins at the customer's oldest
//! unanswered reply, and anew when a solved ticket is reopened. Solving stops both. The resolution pauses while the
//! ticket awaits the customer's reply, stops when the ticket is solved, and continues when it is reopened. A hold pauses
//! nothing.
//!
//! A merge stops the clocks of the merged ticket without meeting their targets, which continue on the ticket it was
//! merged into (docs/slas.md#merged-tickets). The file of that ticket does not contain what was due on the other one, so
//! the merge counts there as a reply of the customer: it starts a next response unless a response is due already.
//! Unmerging undoes both.

use chrono::{DateTime, Utc};

use super::events::{SlaEventKind, SlaEvents};
use super::plan::Metric;
use crate::domain::vocabulary::Status;

/// The measurement of one metric: a clock without its target.
#[derive(Clone, Debug)]
pub(crate) struct Measurement {
    pub metric: Metric,
    pub started: DateTime<Utc>,
    pub ran: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub running_since: Option<DateTime<Utc>>,
    /// The instant it stopped, and the number of events up to it.
    pub stopped: Option<(DateTime<Utc>, usize)>,
    /// True if it stopped because the ticket was merged into another one.
    pub merged_away: bool,
    /// The number of merged tickets that wait for this response; 0 if it did not begin with a merge.
    merged_sources: usize,
    /// The oldest unanswered reply of a customer on this ticket itself, at which the response begins if the merge that
    /// started it is undone.
    customer_replied_at: Option<DateTime<Utc>>,
}

impl Measurement {
    const fn starting(metric: Metric, at: DateTime<Utc>) -> Self {
        Self {
            metric,
            started: at,
            ran: Vec::new(),
            running_since: Some(at),
            stopped: None,
            merged_away: false,
            merged_sources: 0,
            customer_replied_at: None,
        }
    }

    /// Returns the number of events that decide its target: those up to its stop, or all.
    pub fn counted_events(&self, events: &SlaEvents) -> usize {
        self.stopped.map_or(events.0.len(), |(_, count)| count)
    }

    fn is_due_response(&self) -> bool {
        self.metric != Metric::Resolution && self.stopped.is_none()
    }

    fn pause(&mut self, at: DateTime<Utc>) {
        if let Some(since) = self.running_since.take() {
            self.ran.push((since, at));
        }
    }

    /// Undoes a stop by a merge, as if the time had never been interrupted.
    fn undo_merge(&mut self) {
        self.ran.clear();
        (self.running_since, self.stopped, self.merged_away) = (Some(self.started), None, false);
    }

    /// Pauses a measurement that may have been stopped.
    fn suspend(&mut self, at: DateTime<Utc>) {
        (self.stopped, self.merged_away) = (None, false);
        self.pause(at);
    }

    fn resume(&mut self, at: DateTime<Utc>) {
        (self.stopped, self.merged_away) = (None, false);
        self.running_since.get_or_insert(at);
    }

    fn stop(&mut self, at: DateTime<Utc>, count: usize) {
        if self.stopped.is_none() {
            self.pause(at);
            self.stopped = Some((at, count));
        }
    }
}

/// Measures every metric of a ticket by its events, in the order in which the measurements began.
pub(crate) fn measure(events: &SlaEvents, opened: DateTime<Utc>) -> Vec<Measurement> {
    let mut measurements: Vec<Measurement> =
        [Metric::FirstResponse, Metric::Resolution].map(|metric| Measurement::starting(metric, opened)).into();
    let mut was = Status::Open;
    for (place, event) in events.0.iter().enumerate() {
        let at = SlaEvents::instant(opened, event);
        match event.kind {
            SlaEventKind::SourceMerged => source_merged(&mut measurements, at),
            SlaEventKind::SourceUnmerged => source_unmerged(&mut measurements),
            _ => {}
        }
        let Some(status) = event.kind.status() else { continue };
        let is_solved = status == Status::Solved;
        let is_agent_reply = matches!(event.kind, SlaEventKind::AgentReplied(_));
        if is_solved || is_agent_reply {
            let due = measurements.iter_mut().filter(|measurement| measurement.is_due_response());
            due.for_each(|measurement| measurement.stop(at, place + 1));
        }
        if matches!(event.kind, SlaEventKind::MergedAway) {
            let stopped_now = |measurement: &&mut Measurement| measurement.stopped == Some((at, place + 1));
            measurements.iter_mut().filter(stopped_now).for_each(|measurement| measurement.merged_away = true);
        }
        let reopens = was == Status::Solved && !is_solved && !is_agent_reply;
        if was == Status::Solved && !is_solved {
            measurements
                .iter_mut()
                .filter(|measurement| measurement.merged_away && measurement.metric != Metric::Resolution)
                .for_each(Measurement::undo_merge);
        }
        let is_customer_reply = matches!(event.kind, SlaEventKind::CustomerReplied(_)) && !is_solved;
        if (reopens || is_customer_reply) && !measurements.iter().any(Measurement::is_due_response) {
            measurements.push(Measurement::starting(Metric::NextResponse, at));
        }
        if is_customer_reply {
            measurements.iter_mut().filter(|measurement| measurement.is_due_response()).for_each(|measurement| {
                measurement.customer_replied_at.get_or_insert(at);
            });
        }
        let resolution = &mut measurements[1];
        match status {
            Status::Open | Status::OnHold => resolution.resume(at),
            Status::AwaitingReply => resolution.suspend(at),
            Status::Solved => {
                resolution.stop(at, place + 1);
                resolution.merged_away |= matches!(event.kind, SlaEventKind::MergedAway);
            }
        }
        was = status;
    }
    measurements
}

/// Starts a next response for a ticket that was merged into this one, if no response is due already.
fn source_merged(measurements: &mut Vec<Measurement>, at: DateTime<Utc>) {
    match measurements.iter_mut().find(|measurement| measurement.is_due_response()) {
        None => measurements.push(Measurement { merged_sources: 1, ..Measurement::starting(Metric::NextResponse, at) }),
        Some(measurement) if measurement.merged_sources > 0 => measurement.merged_sources += 1,
        Some(_) => {}
    }
}

/// Undoes a merge into this ticket. With the last one, the response that began with a merge ends, or begins at the
/// oldest unanswered reply on this ticket.
fn source_unmerged(measurements: &mut Vec<Measurement>) {
    let waits = |measurement: &Measurement| measurement.is_due_response() && measurement.merged_sources > 0;
    let Some(place) = measurements.iter().position(waits) else { return };
    let measurement = &mut measurements[place];
    measurement.merged_sources -= 1;
    match (measurement.merged_sources, measurement.customer_replied_at) {
        (0, Some(at)) => (measurement.started, measurement.running_since) = (at, Some(at)),
        (0, None) => drop(measurements.remove(place)),
        _ => {}
    }
}
