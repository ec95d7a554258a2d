//! Times as people type them: `friday 17:00`, `+3d`, `2026-12-01`, in the desk's zone.
//!
//! Must not know the present or the desk's zone: both are given.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};

use super::duration;
use super::zone::Zone;

/// Words that name no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no time; a date (2026-12-01), a day (today, tomorrow, friday), either with a time (friday 17:00), \
     a span from now (+3d, +4h30m) and an RFC 3339 time (2026-12-01T09:00:00Z) are"
)]
pub struct ParseTimeError(pub String);

/// The instant that words name, in any case:
///
/// - `2026-12-01`, `today`, `tomorrow`, `friday`: the start of that day in the zone. A day of the week is the
///   next one after today, so on a Friday `friday` is a week away;
/// - one of these and a time, `friday 17:00` or `2026-12-01 09:00`, in the zone;
/// - `+3d`: a span from now ([`duration::span`]), days counting 24 hours;
/// - `2026-12-01T09:00:00+01:00`: an RFC 3339 time, whatever the zone.
///
/// Where clocks go forward or back, [`Zone::instant`] decides.
///
/// # Errors
/// Any other words, and times outside the years 1 to 9999.
pub fn when(words: &str, now: DateTime<Utc>, zone: &Zone) -> Result<DateTime<Utc>, ParseTimeError> {
    let parts: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let today = zone.local(now).date_naive();
    let instant = match parts.as_slice() {
        [one] if one.starts_with('+') => duration::span(&one[1..]).and_then(|span| now.checked_add_signed(span)),
        [one] => day(one, today).map(|day| zone.instant(day.and_time(NaiveTime::MIN))).or_else(|| exact(one)),
        [first, second] => day(first, today).and_then(|day| Some(zone.instant(day.and_time(time_of_day(second)?)))),
        _ => None,
    };
    instant
        .filter(|instant| (1..=9_999).contains(&instant.year()))
        .ok_or_else(|| ParseTimeError(words.trim().to_owned()))
}

/// A date, or a day named as seen from today.
fn day(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    match word {
        "today" => Some(today),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        _ => date(word).or_else(|| next(word.parse().ok()?, today)),
    }
}

/// The next such day of the week, today excluded.
fn next(wanted: Weekday, today: NaiveDate) -> Option<NaiveDate> {
    let ahead = wanted.days_since(today.weekday());
    today.checked_add_days(Days::new(if ahead == 0 { 7 } else { u64::from(ahead) }))
}

/// `2026-12-01` in full: shorter spellings would be read differently by different people.
fn date(word: &str) -> Option<NaiveDate> {
    let is_date = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_date { NaiveDate::parse_from_str(word, "%Y-%m-%d").ok() } else { None }
}

/// `9:00`, `17:00` or `17:00:30`.
fn time_of_day(word: &str) -> Option<NaiveTime> {
    let is_time = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let time = NaiveTime::parse_from_str(word, "%H:%M").or_else(|_| NaiveTime::parse_from_str(word, "%H:%M:%S"));
    // A leap second has no place of its own in the files' times.
    time.ok().filter(|_| is_time).filter(|time| chrono::Timelike::nanosecond(time) == 0)
}

/// An RFC 3339 time at whole seconds; a leap second is told as the second before it.
fn exact(word: &str) -> Option<DateTime<Utc>> {
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

    fn read(words: &str, now: &str, zone: &str) -> Result<String, ParseTimeError> {
        when(words, instant(now), &Zone::named(zone).expect("a zone")).map(duration::format_instant)
    }

    #[test]
    fn every_form_is_read() {
        for (words, expected) in [
            ("2026-12-01", "2026-11-30T23:00:00Z"),
            ("2026-12-01 09:00", "2026-12-01T08:00:00Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z"),
            ("2026-12-01t09:00:00.75+01:00", "2026-12-01T08:00:00Z"),
            ("+3d", "2026-11-23T11:30:00Z"),
            ("+1H30M", "2026-11-20T13:00:00Z"),
            ("today", "2026-11-19T23:00:00Z"),
            ("today 17:00", "2026-11-20T16:00:00Z"),
            ("Tomorrow", "2026-11-20T23:00:00Z"),
            (" tomorrow  9:00 ", "2026-11-21T08:00:00Z"),
            ("friday", "2026-11-26T23:00:00Z"),
            ("FRI 17:00:30", "2026-11-27T16:00:30Z"),
            ("saturday", "2026-11-20T23:00:00Z"),
            ("thursday 17:00", "2026-11-26T16:00:00Z"),
        ] {
            assert_eq!(read(words, NOW, "Europe/Paris").as_deref(), Ok(expected), "{words}");
        }
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let late = "2026-11-20T23:30:00Z";
        assert_eq!(read("today", late, "Asia/Tokyo").as_deref(), Ok("2026-11-20T15:00:00Z"));
        assert_eq!(read("tomorrow", late, "America/Los_Angeles").as_deref(), Ok("2026-11-21T08:00:00Z"));
        assert_eq!(read("friday", late, "Asia/Tokyo").as_deref(), Ok("2026-11-26T15:00:00Z"));
    }

    #[test]
    fn clocks_that_change_are_minded() {
        let before = "2026-03-28T12:00:00Z";
        assert_eq!(read("tomorrow 02:30", before, "Europe/Paris").as_deref(), Ok("2026-03-29T01:00:00Z"));
        assert_eq!(read("tomorrow 09:00", before, "Europe/Paris").as_deref(), Ok("2026-03-29T07:00:00Z"));
        assert_eq!(read("+1d", before, "Europe/Paris").as_deref(), Ok("2026-03-29T12:00:00Z"));
        assert_eq!(read("2026-10-25 02:30", before, "Europe/Paris").as_deref(), Ok("2026-10-25T00:30:00Z"));
        // A day that begins at one o'clock.
        assert_eq!(read("2026-03-08", before, "America/Havana").as_deref(), Ok("2026-03-08T05:00:00Z"));
    }

    #[test]
    fn other_words_are_refused() {
        for words in [
            "",
            "soon",
            "+",
            "+3",
            "-3d",
            "3d",
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
            assert_eq!(read(words, NOW, "Europe/Paris"), Err(ParseTimeError(words.to_owned())));
        }
        assert!(ParseTimeError("soon".to_owned()).to_string().starts_with("`soon` is no time; a date (2026-12-01)"));
    }
}
