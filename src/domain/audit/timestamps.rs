//! Whether the time of an entry fits what stands before it, its own id, and the commit that brought it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ticket::entry::Entry;

/// How a time does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampProblem {
    /// It is before that of the entry before it.
    Backwards {
        /// The time of the entry before it.
        after: DateTime<Utc>,
    },
    /// It is not the time its id was made at.
    DiffersFromId {
        /// That time.
        created: DateTime<Utc>,
    },
    /// It is behind the commit that brought it.
    Future {
        /// When that was made.
        committed: DateTime<Utc>,
    },
}

/// How the time of an entry does not fit, beyond a tolerance.
pub fn check_timestamp(
    previous: Option<&Entry>,
    entry: &Entry,
    committed: Option<DateTime<Utc>>,
    tolerance: TimeDelta,
) -> Option<TimestampProblem> {
    let (created, at) = (entry.id.time(), entry.at);
    if let Some(previous) = previous.filter(|previous| previous.at > at + tolerance) {
        return Some(TimestampProblem::Backwards { after: previous.at });
    }
    if (created - at).abs() > tolerance.max(TimeDelta::seconds(1)) {
        return Some(TimestampProblem::DiffersFromId { created });
    }
    committed.filter(|committed| at > *committed + tolerance).map(|committed| TimestampProblem::Future { committed })
}
