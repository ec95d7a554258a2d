//! A calendar taken apart, to explain it: when it is open, when it is closed, and why.
//!
//! Must not know what is counted in it.

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::{Calendar, HoursSource};

/// Why a calendar is open or closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntervalReason {
    /// By the hours of the week.
    Week,
    /// It is a holiday, by its name.
    Holiday(String),
    /// The policy names the date.
    Exception,
}

/// A time in which a calendar stays open or closed for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedInterval {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The first instant behind it.
    pub to: DateTime<Utc>,
    /// Whether it is open.
    pub is_open: bool,
    /// Why.
    pub why: IntervalReason,
}

impl Calendar {
    /// The time between two instants without a hole, in order. What lies behind `to` is not looked at.
    pub fn stays(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<ExplainedInterval> {
        let mut stays = Vec::new();
        let mut at = from;
        for (opens, closes) in self.between(from, to).intervals() {
            self.push_days(&mut stays, at, opens, false);
            self.push_days(&mut stays, opens.max(from), closes, true);
            at = closes;
        }
        self.push_days(&mut stays, at, to, false);
        stays
    }

    /// Adds a time that is open or closed, taken apart where the reason changes with the date.
    fn push_days(&self, stays: &mut Vec<ExplainedInterval>, from: DateTime<Utc>, to: DateTime<Utc>, is_open: bool) {
        let mut at = from;
        while at < to {
            let date = self.zone.local(at).date_naive();
            let tomorrow =
                date.checked_add_days(Days::new(1)).map(|date| self.zone.instant(date.and_time(NaiveTime::MIN)));
            let end = tomorrow.filter(|midnight| *midnight > at).map_or(to, |midnight| midnight.min(to));
            let why = match self.date(date).1 {
                HoursSource::Week => IntervalReason::Week,
                HoursSource::Holiday(name) => IntervalReason::Holiday(name.to_owned()),
                HoursSource::Exception => IntervalReason::Exception,
            };
            match stays.last_mut() {
                Some(last) if last.to == at && last.is_open == is_open && last.why == why => last.to = end,
                _ => stays.push(ExplainedInterval { from: at, to: end, is_open, why }),
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

    fn told(from: &str, to: &str) -> Vec<String> {
        let mut week = Week::default();
        week.add("Sun 17:00 - Fri 17:00").expect("a window");
        let date = |words: &str| words.parse().expect("a date");
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
        let stays = calendar.stays(from, to);
        assert!(stays.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert_eq!((stays[0].from, stays[stays.len() - 1].to), (from, to));
        let open: chrono::TimeDelta = stays.iter().filter(|stay| stay.is_open).map(|stay| stay.to - stay.from).sum();
        assert_eq!(open, calendar.elapsed(from, to));
        stays.iter().map(|stay| format!("{} {} {:?}", format_instant(stay.to), stay.is_open, stay.why)).collect()
    }

    #[test]
    fn closed_times_have_their_reasons() {
        assert_eq!(
            told("2026-11-25T20:00:00Z", "2026-11-30T08:00:00Z"),
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
