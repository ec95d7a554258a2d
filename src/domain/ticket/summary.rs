//! Summaries: the facts of a ticket that lists and messages need, without its texts.

use chrono::{DateTime, Utc};

use super::{Header, Ticket};
use crate::domain::id::Id;
use crate::domain::sla::events::SlaEvents;
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};

/// A summary of a ticket.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// The id of the ticket. It is not encoded, because an encoded summary is kept beside it.
    #[serde(skip, default = "unknown_id")]
    pub id: Id,
    /// The header.
    pub header: Header,
    /// The number of reminders since the last reply, as [`Ticket::alerts`] returns it.
    pub alerts: usize,
    /// True if the ticket was reopened at least once.
    pub reopened: bool,
    /// The time of the opening, UTC.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    /// The time of the last entry, UTC.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub last_activity_at: DateTime<Utc>,
    /// The version: the id of the last entry.
    pub version: Id,
    /// The entry that assigned the current assignee.
    pub assigned_by: Option<Id>,
    /// The id in the system from which the ticket was imported.
    pub imported_id: Option<String>,
    /// The key that the ticket was opened with.
    pub key: Option<String>,
    /// The events that the SLA clocks measure.
    pub sla_events: SlaEvents,
}

const fn unknown_id() -> Id {
    Id::from_bytes([0; 16])
}

impl Summary {
    /// Returns true if the ticket is escalated and not solved. Lists print such tickets first.
    pub fn awaits_manager(&self) -> bool {
        self.header.escalation.is_some() && self.header.status != Status::Solved
    }
}

impl From<&Ticket> for Summary {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id,
            header: ticket.header.clone(),
            alerts: ticket.alerts(),
            reopened: ticket.was_reopened(),
            created_at: ticket.created_at(),
            last_activity_at: ticket.last_activity_at(),
            version: ticket.version(),
            assigned_by: ticket.assigned_by(),
            imported_id: ticket.opening().and_then(|opening| opening.imported_id.clone()),
            key: ticket.history.first().and_then(|opening| opening.key.clone()),
            sla_events: SlaEvents::of(&ticket.history),
        }
    }
}

/// The part of a summary that decides most queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryHeader {
    /// The status.
    pub status: Status,
    /// The priority.
    pub priority: Priority,
    /// The reason of the hold, if the ticket is on hold.
    pub hold: Option<HoldReason>,
    /// The resolution, if the ticket is solved.
    pub resolution: Option<Resolution>,
    /// True if the ticket is escalated.
    pub escalated: bool,
    /// True if the ticket is merged into another one.
    pub merged: bool,
    /// True if the ticket has an assignee.
    pub assigned: bool,
    /// The facts that only the history contains; `None` if only the header was read.
    pub past: Option<HistorySummary>,
}

/// The part of a summary header that comes from the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistorySummary {
    /// True if the ticket was reopened at least once.
    pub reopened: bool,
    /// The time of the opening, UTC.
    pub created_at: DateTime<Utc>,
    /// The time of the last entry, UTC.
    pub last_activity_at: DateTime<Utc>,
}

impl From<&Summary> for SummaryHeader {
    fn from(summary: &Summary) -> Self {
        let (reopened, created_at, last_activity_at) = (summary.reopened, summary.created_at, summary.last_activity_at);
        Self { past: Some(HistorySummary { reopened, created_at, last_activity_at }), ..Self::from(&summary.header) }
    }
}

impl From<&Header> for SummaryHeader {
    fn from(header: &Header) -> Self {
        Self {
            status: header.status,
            priority: header.priority,
            hold: header.hold.as_ref().map(|hold| hold.reason),
            resolution: header.resolution,
            escalated: header.escalation.is_some(),
            merged: header.merged_into.is_some(),
            assigned: header.assignee.is_some(),
            past: None,
        }
    }
}
