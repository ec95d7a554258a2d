//! Clocks as people and programs see them: rows of what burns, a fact of a ticket, and JSON.
//!
//! Must not know plans or calendars: a clock says all that is told of it.

use std::cmp::Ordering;

use anstyle::Style;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::domain::sla::clock::{Clock, ClockState};
use crate::domain::sla::plan::Metric;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::format_instant;

use super::labels::catalogue::Promises;
use super::labels::{Catalogue, fill};
use super::relative_time::span_in;
use super::table::{Cell, Table, tab_separated};
use super::{Audience, colors, labels, sanitize};

/// The fields of a clock, behind the `id` of its ticket.
pub const FIELDS: &[&str] = &[
    "id",
    "metric",
    "target_seconds",
    "calendar",
    "started_at",
    "due_at",
    "state",
    "elapsed_seconds",
    "remaining_seconds",
    "stopped_at",
];

/// What [`render_tsv`] prints of a clock, by the names of JSON.
pub const COLUMNS: &[&str] = &["id", "metric", "state", "due_at", "remaining_seconds", "target_seconds", "calendar"];

/// What a metric is called, in English.
pub const fn metric(metric: Metric) -> &'static str {
    metric_in(metric, &labels::ENGLISH.promises)
}

/// The same in a language.
pub const fn metric_in(metric: Metric, words: &Promises) -> &'static str {
    match metric {
        Metric::FirstResponse => words.first_response,
        Metric::NextResponse => words.next_response,
        Metric::Resolution => words.resolution,
        Metric::FirstWord => words.first_word,
    }
}

/// A clock as a ticket's `sla` has it.
pub fn to_json(clock: &Clock) -> Map<String, Json> {
    let values = json!({
        "metric": clock.metric.as_str(),
        "target_seconds": clock.target.num_seconds(),
        "calendar": &*clock.calendar,
        "started_at": format_instant(clock.started_at),
        "due_at": clock.due_at.map(format_instant),
        "state": clock.state.as_str(),
        "elapsed_seconds": clock.elapsed.num_seconds(),
        "remaining_seconds": clock.remaining().num_seconds(),
        "stopped_at": clock.stopped_at.map(format_instant),
    });
    match values {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The same as a row of its own, with the ticket's id.
pub fn row_record(ticket: Id, clock: &Clock) -> Map<String, Json> {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), Json::String(ticket.to_string()));
    fields.extend(to_json(clock));
    fields
}

/// The clocks of a ticket, as JSON.
pub fn array(clocks: &[Clock]) -> Json {
    Json::Array(clocks.iter().map(|clock| Json::Object(to_json(clock))).collect())
}

/// A line for a clock, complete, with tabs between. What is absent is empty.
pub fn render_tsv(ticket: Id, clock: &Clock) -> String {
    tab_separated([
        ticket.to_string().as_str(),
        clock.metric.as_str(),
        clock.state.as_str(),
        &clock.due_at.map(format_instant).unwrap_or_default(),
        &clock.remaining().num_seconds().to_string(),
        &clock.target.num_seconds().to_string(),
        &clock.calendar,
    ])
}

/// How far off the due instant is, in English: `in 2h`, `3d late`, `paused`, `met`.
pub fn due_text(clock: &Clock, now: DateTime<Utc>) -> String {
    due_text_in(clock, now, labels::ENGLISH)
}

/// The same in a language.
pub fn due_text_in(clock: &Clock, now: DateTime<Utc>, catalogue: &Catalogue) -> String {
    let words = &catalogue.promises;
    let in_words = |words: &str, span: TimeDelta| fill(words, &[("span", &span_in(brief(span), &catalogue.ages))]);
    match (clock.due_at, clock.stopped_at) {
        (_, Some(_)) if clock.state == ClockState::Met => words.met.to_owned(),
        (Some(due), Some(stopped)) => in_words(words.late, stopped - due),
        (Some(due), None) => match due.cmp(&now) {
            Ordering::Less => in_words(words.late, now - due),
            Ordering::Equal => words.now.to_owned(),
            Ordering::Greater => in_words(words.ahead, due - now),
        },
        (None, _) if clock.state == ClockState::Paused => words.paused.to_owned(),
        (None, _) => words.never.to_owned(),
    }
}

/// A span as far as it matters: in its largest unit, or two where the first is a day or an hour alone.
fn brief(span: TimeDelta) -> TimeDelta {
    match span.num_seconds() {
        ..60 => TimeDelta::minutes(1),
        60..86_400 => TimeDelta::minutes(span.num_minutes()),
        86_400..864_000 => TimeDelta::hours(span.num_hours()),
        _ => TimeDelta::days(span.num_days()),
    }
}

/// The colour of a clock: late, soon, or neither.
pub fn style(clock: &Clock) -> Style {
    match clock.state {
        ClockState::Breached => colors::ALARM,
        ClockState::Running if clock.remaining() * 4 < clock.target => colors::INTERNAL,
        ClockState::Running => Style::new(),
        ClockState::Paused | ClockState::Met => colors::MUTED,
    }
}

/// The clock as one fact of its ticket: `first response: 4h by english, due Sun 2026-11-22 20:50 PST (in 2h)`.
pub fn render_line(clock: &Clock, audience: &Audience<'_>) -> String {
    let (words, ages) = (&audience.words().promises, &audience.words().ages);
    let at = |due: DateTime<Utc>, words_of: &str| {
        let span = due_text_in(clock, audience.now, audience.words());
        fill(words_of, &[("moment", &moment(due, audience)), ("span", &span)])
    };
    let state = match (clock.due_at, clock.state) {
        (_, ClockState::Met) => fill(words.used, &[("span", &span_in(clock.elapsed, ages))]),
        (Some(due), ClockState::Breached) => at(due, if clock.is_due() { words.since } else { words.missed }),
        (Some(due), _) => at(due, words.due),
        (None, ClockState::Paused) => fill(words.left, &[("span", &span_in(clock.remaining(), ages))]),
        (None, _) => words.closed.to_owned(),
    };
    let target = span_in(clock.target, ages);
    fill(words.of, &[("target", &target), ("calendar", &clock.calendar), ("state", &state)])
}

fn moment(at: DateTime<Utc>, audience: &Audience<'_>) -> String {
    format!("{} {}", audience.minute(at), audience.zone.abbreviation(at))
}

/// A table: when, how far off, what is owed, the ticket. `short_ids` go with the rows one by one.
pub fn render_table<'a>(
    rows: impl Iterator<Item = (Summary, &'a Clock)>,
    short_ids: &[String],
    audience: &Audience<'_>,
) -> String {
    let words = audience.words();
    let columns = &words.columns;
    let heads = [columns.due, "", columns.what, columns.id, columns.priority, columns.assignee, columns.subject];
    let mut table = Table::under(&heads);
    for ((row, clock), short_id) in rows.zip(short_ids) {
        let header = &row.header;
        let (mark, priority) = match header.escalation {
            Some(_) => ("!", colors::ALARM),
            None => ("", colors::priority(header.priority)),
        };
        let assignee = header.assignee.as_ref();
        table.push(vec![
            Cell::plain(&clock.due_at.map_or_else(|| "-".to_owned(), |due| audience.minute(due))),
            Cell::styled(&due_text_in(clock, audience.now, words), style(clock)),
            Cell::plain(metric_in(clock.metric, &words.promises)),
            Cell::styled(short_id, colors::STRONG).leading_to(audience.links.map(|links| links.to(row.id))),
            Cell::styled(&format!("{}{mark}", header.priority), priority),
            assignee.map_or_else(|| Cell::styled("-", colors::MUTED), |person| Cell::plain(person.as_str())),
            Cell::plain(&header.subject),
        ]);
    }
    table.render(audience.paint, audience.width)
}

/// What fails, as the summary of a job in Markdown. Whatever strangers wrote stays words.
pub fn summary(failing: &[Finding]) -> String {
    if failing.is_empty() {
        return "### Nothing is overdue\n".to_owned();
    }
    let mut text = format!("### {} to look at\n\n| ticket | |\n|---|---|\n", labels::count(failing.len(), "target"));
    for finding in failing {
        let ticket = finding.ticket.map(|id| id.to_string()).unwrap_or_default();
        text.push_str(&format!("| {ticket} | {} |\n", markdown(&finding.message)));
    }
    text
}

/// Words that Markdown takes for nothing else.
fn markdown(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for c in sanitize::one_line(words).chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("&#64;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '!' | '#' | '~' | '$' => safe.extend(['\\', c]),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::vocabulary::Priority;
    use crate::view::test_fixtures;

    fn clock(due: Option<&str>, state: ClockState) -> Clock {
        let instant = |words: &str| words.parse().expect("an instant");
        Clock {
            metric: Metric::FirstResponse,
            priority: Priority::S1,
            target: TimeDelta::hours(4),
            calendar: "english".into(),
            started_at: instant("2026-11-21T17:05:12Z"),
            due_at: due.map(instant),
            state,
            elapsed: TimeDelta::hours(1),
            stopped_at: None,
        }
    }

    #[test]
    fn how_far_off_is_told_in_few_words() {
        let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
        for (due, expected) in [
            ("2026-11-24T12:00:00Z", "now"),
            ("2026-11-24T12:00:30Z", "in 1m"),
            ("2026-11-24T12:59:59Z", "in 59m"),
            ("2026-11-24T14:30:30Z", "in 2h30m"),
            ("2026-11-26T13:30:00Z", "in 2d1h"),
            ("2026-12-24T12:00:00Z", "in 30d"),
            ("2026-11-24T09:00:00Z", "3h late"),
        ] {
            assert_eq!(due_text(&clock(Some(due), ClockState::Running), now), expected);
        }
        assert_eq!(due_text(&clock(None, ClockState::Paused), now), "paused");
        assert_eq!(due_text(&clock(None, ClockState::Running), now), "never");
    }

    #[test]
    fn a_summary_takes_no_orders_from_strangers() {
        let finding = Finding::new(&crate::domain::rules::TARGET_BREACHED, "x", "a | <b> `c` [d](e) @all");
        assert!(summary(&[finding]).ends_with("|  | a \\| &lt;b> \\`c\\` \\[d\\](e) &#64;all |\n"));
        assert_eq!(summary(&[]), "### Nothing is overdue\n");
    }

    #[test]
    fn a_row_has_the_promised_fields() {
        let ticket = test_fixtures::opened().id;
        let record = row_record(ticket, &clock(None, ClockState::Paused));
        assert_eq!(record.keys().collect::<Vec<_>>(), FIELDS);
        assert_eq!((&record["remaining_seconds"], &record["due_at"]), (&json!(3 * 3600), &Json::Null));
        let line = render_tsv(ticket, &clock(None, ClockState::Paused));
        assert_eq!(line, format!("{ticket}\tfirst_response\tpaused\t\t10800\t14400\tenglish\n"));
        assert_eq!(line.split('\t').count(), COLUMNS.len());
    }
}
