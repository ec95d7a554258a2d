//! Calendars: the hours in which a desk is open, and the open time between two instants (docs/slas.md#open-time).
//!
//! An instant is open if its local wall-clock time is in a window of its local date. So an hour that the clocks skip
//! has no open time, and an hour that occurs twice counts twice (docs/slas.md#nights-of-23-and-25-hours). A holiday, or
//! an exception with `closed`, closes the local date; an exception with hours replaces the hours of its date, and is
//! stronger than a holiday.
//!
//! # Invariants
//!
//! Nothing here knows casebook.toml or the present: windows, dates and instants are given.

mod cached;
mod explain;
mod open_hours;
#[cfg(test)]
mod tests;
mod week;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

pub use cached::CachedCalendar;
pub use explain::{ExplainedInterval, IntervalReason};
pub use open_hours::OpenHours;
pub use week::{MinuteRange, ParseHoursError, Week, hours_of_a_day};

use super::time::duration::whole_seconds;
use super::time::zone::Zone;

/// The name of the built-in calendar that is never closed.
pub const ALWAYS: &str = "always";

/// The farthest that an instant is searched ahead or back: nothing is due later than this.
const HORIZON: TimeDelta = TimeDelta::days(200 * 366);

/// The seconds of a day of wall-clock time.
const DAY: i64 = 86_400;

/// A calendar: the hours in which a desk is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The name in casebook.toml.
    pub name: String,
    /// The time zone of its hours.
    pub zone: Zone,
    /// The hours of a week.
    pub week: Week,
    /// The dates that are closed, with the names of the holidays.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// The dates with special hours; an empty list means closed.
    pub exceptions: BTreeMap<NaiveDate, Vec<MinuteRange>>,
}

/// A list of holidays, as a file in `calendars/` contains it (docs/format.md#calendarsnametoml).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayList {
    /// The title, for people.
    pub title: String,
    /// The source of the dates.
    pub source: String,
    /// The first date that the list covers.
    pub from: NaiveDate,
    /// The last date that the list covers: holidays after it are not listed.
    pub until: NaiveDate,
    /// The holidays and their names.
    pub days: BTreeMap<NaiveDate, String>,
}

/// The source of the hours of a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoursSource<'a> {
    /// The day of the week.
    Week,
    /// A holiday, with its name.
    Holiday(&'a str),
    /// An exception of the calendar.
    Exception,
}

impl Calendar {
    /// Returns the calendar that is never closed.
    pub fn always() -> Self {
        Self {
            name: ALWAYS.to_owned(),
            zone: Zone::utc(),
            week: Week::always(),
            holidays: BTreeMap::new(),
            exceptions: BTreeMap::new(),
        }
    }

    /// Returns the hours of a local date, and their source.
    pub fn hours_on(&self, date: NaiveDate) -> (&[MinuteRange], HoursSource<'_>) {
        if let Some(hours) = self.exceptions.get(&date) {
            return (hours, HoursSource::Exception);
        }
        match self.holidays.get(&date) {
            Some(name) => (&[], HoursSource::Holiday(name)),
            None => (self.week.of(date.weekday()), HoursSource::Week),
        }
    }

    /// Returns the open hours from `from` to `to`. The cost is proportional to the days between them; the queries of the
    /// result cost next to nothing.
    pub fn open_hours(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> OpenHours {
        let mut open = OpenHours::default();
        for span in self.zone.offset_spans(from, to) {
            // Under one offset, local time is as even as UTC.
            let (local_from, local_to) = (span.from + span.offset, span.to + span.offset);
            for day in local_from.div_euclid(DAY)..=local_to.div_euclid(DAY) {
                let Some(date) = epoch_day(day) else { continue };
                for hours in self.hours_on(date).0 {
                    let opens = (day * DAY + i64::from(hours.from) * 60).max(local_from);
                    let closes = (day * DAY + i64::from(hours.to) * 60).min(local_to);
                    open.push(opens - span.offset, closes - span.offset);
                }
            }
        }
        open
    }

    /// Returns true if the calendar is open at an instant.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        self.open_hours(at, at + TimeDelta::seconds(1)).is_open(at)
    }

    /// Returns the open time from `a` to `b`, in whole seconds; negative if `b` is before `a`.
    pub fn elapsed(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        self.open_hours(a.min(b), a.max(b)).elapsed(a, b)
    }

    /// Returns the instant of [`OpenHours::due`], searched up to two centuries from `start`; `None` if that is not far
    /// enough, since the calendar may never open again.
    pub fn due(&self, start: DateTime<Utc>, duration: TimeDelta) -> Option<DateTime<Utc>> {
        let mut reach = (duration.abs() * 2 + TimeDelta::days(14)).min(HORIZON);
        loop {
            let (from, to) = if duration < TimeDelta::zero() { (start - reach, start) } else { (start, start + reach) };
            let found = self.open_hours(from, to).due(start, duration);
            if found.is_some() || reach >= HORIZON {
                return found;
            }
            reach = (reach * 4).min(HORIZON);
        }
    }

    /// Returns the next instant after `at` at which the calendar opens (true) or closes (false); `None` if it does neither
    /// within two centuries.
    pub fn next_change(&self, at: DateTime<Utc>) -> Option<(DateTime<Utc>, bool)> {
        // Open hours end at whole seconds, so that a fraction of one after them would look like closed time.
        let at = whole_seconds(at);
        let mut reach = TimeDelta::days(14);
        loop {
            let end = at + reach;
            let hours = self.open_hours(at, end);
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

/// Returns the date a number of days after 1970-01-01.
fn epoch_day(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day.checked_add(719_163)?).ok()?)
}
