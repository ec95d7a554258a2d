//! Instants for people: how long ago, and what the clock on the wall showed.
//!
//! Must not know the present: both ends of an age are given.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::time::duration::format_duration;
use crate::domain::time::zone::Zone;

use super::labels;
use super::labels::catalogue::{Ages, fill};

/// How long after `from` `to` is, in its largest unit: `3d`, `5h`, `12m`, or `now` within a minute. Days are
/// of 24 hours, rounded down, as the portal counts them.
pub fn age_in(from: DateTime<Utc>, to: DateTime<Utc>, words: &Ages) -> String {
    let minutes = (to - from).num_minutes();
    let (template, number) = match minutes {
        ..1 => return words.now.to_owned(),
        1..60 => (words.minutes, minutes),
        60..1_440 => (words.hours, minutes / 60),
        _ => (words.days, minutes / 1_440),
    };
    fill(template, &[("number", &number.to_string())])
}

/// A span in the units of a language, the two largest at most: `1d2h`, `1 j 2 h`.
pub fn span_in(span: TimeDelta, words: &Ages) -> String {
    let mut told = String::new();
    let spelled = format_duration(span);
    for part in spelled.split_inclusive(|c: char| c.is_ascii_alphabetic()) {
        let (number, unit) = part.split_at(part.len() - 1);
        let template = match unit {
            "d" => words.days,
            "h" => words.hours,
            "m" => words.minutes,
            _ => "{number}s",
        };
        if template.contains(' ') && !told.is_empty() {
            told.push(' ');
        }
        told.push_str(&fill(template, &[("number", number)]));
    }
    told
}

/// The same in a sentence: `3d ago`, `now`.
pub fn ago_in(from: DateTime<Utc>, to: DateTime<Utc>, words: &Ages) -> String {
    let age = age_in(from, to, words);
    if age == words.now { age } else { fill(words.ago, &[("age", &age)]) }
}

/// Local time to the minute, as the language writes it: `2026-11-21 18:05`.
pub fn minute_in(at: DateTime<Utc>, zone: &Zone, words: &Ages) -> String {
    zone.local(at).format(words.minute).to_string()
}

/// [`age_in`] in English.
pub fn age(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    age_in(from, to, &labels::ENGLISH.ages)
}

/// [`ago_in`] in English.
pub fn ago(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    ago_in(from, to, &labels::ENGLISH.ages)
}

/// [`minute_in`] as messages write it, and queries read it.
pub fn minute(at: DateTime<Utc>, zone: &Zone) -> String {
    minute_in(at, zone, &labels::ENGLISH.ages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_units_of_the_language() {
        use crate::view::Viewer;
        use labels::Language;
        for (minutes, english, french, japanese) in [
            (5, "5m", "5 min", "5分"),
            (90, "1h30m", "1 h 30 min", "1時間30分"),
            (3 * 1_440 + 120, "3d2h", "3 j 2 h", "3日2時間"),
        ] {
            let told =
                |language: Language| span_in(TimeDelta::minutes(minutes), &language.words(Viewer::Customer).ages);
            let all = [Language::English, Language::French, Language::Japanese].map(told);
            assert_eq!(all, [english, french, japanese]);
        }
    }

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
