//! Times in queries: days of the desk's time zone, instants, and durations before now.
//!
//! `>2026-11-01` means after the end of that day, and `>=` from its start on. A duration counts back from now: `<7d` is
//! less than seven days ago. In `due:` it counts ahead.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::{QueryErrorKind, QueryScope, Range, TimeField};
use crate::domain::time::duration;
use crate::domain::time::parse::{Direction, day};
use crate::domain::time::zone::Zone;

/// Parses a value. A range that begins in the future contains no time of the past, so it is an error.
///
/// # Errors
/// The value is not a time, or a time of the future.
pub(super) fn range(word: &str, field: TimeField, scope: &QueryScope<'_>) -> Result<Range, QueryErrorKind> {
    let range = parse(word, field, scope).ok_or_else(|| QueryErrorKind::InvalidTime(word.to_owned()))?;
    if field != TimeField::Due && range.from.is_some_and(|from| from > scope.now) {
        return Err(QueryErrorKind::FutureTime(word.to_owned()));
    }
    Ok(range)
}

fn parse(word: &str, field: TimeField, scope: &QueryScope<'_>) -> Option<Range> {
    let direction = if field == TimeField::Due { Direction::Ahead } else { Direction::Back };
    let moment = |word: &str| moment(word, direction, scope);
    if let Some((from, until)) = word.split_once("..") {
        let from = if from.is_empty() { None } else { Some(moment(from)?.from) };
        let until = if until.is_empty() { None } else { Some(moment(until)?.until) };
        return (from.is_some() || until.is_some()).then_some(Range { from, until });
    }
    let (sign, rest) = [">=", "<=", ">", "<"]
        .into_iter()
        .find_map(|sign| Some((sign, word.strip_prefix(sign)?)))
        .unwrap_or(("", word));
    if let Some(duration) = duration::parse_duration(rest) {
        return Some(relative(sign, duration, field, scope.now));
    }
    let range = moment(rest)?;
    Some(match sign {
        ">" => Range { from: Some(range.until), until: None },
        ">=" => Range { from: Some(range.from), until: None },
        "<" => Range { from: None, until: Some(range.from) },
        "<=" => Range { from: None, until: Some(range.until) },
        _ => Range { from: Some(range.from), until: Some(range.until) },
    })
}

/// Returns the range of a duration relative to now. Without a sign it means within the duration. The edge is included
/// with `<=` and `>=`, and excluded with `<` and `>`.
fn relative(sign: &str, duration: TimeDelta, field: TimeField, now: DateTime<Utc>) -> Range {
    let (ahead, more) = (field == TimeField::Due, sign.starts_with('>'));
    let edge = if ahead { now + duration } else { now - duration };
    let after_edge = edge + TimeDelta::milliseconds(1);
    let with_edge = !matches!(sign, "<" | ">");
    // Less than a duration ago is after the edge; less than a duration ahead is before it.
    if more == ahead {
        Range { from: Some(if with_edge { edge } else { after_edge }), until: None }
    } else {
        Range { from: None, until: Some(if with_edge { after_edge } else { edge }) }
    }
}

/// The time that a word names: a whole day, or one second from an instant on.
struct DateRange {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

fn moment(word: &str, direction: Direction, scope: &QueryScope<'_>) -> Option<DateRange> {
    if let Some(day) = day(word, scope.zone.local(scope.now).date_naive(), direction) {
        return Some(DateRange {
            from: start_of(day, scope.zone),
            until: start_of(day.checked_add_days(Days::new(1))?, scope.zone),
        });
    }
    let instant = DateTime::parse_from_rfc3339(word).ok()?.with_timezone(&Utc);
    Some(DateRange { from: instant, until: instant + TimeDelta::seconds(1) })
}

/// Returns the last instant of the day or second that a word names. `None` if it is not a time.
///
/// # Errors
/// The time is in the future.
pub(super) fn end_of(word: &str, scope: &QueryScope<'_>) -> Option<Result<DateTime<Utc>, QueryErrorKind>> {
    let moment = moment(word, Direction::Back, scope)?;
    let is_future = moment.from > scope.now;
    Some(if is_future {
        Err(QueryErrorKind::FutureTime(word.to_owned()))
    } else {
        Ok(moment.until - TimeDelta::milliseconds(1))
    })
}

fn start_of(day: NaiveDate, zone: &Zone) -> DateTime<Utc> {
    zone.instant(day.and_time(NaiveTime::MIN))
}
