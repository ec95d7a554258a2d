//! The check of an entry's time against the previous entry, the entry's id and its commit.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ticket::entry::Entry;

/// A problem with the time of an entry. All times are UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampProblem {
    /// The time is before that of the previous entry.
    Backwards {
        /// The time of the previous entry.
        after: DateTime<Utc>,
    },
    /// The time differs from that of the id.
    DiffersFromId {
        /// The time of the id.
        created: DateTime<Utc>,
    },
    /// The time is after that of the commit.
    Future {
        /// The time of the commit.
        committed: DateTime<Utc>,
    },
}

/// Returns the problem with the time of an entry, if it exceeds the tolerance. The id may differ by at least a second,
/// because the time of an entry has whole seconds.
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
