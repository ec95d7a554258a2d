//! SLA clocks: table rows, one line of a ticket, and JSON (docs/slas.md).

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

use super::json::record;
use super::labels::catalog::ClockLabels;
use super::labels::{Catalog, fill};
use super::relative_time::{open_time_in, span_in};
use super::table::{Cell, Column, Table, tab_separated};
use super::{Audience, colors, labels, sanitize};

/// The JSON fields of a clock, after the `id` of its ticket.
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

/// The columns of [`render_tsv`], by the names of JSON.
pub const COLUMNS: &[&str] = &["id", "metric", "state", "due_at", "remaining_seconds", "target_seconds", "calendar"];

/// Returns the English name of a metric.
pub const fn metric(metric: Metric) -> &'static str {
    metric_in(metric, &labels::ENGLISH.clocks)
}

/// Returns the name of a metric in a language.
pub const fn metric_in(metric: Metric, labels: &ClockLabels) -> &'static str {
    match metric {
        Metric::FirstResponse => labels.first_response,
        Metric::NextResponse => labels.next_response,
        Metric::Resolution => labels.resolution,
        Metric::ManagerResponse => labels.manager_response,
    }
}

/// Returns a clock as JSON, as in the field `sla` of a ticket.
pub fn to_json(clock: &Clock) -> Map<String, Json> {
    record(json!({
        "metric": clock.metric.as_str(),
        "target_seconds": clock.target.num_seconds(),
        "calendar": &*clock.calendar,
        "started_at": format_instant(clock.started_at),
        "due_at": clock.due_at.map(format_instant),
        "state": clock.state.as_str(),
        "elapsed_seconds": clock.elapsed.num_seconds(),
        "remaining_seconds": clock.remaining().num_seconds(),
        "stopped_at": clock.stopped_at.map(format_instant),
    }))
}

/// Returns a clock as JSON, with the id of its ticket: all [`FIELDS`].
pub fn to_json_with_ticket(ticket: Id, clock: &Clock) -> Map<String, Json> {
    let id = ("id".to_owned(), Json::String(ticket.to_string()));
    std::iter::once(id).chain(to_json(clock)).collect()
}

/// Returns the clocks of a ticket as a JSON array.
pub fn to_json_array(clocks: &[Clock]) -> Json {
    Json::Array(clocks.iter().map(|clock| Json::Object(to_json(clock))).collect())
}

/// Renders a clock as a line of tab-separated values: the [`COLUMNS`]. Absent values are empty.
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

/// Formats the time to the due instant in English: `in 2h`, `3d late`, `paused`, `met`.
pub fn due_text(clock: &Clock, now: DateTime<Utc>) -> String {
    due_text_in(clock, now, labels::ENGLISH)
}

/// Formats the time to the due instant in a language.
pub fn due_text_in(clock: &Clock, now: DateTime<Utc>, catalog: &Catalog) -> String {
    let labels = &catalog.clocks;
    match (clock.due_at, clock.stopped_at) {
        (_, Some(_)) if clock.state == ClockState::Met => labels.met.to_owned(),
        (Some(due), stopped) => time_left(due, stopped.unwrap_or(now), catalog),
        (None, _) if clock.state == ClockState::Paused => labels.paused.to_owned(),
        (None, _) => labels.never.to_owned(),
    }
}

/// Formats the time to an instant in a language: `in 2h`, `3d late`.
pub fn time_left(due: DateTime<Utc>, now: DateTime<Utc>, catalog: &Catalog) -> String {
    let labels = &catalog.clocks;
    let with_span = |label: &str, span: TimeDelta| fill(label, &[("span", &span_in(rounded(span), &catalog.times))]);
    match due.cmp(&now) {
        Ordering::Less => with_span(labels.late, now - due),
        Ordering::Equal => labels.now.to_owned(),
        Ordering::Greater => with_span(labels.ahead, due - now),
    }
}

/// Rounds a span down for a short text: to a minute below a day, to an hour below ten days, else to a day. It is at least a
/// minute.
fn rounded(span: TimeDelta) -> TimeDelta {
    match span.num_seconds() {
        ..60 => TimeDelta::minutes(1),
        60..86_400 => TimeDelta::minutes(span.num_minutes()),
        86_400..864_000 => TimeDelta::hours(span.num_hours()),
        _ => TimeDelta::days(span.num_days()),
    }
}

/// Returns the style of a clock: breached, less than a quarter of the target left, or neither.
pub fn style(clock: &Clock) -> Style {
    match clock.state {
        ClockState::Breached => colors::ALARM,
        ClockState::Running if clock.remaining() * 4 < clock.target => colors::INTERNAL,
        ClockState::Running => Style::new(),
        ClockState::Paused | ClockState::Met => colors::MUTED,
    }
}

/// Renders a clock for the fields of its ticket: `4h by english: due 2026-11-22 20:50 PST (in 2h)`.
pub fn render_line(clock: &Clock, audience: &Audience<'_>) -> String {
    let (labels, times) = (&audience.catalog().clocks, &audience.catalog().times);
    let with_due = |due: DateTime<Utc>, label: &str| {
        let span = due_text_in(clock, audience.now, audience.catalog());
        fill(label, &[("time", &local_minute(due, audience)), ("span", &span)])
    };
    let state = match (clock.due_at, clock.state) {
        (_, ClockState::Met) => fill(labels.used, &[("span", &span_in(clock.elapsed, times))]),
        (Some(due), ClockState::Breached) => with_due(due, if clock.is_due() { labels.since } else { labels.missed }),
        (Some(due), _) => with_due(due, labels.due),
        (None, ClockState::Paused) => fill(labels.left, &[("span", &span_in(clock.remaining(), times))]),
        (None, _) => labels.closed.to_owned(),
    };
    let target = open_time_in(clock.target, times);
    fill(labels.summary, &[("target", &target), ("calendar", &clock.calendar), ("state", &state)])
}

fn local_minute(at: DateTime<Utc>, audience: &Audience<'_>) -> String {
    format!("{} {}", audience.minute(at), audience.zone.abbreviation(at))
}

/// Renders a table: time to the due instant, the instant, metric, ticket. The short ids are in the order of the rows.
pub fn render_table<'a>(
    rows: impl Iterator<Item = (Summary, &'a Clock)>,
    short_ids: &[String],
    audience: &Audience<'_>,
) -> String {
    let catalog = audience.catalog();
    let columns = &catalog.columns;
    let mut table = Table::with_columns(vec![
        Column::new(columns.due).right(),
        Column::new(columns.due_at).leaves(1),
        Column::new(columns.what).shrinks(8),
        Column::new(columns.id),
        Column::new(columns.priority),
        Column::new(columns.assignee).shrinks(8).leaves(2),
        Column::new(columns.subject),
    ]);
    for ((row, clock), short_id) in rows.zip(short_ids) {
        let header = &row.header;
        table.push(vec![
            Cell::styled(&due_text_in(clock, audience.now, catalog), style(clock)),
            clock.due_at.map_or_else(Cell::absent, |due| Cell::plain(&audience.minute(due))),
            Cell::plain(metric_in(clock.metric, &catalog.clocks)),
            audience.id_cell(row.id, short_id),
            audience.priority_cell(header),
            header.assignee.as_ref().map_or_else(Cell::absent, |person| Cell::plain(audience.name(person))),
            Cell::plain(&header.subject),
        ]);
    }
    audience.render(&table)
}

/// Renders the failing targets as Markdown for the summary of a CI job. Text from users is not markup in it.
pub fn summary(failing: &[Finding]) -> String {
    if failing.is_empty() {
        return "### Nothing is overdue\n".to_owned();
    }
    let mut text = format!("### {} to check\n\n| ticket | |\n|---|---|\n", labels::count(failing.len(), "target"));
    for finding in failing {
        let ticket = finding.ticket.map(|id| id.to_string()).unwrap_or_default();
        text.push_str(&format!("| {ticket} | {} |\n", markdown(&finding.message)));
    }
    text
}

/// Escapes text for Markdown.
fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in sanitize::one_line(text).chars() {
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
        let instant = |text: &str| text.parse().expect("an instant");
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
    fn the_time_to_the_due_instant_is_rounded() {
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
    fn text_from_users_is_not_markup_in_a_summary() {
        let finding = Finding::new(&crate::domain::rules::TARGET_BREACHED, "x", "a | <b> `c` [d](e) @all");
        assert!(summary(&[finding]).ends_with("|  | a \\| &lt;b> \\`c\\` \\[d\\](e) &#64;all |\n"));
        assert_eq!(summary(&[]), "### Nothing is overdue\n");
    }

    #[test]
    fn a_row_has_the_stable_fields() {
        let ticket = test_fixtures::opened().id;
        let record = to_json_with_ticket(ticket, &clock(None, ClockState::Paused));
        assert_eq!(record.keys().collect::<Vec<_>>(), FIELDS);
        assert_eq!((&record["remaining_seconds"], &record["due_at"]), (&json!(3 * 3600), &Json::Null));
        let line = render_tsv(ticket, &clock(None, ClockState::Paused));
        assert_eq!(line, format!("{ticket}\tfirst_response\tpaused\t\t10800\t14400\tenglish\n"));
        assert_eq!(line.split('\t').count(), COLUMNS.len());
    }
}
