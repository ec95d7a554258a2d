//! The open hours between two instants, as intervals that are computed once. A query takes two binary searches, whatever
//! the duration.

use chrono::{DateTime, TimeDelta, Utc};

/// An open interval in seconds since 1970, half-open, with the number of open seconds before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    opens: i64,
    closes: i64,
    before: i64,
}

impl Interval {
    /// Returns the open seconds up to its end.
    const fn through(&self) -> i64 {
        self.before + self.closes - self.opens
    }
}

/// The open hours of a calendar between two instants, in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenHours(Vec<Interval>);

impl OpenHours {
    /// Adds an interval after the others; one that touches the last extends it. An empty one is ignored.
    pub(super) fn push(&mut self, opens: i64, closes: i64) {
        if closes <= opens {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.closes == opens => last.closes = closes,
            last => {
                let before = last.map_or(0, |last| last.through());
                self.0.push(Interval { opens, closes, before });
            }
        }
    }

    /// Returns the open intervals in order; they neither touch nor overlap.
    pub fn intervals(&self) -> impl DoubleEndedIterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        self.0.iter().map(|interval| (instant(interval.opens), instant(interval.closes)))
    }

    /// Returns true if an instant is open.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let at = at.timestamp();
        let next = self.0.partition_point(|interval| interval.opens <= at);
        next > 0 && at < self.0[next - 1].closes
    }

    /// Returns the open time from `a` to `b`; negative if `b` is before `a`. Instants outside of these hours are closed.
    pub fn elapsed(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(self.before(b.timestamp()) - self.before(a.timestamp()))
    }

    /// Returns the earliest instant at which `duration` of open time has passed since `start`; it may be a closing
    /// instant. For a negative duration: the latest instant from which as much is left until `start`, which may be an
    /// opening instant; for zero: `start` itself. `None` if these hours do not reach as far.
    pub fn due(&self, start: DateTime<Utc>, duration: TimeDelta) -> Option<DateTime<Utc>> {
        let seconds = duration.num_seconds();
        if seconds == 0 {
            return Some(start);
        }
        let goal = self.before(start.timestamp()).checked_add(seconds)?;
        if seconds > 0 {
            let reached = self.0.partition_point(|interval| interval.through() < goal);
            self.0.get(reached).map(|interval| instant(interval.closes - (interval.through() - goal)))
        } else {
            let last = self.0.partition_point(|interval| interval.before <= goal).checked_sub(1)?;
            (goal >= 0).then(|| instant(self.0[last].opens + goal - self.0[last].before))
        }
    }

    /// Returns the open seconds before an instant.
    fn before(&self, at: i64) -> i64 {
        let next = self.0.partition_point(|interval| interval.opens < at);
        let Some(last) = next.checked_sub(1) else { return 0 };
        self.0[last].before + at.min(self.0[last].closes) - self.0[last].opens
    }
}

fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
