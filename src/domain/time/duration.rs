//! Durations as casebook.toml has them, and instants as files and JSON have them.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};

/// Formats an instant as files and JSON have it: RFC 3339, UTC, whole seconds.
pub fn format_instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Parses an instant in exactly the form of [`format_instant`].
pub fn parse_exact_instant(text: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let number = |from: usize, until: usize| {
        bytes[from..until]
            .iter()
            .try_fold(0, |number: u32, &digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    if marks.iter().any(|&(place, mark)| bytes[place] != mark) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(number(0, 4)?.cast_signed(), number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?.and_utc())
}

/// Truncates an instant to whole seconds, as the `at` of an entry has it.
pub fn whole_seconds(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(0)
}

/// Formats a time that a command waited, as `30 s` or `0.1 s`; never as zero.
pub fn format_wait(waited: Duration) -> String {
    let tenths = (waited.as_millis().div_ceil(100)).max(1);
    if tenths < 100 { format!("{}.{} s", tenths / 10, tenths % 10) } else { format!("{} s", tenths / 10) }
}

/// Parses a duration such as `30m`, `4h`, `7d`, `2w` or `1d12h`: days of 24 hours, weeks of seven days.
/// `None` for any other text, and for a duration of more than a century.
pub fn parse_duration(text: &str) -> Option<TimeDelta> {
    let mut rest = text.trim();
    let mut seconds: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|&end| end > 0)?;
        let number: i64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let factor = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[digits + unit.len_utf8()..];
    }
    (seconds <= 100 * 366 * 86_400).then(|| TimeDelta::seconds(seconds))
}

/// Formats a duration as [`parse_duration`] reads it, in its two largest units.
pub fn format_duration(duration: TimeDelta) -> String {
    let mut seconds = duration.num_seconds().max(0);
    let mut parts = Vec::new();
    for (unit, factor) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if seconds >= factor && parts.len() < 2 {
            parts.push(format!("{}{unit}", seconds / factor));
            seconds %= factor;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.concat() }
}

/// Formats a duration in hours, minutes and seconds: such values add up, and 24 hours of open time are not mistaken
/// for a calendar day.
pub fn format_hours(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds();
    let parts = [(seconds / 3600, 'h'), (seconds % 3600 / 60, 'm'), (seconds % 60, 's')];
    let text: String =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect();
    if text.is_empty() { "0m".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_formatted_as_zero() {
        for (millis, expected) in
            [(0, "0.1 s"), (99, "0.1 s"), (101, "0.2 s"), (2_000, "2.0 s"), (10_000, "10 s"), (60_400, "60 s")]
        {
            assert_eq!(format_wait(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn durations_in_hours_add_up() {
        for (seconds, expected) in
            [(0, "0m"), (59, "59s"), (600, "10m"), (13_800, "3h50m"), (180_000, "50h"), (3_601, "1h1s")]
        {
            assert_eq!(format_hours(TimeDelta::seconds(seconds)), expected);
        }
    }

    #[test]
    fn durations_are_parsed_in_every_unit() {
        assert_eq!(parse_duration("90s"), Some(TimeDelta::seconds(90)));
        assert_eq!(parse_duration("1d12h"), Some(TimeDelta::hours(36)));
        assert_eq!(parse_duration("2w"), Some(TimeDelta::days(14)));
        for text in ["", "4", "h", "4 h", "-1d", "4y", "99999999999999999999d", "9999999999w", "4hé"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_formatted_in_two_units() {
        assert_eq!(format_duration(TimeDelta::hours(36)), "1d12h");
        assert_eq!(format_duration(TimeDelta::zero()), "0s");
    }
}
