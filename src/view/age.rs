//! Instants for people: how long ago, and what the clock on the wall showed.
//!
//! Must not know the present: both ends of an age are given.

use chrono::{DateTime, Utc};

use crate::domain::zone::Zone;

/// How long after `from` `to` is, in its largest unit: `3d`, `5h`, `12m`, or `now` within a minute. Days are
/// of 24 hours, rounded down, as the portal counts them.
pub fn age(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    let minutes = (to - from).num_minutes();
    match minutes {
        ..1 => "now".to_owned(),
        1..60 => format!("{minutes}m"),
        60..1_440 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / 1_440),
    }
}

/// The same in a sentence: `3d ago`, `now`.
pub fn ago(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    match age(from, to).as_str() {
        "now" => "now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// Local time to the minute: `2026-11-21 18:05`.
pub fn minute(at: DateTime<Utc>, zone: &Zone) -> String {
    zone.local(at).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let start: DateTime<Utc> = "2026-11-21T17:05:12Z".parse().expect("an instant");
        for (seconds, expected) in [
            (-90, "now"),
            (59, "now"),
            (60, "1m"),
            (3_599, "59m"),
            (3_600, "1h"),
            (86_399, "23h"),
            (86_400, "1d"),
            (400 * 86_400, "400d"),
        ] {
            assert_eq!(age(start, start + chrono::TimeDelta::seconds(seconds)), expected, "{seconds}");
        }
        assert_eq!(ago(start, start), "now");
        assert_eq!(minute(start, &Zone::named("Asia/Tokyo").expect("a zone")), "2026-11-22 02:05");
    }
}
