//! What lists and messages need of a ticket: the header and a few facts of its history, without its texts.
//!
//! Must not know how it is shown.

use chrono::{DateTime, Utc};

use super::id::Id;
use super::ticket::{Header, Ticket};

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
    /// The id it has in the system it was imported from.
    pub imported_id: Option<String>,
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
            imported_id: ticket.opening().and_then(|opening| opening.imported_id.clone()),
        }
    }
}
