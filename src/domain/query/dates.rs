//! Times in queries: days of the desk's zone, instants, and spans back from now.
//!
//! `>2026-11-01` means after the end of that day, `>=` from its start on, and a span counts back from now: `<7d`
//! is less than seven days ago. For what is due, a span counts ahead.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{QueryScope, Range, TimeField};
use crate::domain::time::duration;
use crate::domain::time::zone::Zone;

/// What a value means; `None` where it names no time.
pub(super) fn range(word: &str, fact: TimeField, scope: &QueryScope<'_>) -> Option<Range> {
    if let Some((from, until)) = word.split_once("..") {
        let from = if from.is_empty() { None } else { Some(moment(from, scope)?.from) };
        let until = if until.is_empty() { None } else { Some(moment(until, scope)?.until) };
        return (from.is_some() || until.is_some()).then_some(Range { from, until });
    }
    let (sign, rest) = [">=", "<=", ">", "<"]
        .into_iter()
        .find_map(|sign| Some((sign, word.strip_prefix(sign)?)))
        .unwrap_or(("", word));
    if let Some(span) = duration::parse_duration(rest) {
        return Some(relative(sign, span, fact, scope.now));
    }
    let stretch = moment(rest, scope)?;
    Some(match sign {
        ">" => Range { from: Some(stretch.until), until: None },
        ">=" => Range { from: Some(stretch.from), until: None },
        "<" => Range { from: None, until: Some(stretch.from) },
        "<=" => Range { from: None, until: Some(stretch.until) },
        _ => Range { from: Some(stretch.from), until: Some(stretch.until) },
    })
}

/// A span without a sign means within it. The edge itself is in with `<=` and `>=`, and out with `<` and `>`.
fn relative(sign: &str, span: TimeDelta, fact: TimeField, now: DateTime<Utc>) -> Range {
    let (ahead, more) = (fact == TimeField::Due, sign.starts_with('>'));
    let edge = if ahead { now + span } else { now - span };
    let behind_edge = edge + TimeDelta::milliseconds(1);
    let with_edge = !matches!(sign, "<" | ">");
    // Less than a span ago is later than the edge; less than a span ahead is earlier.
    if more == ahead {
        Range { from: Some(if with_edge { edge } else { behind_edge }), until: None }
    } else {
        Range { from: None, until: Some(if with_edge { behind_edge } else { edge }) }
    }
}

/// The stretch of time a word names: a day, or an instant of one second.
struct DateRange {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

fn moment(word: &str, scope: &QueryScope<'_>) -> Option<DateRange> {
    let today = scope.zone.local(scope.now).date_naive();
    let day = match word {
        "today" => Some(today),
        "yesterday" => today.checked_sub_days(Days::new(1)),
        "tomorrow" => today.checked_add_days(Days::new(1)),
        _ => date(word),
    };
    if let Some(day) = day {
        return Some(DateRange {
            from: start_of(day, scope.zone),
            until: start_of(day.checked_add_days(Days::new(1))?, scope.zone),
        });
    }
    let instant = DateTime::parse_from_rfc3339(word).ok()?.with_timezone(&Utc);
    Some(DateRange { from: instant, until: instant + TimeDelta::seconds(1) })
}

/// The last instant of what a word names, for looking back: a day counts whole.
pub(super) fn end_of(word: &str, scope: &QueryScope<'_>) -> Option<DateTime<Utc>> {
    let stretch = moment(word, scope)?;
    Some(stretch.until - TimeDelta::milliseconds(1))
}

fn date(word: &str) -> Option<NaiveDate> {
    (word.len() == 10).then(|| NaiveDate::parse_from_str(word, "%Y-%m-%d").ok()).flatten()
}

fn start_of(day: NaiveDate, zone: &Zone) -> DateTime<Utc> {
    zone.instant(day.and_time(NaiveTime::MIN))
}
