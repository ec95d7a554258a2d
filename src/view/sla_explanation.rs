//! The clocks of a ticket interval by interval (`sla --explain`), as text and as JSON, so that they can be checked by hand.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::calendar::IntervalReason;
use crate::domain::id::Id;
use crate::domain::sla::breakdown::{ClockInterval, PauseReason};
use crate::domain::sla::clock::{Clock, ClockState};
use crate::domain::time::duration::{format_hours, format_instant};
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Priority;

use super::json::record;
use super::table::{Cell, Column, Table};
use super::text_width::{cut, width, wrap};
use super::{Audience, colors, sanitize, sla};

/// The plan and the clocks of a ticket, with the intervals of each clock.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The ticket.
    pub ticket: Id,
    /// The subject of the ticket.
    pub subject: &'a str,
    /// The present priority of the ticket.
    pub priority: Priority,
    /// The short id of the ticket into which it was merged.
    pub merged_into: Option<String>,
    /// The plan in force, if there is one.
    pub plan: Option<&'a str>,
    /// The organization that has the plan; none if it is the plan of the desk.
    pub organization: Option<&'a str>,
    /// The day on which the ticket was opened, and the zone of that day.
    pub opened_on: Option<(NaiveDate, Zone)>,
    /// The first day of the period of the plan, and the renewal date, if they are known.
    pub period: (Option<NaiveDate>, Option<NaiveDate>),
    /// The clocks of the ticket, each with the zone of its calendar and its intervals.
    pub clocks: Vec<(Clock, Zone, Vec<ClockInterval>)>,
    /// The zone of the customer.
    pub customer: Zone,
}

/// Renders an explanation for people, with times in the zone of each calendar.
pub fn render(explanation: &Explanation<'_>, name: &str, audience: &Audience<'_>) -> String {
    let mut text = audience.ticket_link(explanation.ticket, name);
    let subject = sanitize::one_line(explanation.subject);
    let room = audience.width.map_or(usize::MAX, |columns| columns.saturating_sub(width(name) + 2));
    text.push_str(&format!("  {}\n{}", cut(&subject, room), wrapped(&plan(explanation), audience)));
    if explanation.clocks.is_empty() {
        text.push_str(&wrapped(&no_clocks(explanation), audience));
    }
    for (clock, zone, intervals) in &explanation.clocks {
        text.push('\n');
        text.push_str(&render_clock(explanation, clock, zone, intervals, audience));
    }
    text
}

fn plan(explanation: &Explanation<'_>) -> String {
    let Some(plan) = explanation.plan else {
        return "no plan: casebook.toml does not define the plan, or names none".to_owned();
    };
    let source = match explanation.organization {
        Some(organization) => format!("plan {plan} of {organization}"),
        None => format!("plan {plan} of the desk"),
    };
    let day = explanation.opened_on.as_ref().map(|(day, zone)| format!(", in force on {day} ({})", zone.name()));
    let until = explanation.period.1.map(|until| format!(", until its renewal on {until}"));
    sanitize::one_line(&format!(
        "{source}{}, when the ticket was opened{}",
        day.unwrap_or_default(),
        until.unwrap_or_default()
    ))
    .into_owned()
}

fn no_clocks(explanation: &Explanation<'_>) -> String {
    match (explanation.plan, &explanation.merged_into) {
        // Breaches before the merge have clocks.
        (Some(_), Some(into)) => format!("no clock: the ticket was merged; the clocks continue in {into}\n"),
        (Some(plan), None) => {
            let priority = explanation.priority;
            format!(
                "no clock: plan {} has no target for {priority}, or no calendar for this ticket\n",
                sanitize::one_line(plan)
            )
        }
        (None, _) => "no clock\n".to_owned(),
    }
}

fn render_clock(
    explanation: &Explanation<'_>,
    clock: &Clock,
    zone: &Zone,
    intervals: &[ClockInterval],
    audience: &Audience<'_>,
) -> String {
    let target = format_hours(clock.target);
    let (metric, calendar) = (sla::metric(clock.metric), sanitize::one_line(&clock.calendar));
    let heading = format!("{metric}: {target} for {}, by {calendar} in {}", clock.priority, zone.name());
    let heading = wrapped(&heading, audience);
    let mut text = audience.color_mode.text(colors::STRONG, metric) + heading.strip_prefix(metric).unwrap_or(&heading);
    let mut table = Table::with_columns(vec![
        Column::new("from"),
        Column::new("to").leaves(2),
        Column::new("status").leaves(1),
        Column::new("counted").right(),
        Column::new("sum").right(),
        Column::new("why"),
    ])
    .indented(2);
    for interval in intervals {
        let counted = if interval.counted.is_zero() { "-".to_owned() } else { format_hours(interval.counted) };
        let prefix = if interval.is_ahead { "future: " } else { "" };
        let (_, reason, holiday) = describe_reason(&interval.reason);
        let style = if interval.is_ahead || interval.counted.is_zero() { colors::MUTED } else { anstyle::Style::new() };
        table.push(vec![
            Cell::plain(&local(interval.from, zone)),
            Cell::plain(&local(interval.to, zone)),
            Cell::plain(audience.catalog().statuses.of(interval.status)),
            Cell::plain(&counted),
            Cell::plain(&format_hours(interval.sum)),
            Cell::styled(&format!("{prefix}{reason}{}", holiday.unwrap_or_default()), style),
        ]);
    }
    text.push_str(&audience.render(&table));
    text.push_str(&wrapped(&render_result(explanation, clock, zone, audience), audience));
    text
}

/// Wraps lines to the width of the terminal. The lines after the first are indented.
fn wrapped(lines: &str, audience: &Audience<'_>) -> String {
    const INDENT: &str = "    ";
    let room = audience.width.map_or(usize::MAX, |columns| columns.saturating_sub(INDENT.len()));
    lines.lines().map(|line| wrap(line, room).join(&format!("\n{INDENT}")) + "\n").collect()
}

/// Renders the sum of a clock, and its due instant in the zones of the calendar, the customer and the desk.
fn render_result(explanation: &Explanation<'_>, clock: &Clock, zone: &Zone, audience: &Audience<'_>) -> String {
    let (used, target) = (format_hours(clock.elapsed), format_hours(clock.target));
    let left = clock.remaining();
    let remaining = if left < TimeDelta::zero() {
        format!("{} over", format_hours(-left))
    } else {
        format!("{} left", format_hours(left))
    };
    let mut text = format!("  {}: {used} of {target} used, {remaining}\n", clock.state.as_str());
    let Some(due) = clock.due_at else {
        text.push_str(match clock.state {
            ClockState::Paused => "  due: paused while support waits for the customer\n",
            _ => "  due: never, because the calendar never opens\n",
        });
        return text;
    };
    let zones = [(zone, "the calendar"), (&explanation.customer, "the customer"), (audience.zone, "the desk")];
    let verb = if clock.state == ClockState::Breached { "was due" } else { "due" };
    let mut lines: Vec<(&Zone, String)> = Vec::new();
    for (zone, owner) in zones {
        match lines.iter_mut().find(|(listed, _)| *listed == zone) {
            Some((_, names)) => names.push_str(&format!(" and {owner}")),
            None => lines.push((zone, owner.to_owned())),
        }
    }
    for (index, (zone, owner)) in lines.iter().enumerate() {
        let before = if index == 0 { format!("{verb}:") } else { " ".repeat(verb.len() + 1) };
        text.push_str(&format!("  {before} {}, for {owner} ({})\n", local(due, zone), zone.name()));
    }
    if let Some(stopped) = clock.stopped_at {
        text.push_str(&format!("  stopped: {}\n", local(stopped, zone)));
    }
    text
}

/// Formats an instant in a zone: `Fri 2026-11-20 16:50 PST`, with seconds unless they are 0.
fn local(at: DateTime<Utc>, zone: &Zone) -> String {
    let format = if at.timestamp() % 60 == 0 { "%a %Y-%m-%d %H:%M" } else { "%a %Y-%m-%d %H:%M:%S" };
    format!("{} {}", zone.local(at).format(format), zone.abbreviation(at))
}

/// Returns the reason of an interval: its word in JSON, its text for people, and the name of a holiday.
fn describe_reason(reason: &PauseReason) -> (&'static str, &'static str, Option<&str>) {
    match reason {
        PauseReason::Open(IntervalReason::Exception) => ("open_exception", "open (exception)", None),
        PauseReason::Open(_) => ("open", "open", None),
        PauseReason::Closed(IntervalReason::Week) => ("closed", "closed", None),
        PauseReason::Closed(IntervalReason::Holiday(name)) => ("holiday", "holiday: ", Some(name)),
        PauseReason::Closed(IntervalReason::Exception) => ("closed_exception", "closed (exception)", None),
        PauseReason::Waiting => ("waiting", "waiting for the customer", None),
        PauseReason::Solved => ("solved", "solved", None),
    }
}

/// Returns an explanation as JSON: the ticket, its plan, and its clocks as in `sla`, each with its `timeline`.
pub fn to_json(explanation: &Explanation<'_>) -> Map<String, Json> {
    let clocks = explanation.clocks.iter().map(|(clock, zone, intervals)| {
        let mut fields = sla::to_json(clock);
        fields.insert("priority".to_owned(), json!(clock.priority.as_str()));
        fields.insert("time_zone".to_owned(), json!(zone.name()));
        fields.insert("timeline".to_owned(), Json::Array(intervals.iter().map(interval_to_json).collect()));
        Json::Object(fields)
    });
    let (opened_on, zone) = match &explanation.opened_on {
        Some((day, zone)) => (Some(day.to_string()), Some(zone.name())),
        None => (None, None),
    };
    record(json!({
        "id": explanation.ticket.to_string(),
        "plan": explanation.plan,
        "organization": explanation.organization,
        "opened_on": opened_on,
        "time_zone": zone,
        "from": explanation.period.0.map(|day| day.to_string()),
        "until": explanation.period.1.map(|day| day.to_string()),
        "sla": clocks.collect::<Vec<_>>(),
    }))
}

fn interval_to_json(interval: &ClockInterval) -> Json {
    let (reason, _, name) = describe_reason(&interval.reason);
    json!({
        "from": format_instant(interval.from),
        "to": format_instant(interval.to),
        "status": interval.status.as_str(),
        "reason": reason,
        "holiday": name,
        "is_ahead": interval.is_ahead,
        "counted_seconds": interval.counted.num_seconds(),
        "sum_seconds": interval.sum.num_seconds(),
    })
}
