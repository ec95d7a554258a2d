//! Times as people type them: `friday 17:00`, `+3d`, `2026-12-01`, in the desk's time zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SubsecRound, Utc, Weekday};

use super::duration;
use super::planned::PlannedTime;
use super::zone::Zone;

/// The side of now on which a day of the week and a duration are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `friday` is the next one, and `3d` is in three days.
    Ahead,
    /// `friday` is the last one, and `3d` is three days ago.
    Back,
}

impl Direction {
    /// Returns examples of days and of durations.
    const fn examples(self) -> [&'static str; 2] {
        match self {
            Self::Ahead => ["today, tomorrow, friday", "from now (+3d, +4h30m)"],
            Self::Back => ["today, yesterday, friday", "before now (3d, 4h30m)"],
        }
    }
}

/// A text that is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid time `{0}`: expected a date (2026-12-01) or a day ({days}), either with a time of day \
     (friday 17:00), a duration {durations}, or an RFC 3339 time (2026-12-01T09:00:00Z)",
    days = .1.examples()[0],
    durations = .1.examples()[1]
)]
pub struct ParseTimeError(pub String, pub Direction);

/// Parses a time in upper or lower case:
///
/// - `2026-12-01`, `today`, `tomorrow`, `yesterday`, `friday`: the start of that day in the zone. A day of the week is
///   the next one after today, or the last one before it, so on a Friday `friday` is a week away;
/// - one of these and a time of day, `friday 17:00` or `2026-12-01 09:00`, in the zone. Before 17:00 on a Friday `friday
///   17:00` is today, and after it the last one is;
/// - `+3d`: a duration from now ([`duration::parse_duration`]), with days of 24 hours; `3d` is one in the direction;
/// - `2026-12-01T09:00:00+01:00`: an RFC 3339 time, whatever the zone.
///
/// Local times that the clocks skip or repeat are resolved by [`Zone::instant`].
///
/// # Errors
/// Any other text, and times outside the years 1 to 9999.
pub fn parse_time(
    text: &str,
    now: DateTime<Utc>,
    zone: &Zone,
    direction: Direction,
) -> Result<DateTime<Utc>, ParseTimeError> {
    let parts: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let today = zone.local(now).date_naive();
    let instant = match parts.as_slice() {
        [one] if one.starts_with('+') => {
            duration::parse_duration(&one[1..]).and_then(|duration| now.checked_add_signed(duration))
        }
        [one] => day(one, today, direction)
            .map(|day| zone.instant(day.and_time(NaiveTime::MIN)))
            .or_else(|| rfc3339(one))
            .or_else(|| match (duration::parse_duration(one)?, direction) {
                (duration, Direction::Ahead) => now.checked_add_signed(duration),
                (duration, Direction::Back) => now.checked_sub_signed(duration),
            }),
        [first, second] => time_of_day(second).and_then(|time| {
            let at = |day: NaiveDate| zone.instant(day.and_time(time));
            let is_today = first.parse().is_ok_and(|weekday: Weekday| weekday == today.weekday());
            let is_meant = |at: DateTime<Utc>| if direction == Direction::Ahead { at > now } else { at <= now };
            let day_of = || day(first, today, direction);
            Some(today).filter(|today| is_today && is_meant(at(*today))).or_else(day_of).map(at)
        }),
        _ => None,
    };
    // Files have whole seconds; the clock and RFC 3339 times may have fractions.
    instant
        .map(|instant| instant.trunc_subsecs(0))
        .filter(|instant| (1..=9_999).contains(&instant.year()))
        .ok_or_else(|| ParseTimeError(text.trim().to_owned(), direction))
}

/// Parses a time as [`parse_time`] does; a day without a time of day stays a day.
///
/// # Errors
/// As [`parse_time`].
pub fn parse_planned_time(text: &str, now: DateTime<Utc>, zone: &Zone) -> Result<PlannedTime, ParseTimeError> {
    let instant = parse_time(text, now, zone, Direction::Ahead)?;
    let today = zone.local(now).date_naive();
    let planned = day(&text.trim().to_lowercase(), today, Direction::Ahead).map(PlannedTime::Day);
    Ok(planned.unwrap_or(PlannedTime::Instant(instant)))
}

/// Parses a date, or a day relative to today.
pub(in crate::domain) fn day(word: &str, today: NaiveDate, direction: Direction) -> Option<NaiveDate> {
    match word {
        "today" => Some(today),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        "yesterday" => today.checked_sub_days(Days::new(1)),
        _ => date(word).or_else(|| nearest(word.parse().ok()?, today, direction)),
    }
}

/// Returns the nearest date on a day of the week, today excluded.
fn nearest(weekday: Weekday, today: NaiveDate, direction: Direction) -> Option<NaiveDate> {
    let days = |from: Weekday, to: Weekday| Days::new(if from == to { 7 } else { u64::from(to.days_since(from)) });
    match direction {
        Direction::Ahead => today.checked_add_days(days(today.weekday(), weekday)),
        Direction::Back => today.checked_sub_days(days(weekday, today.weekday())),
    }
}

/// Parses `2026-12-01` in full: people read shorter forms differently.
fn date(word: &str) -> Option<NaiveDate> {
    let is_date = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_date { NaiveDate::parse_from_str(word, "%Y-%m-%d").ok() } else { None }
}

/// Parses `9:00`, `17:00` or `17:00:30`.
fn time_of_day(word: &str) -> Option<NaiveTime> {
    let is_time = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let time = NaiveTime::parse_from_str(word, "%H:%M").or_else(|_| NaiveTime::parse_from_str(word, "%H:%M:%S"));
    // The times in files cannot contain a leap second.
    time.ok().filter(|_| is_time).filter(|time| chrono::Timelike::nanosecond(time) == 0)
}

/// Parses an RFC 3339 time to whole seconds; a leap second becomes the second before it.
fn rfc3339(word: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(&word.to_uppercase()).ok()?;
    DateTime::from_timestamp(time.timestamp(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Friday, half past noon in Paris.
    const NOW: &str = "2026-11-20T11:30:00Z";

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn parse(text: &str, now: &str, zone: &str) -> Result<String, ParseTimeError> {
        let zone = Zone::named(zone).expect("a zone");
        parse_time(text, instant(now), &zone, Direction::Ahead).map(duration::format_instant)
    }

    #[test]
    fn times_of_the_past_are_the_last_ones() {
        let zone = Zone::named("Europe/Paris").expect("a zone");
        for (text, expected) in [
            ("yesterday", "2026-11-18T23:00:00Z"),
            ("yesterday 17:00", "2026-11-19T16:00:00Z"),
            ("Friday", "2026-11-12T23:00:00Z"),
            ("friday 12:30", "2026-11-20T11:30:00Z"),
            ("friday 17:00", "2026-11-13T16:00:00Z"),
            ("thursday", "2026-11-18T23:00:00Z"),
            ("saturday", "2026-11-13T23:00:00Z"),
            ("2d", "2026-11-18T11:30:00Z"),
            ("+2d", "2026-11-22T11:30:00Z"),
            ("2026-11-01", "2026-10-31T23:00:00Z"),
        ] {
            assert_eq!(parse_time(text, instant(NOW), &zone, Direction::Back), Ok(instant(expected)), "{text}");
        }
        let message = ParseTimeError("soon".to_owned(), Direction::Back).to_string();
        assert!(message.contains("(today, yesterday, friday)") && message.contains("before now (3d"), "{message}");
    }

    #[test]
    fn a_parsed_time_has_whole_seconds() {
        let zone = Zone::named("Etc/UTC").expect("a zone");
        let parsed = parse_time("+2d", instant("2026-11-20T11:30:00.5Z"), &zone, Direction::Ahead);
        assert_eq!(parsed, Ok(instant("2026-11-22T11:30:00Z")));
        let parsed = parse_time("2026-11-22T11:30:00.75Z", instant(NOW), &zone, Direction::Ahead);
        assert_eq!(parsed, Ok(instant("2026-11-22T11:30:00Z")));
    }

    #[test]
    fn every_form_is_parsed() {
        for (text, expected) in [
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-12-01 09:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01t09:00:00.75+01:00", "2026-12-01T08:00:00Z"),
            ("+3d", "2026-11-23T11:30:00Z"),
            ("3d", "2026-11-23T11:30:00Z"),
            ("+1H30M", "2026-11-20T13:00:00Z"),
            ("today", "2026-11-19T23:00:00Z"),
            ("today 17:00", "2026-11-20T16:00:00Z"),
            ("Tomorrow", "2026-11-20T23:00:00Z"),
            (" tomorrow  9:00 ", "2026-11-21T08:00:00Z"),
            ("friday", "2026-11-26T23:00:00Z"),
            ("FRI 17:00:30", "2026-11-20T16:00:30Z"),
            ("friday 12:30", "2026-11-27T11:30:00Z"),
            ("friday 09:00", "2026-11-27T08:00:00Z"),
            ("saturday", "2026-11-20T23:00:00Z"),
            ("thursday 17:00", "2026-11-26T16:00:00Z"),
        ] {
            assert_eq!(parse(text, NOW, "Europe/Paris").as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_day_without_a_time_of_day_stays_a_day() {
        let zone = Zone::named("Europe/Berlin").expect("a zone");
        let planned = |text| parse_planned_time(text, instant(NOW), &zone).expect("a time").to_string();
        assert_eq!(planned(" 2027-01-15 "), "2027-01-15");
        assert_eq!((planned("Friday").as_str(), planned("tomorrow").as_str()), ("2026-11-27", "2026-11-21"));
        assert_eq!(planned("friday 17:00"), "2026-11-20T16:00:00Z");
        assert_eq!(
            (planned("+3d").as_str(), planned("2027-01-15T09:00:00Z").as_str()),
            ("2026-11-23T11:30:00Z", "2027-01-15T09:00:00Z")
        );
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let late = "2026-11-20T23:30:00Z";
        assert_eq!(parse("today", late, "Asia/Tokyo").as_deref(), Ok("2026-11-20T15:00:00Z"));
        assert_eq!(parse("tomorrow", late, "America/Los_Angeles").as_deref(), Ok("2026-11-21T08:00:00Z"));
        assert_eq!(parse("friday", late, "Asia/Tokyo").as_deref(), Ok("2026-11-26T15:00:00Z"));
    }

    #[test]
    fn days_on_which_the_clocks_change_are_parsed() {
        let before = "2026-03-28T12:00:00Z";
        assert_eq!(parse("tomorrow 02:30", before, "Europe/Paris").as_deref(), Ok("2026-03-29T01:00:00Z"));
        assert_eq!(parse("tomorrow 09:00", before, "Europe/Paris").as_deref(), Ok("2026-03-29T07:00:00Z"));
        assert_eq!(parse("+1d", before, "Europe/Paris").as_deref(), Ok("2026-03-29T12:00:00Z"));
        assert_eq!(parse("2026-10-25 02:30", before, "Europe/Paris").as_deref(), Ok("2026-10-25T00:30:00Z"));
        // A day that begins at one o'clock.
        assert_eq!(parse("2026-03-08", before, "America/Havana").as_deref(), Ok("2026-03-08T05:00:00Z"));
    }

    #[test]
    fn any_other_text_is_refused() {
        for text in [
            "",
            "soon",
            "+",
            "+3",
            "-3d",
            "+é",
            "2026-02-30",
            "2026-2-3",
            "2026-12-01T09:00",
            "+026-12-01",
            "friday 25:00",
            "friday 17",
            "friday 17:00:60",
            "17:00",
            "friday 17:00 please",
            "0000-01-01",
            "0001-01-01",
            "99999-01-01",
        ] {
            assert_eq!(parse(text, NOW, "Europe/Paris"), Err(ParseTimeError(text.to_owned(), Direction::Ahead)));
        }
        let message = ParseTimeError("soon".to_owned(), Direction::Ahead).to_string();
        assert!(message.starts_with("invalid time `soon`: expected a date (2026-12-01)"), "{message}");
    }
}
