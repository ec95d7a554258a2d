//! The check of an entry's time against the previous entry, the entry's id and its commit.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ticket::entry::Entry;

/// The largest accepted difference between the clocks of two machines, unless a flag names another one.
pub const CLOCK_TOLERANCE: TimeDelta = TimeDelta::days(1);

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

/// Returns true if an entry had to get its time from the previous one, because that was dated ahead of the clock.
fn follows_directly(previous: &Entry, entry: &Entry) -> bool {
    entry.id.time() - previous.id.time() <= TimeDelta::milliseconds(1)
}

/// Returns the place of the entry that is to blame if the one at `place` is dated ahead: the first of those that had to
/// follow each other.
pub fn dated_first(history: &[Entry], mut place: usize) -> usize {
    while place > 0 && follows_directly(&history[place - 1], &history[place]) {
        place -= 1;
    }
    place
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
