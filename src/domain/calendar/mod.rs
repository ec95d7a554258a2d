//! Calendars: when a desk is open, and how much open time lies between two instants.
//!
//! An instant is open when its local wall-clock time lies in a window of its local date. So an hour that clocks skip
//! has no open time, and one that comes twice counts twice. A holiday, or an exception that says `closed`, takes out
//! the local date; an exception with hours replaces the hours of its date, and is stronger than a holiday.
//!
//! Must not know casebook.toml, nor the present.

mod cached;
mod explain;
mod holidays;
mod open_hours;
#[cfg(test)]
mod tests;
mod week;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

pub use cached::CachedCalendar;
pub use explain::{ExplainedInterval, IntervalReason};
pub use holidays::HolidayList;
pub use open_hours::OpenHours;
pub use week::{MinuteRange, ParseHoursError, Week, hours_of_a_day};

use super::time::zone::Zone;

/// The name of the calendar that every desk has, and that is never closed.
pub const ALWAYS: &str = "always";

/// How far ahead or back an instant is searched for: nothing is due later than this.
const HORIZON: TimeDelta = TimeDelta::days(200 * 366);

/// The seconds of a day on the wall.
const DAY: i64 = 86_400;

/// When a desk is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// What policy calls it.
    pub name: String,
    /// The zone its hours are told in.
    pub zone: Zone,
    /// The hours of a week.
    pub week: Week,
    /// The dates that are closed, and what they are called.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// The dates that have hours of their own; none of them means closed.
    pub exceptions: BTreeMap<NaiveDate, Vec<MinuteRange>>,
}

/// Why a date has the hours it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoursSource<'a> {
    /// The day of the week.
    Week,
    /// A holiday, by its name.
    Holiday(&'a str),
    /// The policy names the date.
    Exception,
}

impl Calendar {
    /// The calendar that is never closed.
    pub fn always() -> Self {
        Self {
            name: ALWAYS.to_owned(),
            zone: Zone::utc(),
            week: Week::always(),
            holidays: BTreeMap::new(),
            exceptions: BTreeMap::new(),
        }
    }

    /// The hours of a local date, and why.
    pub fn date(&self, date: NaiveDate) -> (&[MinuteRange], HoursSource<'_>) {
        if let Some(hours) = self.exceptions.get(&date) {
            return (hours, HoursSource::Exception);
        }
        match self.holidays.get(&date) {
            Some(name) => (&[], HoursSource::Holiday(name)),
            None => (self.week.of(date.weekday()), HoursSource::Week),
        }
    }

    /// The open hours from `from` to `to`, to reckon with. Making them costs as much as there are days between; the
    /// answers cost next to nothing.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> OpenHours {
        let mut open = OpenHours::default();
        for piece in self.zone.pieces(from, to) {
            // As long as the offset stays, local time is as even as the instants are.
            let (local_from, local_to) = (piece.from + piece.offset, piece.to + piece.offset);
            for day in local_from.div_euclid(DAY)..=local_to.div_euclid(DAY) {
                let Some(date) = epoch_day(day) else { continue };
                for stretch in self.date(date).0 {
                    let opens = (day * DAY + i64::from(stretch.from) * 60).max(local_from);
                    let closes = (day * DAY + i64::from(stretch.to) * 60).min(local_to);
                    open.push(opens - piece.offset, closes - piece.offset);
                }
            }
        }
        open
    }

    /// Whether it is open at an instant.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.between(at, at + TimeDelta::seconds(1)).is_open(at)
    }

    /// The open time from `a` to `b`, in whole seconds; negative where `b` is the earlier one.
    pub fn elapsed(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        self.between(a.min(b), a.max(b)).elapsed(a, b)
    }

    /// What [`OpenHours::due`] answers, as far as two centuries from `start`. `None` where that is not far enough: the
    /// calendar may never open again.
    pub fn due(&self, start: DateTime<Utc>, duration: TimeDelta) -> Option<DateTime<Utc>> {
        let mut reach = (duration.abs() * 2 + TimeDelta::days(14)).min(HORIZON);
        loop {
            let (from, to) = if duration < TimeDelta::zero() { (start - reach, start) } else { (start, start + reach) };
            let found = self.between(from, to).due(start, duration);
            if found.is_some() || reach >= HORIZON {
                return found;
            }
            reach = (reach * 4).min(HORIZON);
        }
    }

    /// The next instant after `at` at which it opens or closes, and whether it opens then. `None` where it never does
    /// within two centuries.
    pub fn turn(&self, at: DateTime<Utc>) -> Option<(DateTime<Utc>, bool)> {
        let mut reach = TimeDelta::days(14);
        loop {
            let end = at + reach;
            let hours = self.between(at, end);
            let found = hours.intervals().find_map(|(opens, closes)| match () {
                () if opens > at => Some((opens, true)),
                () if closes < end => Some((closes, false)),
                () => None,
            });
            if found.is_some() || reach >= HORIZON {
                return found;
            }
            reach = (reach * 4).min(HORIZON);
        }
    }
}

/// The date so many days after 1970-01-01.
fn epoch_day(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day.checked_add(719_163)?).ok()?)
}
