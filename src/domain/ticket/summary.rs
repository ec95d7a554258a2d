//! What lists and messages need of a ticket: the header and a few facts of its history, without its texts.
//!
//! Must not know how it is shown.

use chrono::{DateTime, Utc};

use super::{Header, Ticket};
use crate::domain::id::Id;
use crate::domain::sla::clock::SlaEvents;
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};

/// The facts of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The ticket's id.
    pub id: Id,
    /// The facts that hold now.
    pub header: Header,
    /// Reminders since the agent's last reply.
    pub alerts: usize,
    /// Whether it was solved once, and opened again.
    pub reopened: bool,
    /// When it was opened, UTC.
    pub created_at: DateTime<Utc>,
    /// When something last happened, UTC.
    pub last_activity_at: DateTime<Utc>,
    /// The id of the last entry.
    pub version: Id,
    /// The entry by which whoever takes care of it was given it.
    pub assigned_by: Option<Id>,
    /// The id it has in the system it was imported from.
    pub imported_id: Option<String>,
    /// What its clocks need of its history.
    pub sla_events: SlaEvents,
}

impl Summary {
    /// Whether it is escalated, and not solved: lists have it first.
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
            sla_events: SlaEvents::of(&ticket.history),
        }
    }
}

/// What is known of a ticket at a glance: enough to tell of most tickets whether a query means them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SummaryHeader {
    /// The status.
    pub status: Status,
    /// The priority.
    pub priority: Priority,
    /// Why it is on hold.
    pub hold: Option<HoldReason>,
    /// How it was solved.
    pub resolution: Option<Resolution>,
    /// Whether a manager looks at it.
    pub escalated: bool,
    /// Whether it goes on in another ticket.
    pub merged: bool,
    /// Whether somebody takes care of it.
    pub assigned: bool,
    /// What only the history tells.
    pub past: Option<HistorySummary>,
}

/// What is known of a ticket's history at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistorySummary {
    /// Whether it was solved once, and opened again.
    pub reopened: bool,
    /// When it was opened, UTC.
    pub created_at: DateTime<Utc>,
    /// When something last happened, UTC.
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
