//! Ages, spans and local times for people.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::time::duration::{format_duration, format_hours};
use crate::domain::time::planned::PlannedTime;
use crate::domain::time::zone::Zone;

use super::labels;
use super::labels::catalog::{TimeLabels, fill};

/// Formats the time between two instants in its largest unit: `3d`, `5h`, `12m`, or `now` within a minute. A day is 24 hours;
/// units are rounded down.
pub fn age_in(from: DateTime<Utc>, to: DateTime<Utc>, labels: &TimeLabels) -> String {
    let minutes = (to - from).num_minutes();
    let (template, number) = match minutes {
        ..1 => return labels.now.to_owned(),
        1..60 => (labels.minutes, minutes),
        60..1_440 => (labels.hours, minutes / 60),
        _ => (labels.days, minutes / 1_440),
    };
    fill(template, &[("number", &number.to_string())])
}

/// Formats a span in the units of a language, at most the two largest: `1d2h`, `1 j 2 h`.
pub fn span_in(span: TimeDelta, labels: &TimeLabels) -> String {
    let mut text = String::new();
    push_parts(&mut text, &format_duration(span), labels);
    text
}

/// Formats open time in hours and minutes of a language, because a day of a calendar is shorter than 24 hours.
pub fn open_time_in(span: TimeDelta, labels: &TimeLabels) -> String {
    let mut text = String::new();
    push_parts(&mut text, &format_hours(span), labels);
    text
}

/// Adds the parts of a duration in English in the units of a language.
fn push_parts(text: &mut String, english: &str, labels: &TimeLabels) {
    for part in english.split_inclusive(|c: char| c.is_ascii_alphabetic()) {
        let (number, unit) = part.split_at(part.len() - 1);
        let template = match unit {
            "d" => labels.days,
            "h" => labels.hours,
            "m" => labels.minutes,
            _ => "{number}s",
        };
        if template.contains(' ') && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&fill(template, &[("number", number)]));
    }
}

/// Formats the time between two instants as an age: `3d ago`, `now`.
pub fn ago_in(from: DateTime<Utc>, to: DateTime<Utc>, labels: &TimeLabels) -> String {
    let age = age_in(from, to, labels);
    if age == labels.now { age } else { fill(labels.ago, &[("age", &age)]) }
}

/// Formats an instant in a zone, to the minute, in the format of the language: `2026-11-21 18:05`.
pub fn minute_in(at: DateTime<Utc>, zone: &Zone, labels: &TimeLabels) -> String {
    zone.local(at).format(labels.minute).to_string()
}

/// Formats a planned time in the format of the language: a day as that day in every zone, an instant to the minute.
pub fn planned_in(time: PlannedTime, zone: &Zone, labels: &TimeLabels) -> String {
    match time {
        PlannedTime::Day(day) => {
            let format = labels.minute.split(' ').next().unwrap_or_default();
            day.format(format).to_string()
        }
        PlannedTime::Instant(instant) => minute_in(instant, zone, labels),
    }
}

/// Formats an age in English, as [`age_in`] does.
pub fn age(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    age_in(from, to, &labels::ENGLISH.times)
}

/// Formats an age in English, as [`ago_in`] does.
pub fn ago(from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    ago_in(from, to, &labels::ENGLISH.times)
}

/// Formats an instant in English, as [`minute_in`] does; queries accept this format.
pub fn minute(at: DateTime<Utc>, zone: &Zone) -> String {
    minute_in(at, zone, &labels::ENGLISH.times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_formatted_in_the_units_of_the_language() {
        use crate::view::Viewer;
        use labels::Language;
        for (minutes, english, french, japanese) in [
            (5, "5m", "5 min", "5分"),
            (90, "1h30m", "1 h 30 min", "1時間30分"),
            (3 * 1_440 + 120, "3d2h", "3 j 2 h", "3日2時間"),
        ] {
            let format =
                |language: Language| span_in(TimeDelta::minutes(minutes), &language.catalog(Viewer::Customer).times);
            let all = [Language::English, Language::French, Language::Japanese].map(format);
            assert_eq!(all, [english, french, japanese]);
        }
    }

    #[test]
    fn an_age_is_formatted_in_its_largest_unit() {
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
