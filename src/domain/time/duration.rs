//! Spans of time as policy writes them, and instants as files and JSON write them.
//!
//! Must not know the present: every instant is given. Calendars come with the clocks of response targets.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};

/// An instant as files and JSON spell it: RFC 3339, UTC, whole seconds.
pub fn format_instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The instant at whole seconds, as `at` records it.
pub fn whole_seconds(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.trunc_subsecs(0)
}

/// Formats a time that a command waited, as `30 s` or `0.1 s`. It is never shown as none.
pub fn seconds(waited: Duration) -> String {
    let tenths = (waited.as_millis().div_ceil(100)).max(1);
    if tenths < 100 { format!("{}.{} s", tenths / 10, tenths % 10) } else { format!("{} s", tenths / 10) }
}

/// Reads a span such as `30m`, `4h`, `7d`, `2w` or `1d12h`: days of 24 hours, weeks of seven days.
/// `None` where the words are no span, or it is longer than a century.
pub fn span(words: &str) -> Option<TimeDelta> {
    let mut rest = words.trim();
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

/// Spells a span the way [`span`] reads it, in its two largest units.
pub fn format_duration(span: TimeDelta) -> String {
    let mut seconds = span.num_seconds().max(0);
    let mut parts = Vec::new();
    for (unit, factor) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if seconds >= factor && parts.len() < 2 {
            parts.push(format!("{}{unit}", seconds / factor));
            seconds %= factor;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.concat() }
}

/// A span to the second, in hours: such spans add up, and those of open time are not taken for days that go by.
pub fn format_hours(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let parts = [(seconds / 3600, 'h'), (seconds % 3600 / 60, 'm'), (seconds % 60, 's')];
    let told: String =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect();
    if told.is_empty() { "0m".to_owned() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_formatted_as_none() {
        for (millis, expected) in
            [(0, "0.1 s"), (99, "0.1 s"), (101, "0.2 s"), (2_000, "2.0 s"), (10_000, "10 s"), (60_400, "60 s")]
        {
            assert_eq!(seconds(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn spans_are_told_so_that_they_add_up() {
        for (seconds, expected) in
            [(0, "0m"), (59, "59s"), (600, "10m"), (13_800, "3h50m"), (180_000, "50h"), (3_601, "1h1s")]
        {
            assert_eq!(format_hours(TimeDelta::seconds(seconds)), expected);
        }
    }

    #[test]
    fn spans_are_read_in_every_unit() {
        assert_eq!(span("90s"), Some(TimeDelta::seconds(90)));
        assert_eq!(span("1d12h"), Some(TimeDelta::hours(36)));
        assert_eq!(span("2w"), Some(TimeDelta::days(14)));
        for words in ["", "4", "h", "4 h", "-1d", "4y", "99999999999999999999d", "9999999999w", "4hé"] {
            assert_eq!(span(words), None, "{words}");
        }
    }

    #[test]
    fn spans_are_spelled_short() {
        assert_eq!(format_duration(TimeDelta::hours(36)), "1d12h");
        assert_eq!(format_duration(TimeDelta::zero()), "0s");
    }
}
