//! Explanations of a calendar: the intervals in which it is open or closed, with the reason of each.

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::{Calendar, HoursSource};

/// The reason why a calendar is open or closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntervalReason {
    /// The hours of the week.
    Week,
    /// A holiday, with its name.
    Holiday(String),
    /// An exception of the calendar.
    Exception,
}

/// An interval in which a calendar is open or closed for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedInterval {
    /// The first instant, UTC.
    pub from: DateTime<Utc>,
    /// The first instant after it, UTC.
    pub to: DateTime<Utc>,
    /// True if the calendar is open in it.
    pub is_open: bool,
    /// The reason.
    pub reason: IntervalReason,
}

impl Calendar {
    /// Splits the time between two instants into open and closed intervals, in order and without gaps.
    pub fn explain(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<ExplainedInterval> {
        let mut intervals = Vec::new();
        let mut at = from;
        for (opens, closes) in self.open_hours(from, to).intervals() {
            self.push_days(&mut intervals, at, opens, false);
            self.push_days(&mut intervals, opens.max(from), closes, true);
            at = closes;
        }
        self.push_days(&mut intervals, at, to, false);
        intervals
    }

    /// Adds a time that is open or closed, split at the midnights at which the reason changes.
    fn push_days(&self, intervals: &mut Vec<ExplainedInterval>, from: DateTime<Utc>, to: DateTime<Utc>, is_open: bool) {
        let mut at = from;
        while at < to {
            let date = self.zone.local(at).date_naive();
            let tomorrow =
                date.checked_add_days(Days::new(1)).map(|date| self.zone.instant(date.and_time(NaiveTime::MIN)));
            let end = tomorrow.filter(|midnight| *midnight > at).map_or(to, |midnight| midnight.min(to));
            let reason = match self.hours_on(date).1 {
                HoursSource::Week => IntervalReason::Week,
                HoursSource::Holiday(name) => IntervalReason::Holiday(name.to_owned()),
                HoursSource::Exception => IntervalReason::Exception,
            };
            match intervals.last_mut() {
                Some(last) if last.to == at && last.is_open == is_open && last.reason == reason => last.to = end,
                _ => intervals.push(ExplainedInterval { from: at, to: end, is_open, reason }),
            }
            at = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::calendar::Week;
    use crate::domain::time::duration::format_instant;
    use crate::domain::time::zone::Zone;

    fn explained(from: &str, to: &str) -> Vec<String> {
        let mut week = Week::default();
        week.add("Sun 17:00 - Fri 17:00").expect("a window");
        let date = |text: &str| text.parse().expect("a date");
        let calendar = Calendar {
            name: "english".to_owned(),
            zone: Zone::named("America/Los_Angeles").expect("a zone"),
            week,
            holidays: BTreeMap::from([(date("2026-11-26"), "Thanksgiving Day".to_owned())]),
            exceptions: BTreeMap::from([(
                date("2026-11-28"),
                crate::domain::calendar::hours_of_a_day("09:00 - 12:00").expect("hours"),
            )]),
        };
        let (from, to) = (from.parse().expect("an instant"), to.parse().expect("an instant"));
        let intervals = calendar.explain(from, to);
        assert!(intervals.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert_eq!((intervals[0].from, intervals[intervals.len() - 1].to), (from, to));
        let open: chrono::TimeDelta =
            intervals.iter().filter(|interval| interval.is_open).map(|interval| interval.to - interval.from).sum();
        assert_eq!(open, calendar.elapsed(from, to));
        let line = |interval: &ExplainedInterval| {
            format!("{} {} {:?}", format_instant(interval.to), interval.is_open, interval.reason)
        };
        intervals.iter().map(line).collect()
    }

    #[test]
    fn every_interval_has_its_reason() {
        assert_eq!(
            explained("2026-11-25T20:00:00Z", "2026-11-30T08:00:00Z"),
            [
                "2026-11-26T08:00:00Z true Week",
                "2026-11-27T08:00:00Z false Holiday(\"Thanksgiving Day\")",
                "2026-11-28T01:00:00Z true Week",
                "2026-11-28T08:00:00Z false Week",
                "2026-11-28T17:00:00Z false Exception",
                "2026-11-28T20:00:00Z true Exception",
                "2026-11-29T08:00:00Z false Exception",
                "2026-11-30T01:00:00Z false Week",
                "2026-11-30T08:00:00Z true Week",
            ]
        );
    }
}
