//! The clocks of a ticket interval by interval, so that somebody can check them with a pencil, in words and in JSON.
//!
//! Must not know how anything was counted: it is given.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::calendar::IntervalReason;
use crate::domain::id::Id;
use crate::domain::sla::clock::{Clock, ClockInterval, ClockState, PauseReason};
use crate::domain::time::duration::{format_hours, format_instant};
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Priority;

use super::table::{Cell, Table};
use super::{Audience, colors, sanitize, sla};

/// A ticket's promises, explained.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The ticket.
    pub ticket: Id,
    /// What it is about.
    pub subject: &'a str,
    /// Its priority now.
    pub priority: Priority,
    /// The short id of where the conversation goes on, of a merged ticket.
    pub merged_into: Option<String>,
    /// The plan in force, if there is one.
    pub plan: Option<&'a str>,
    /// The organisation whose plan it is; none where it is the desk's.
    pub organization: Option<&'a str>,
    /// The day the ticket opened, and the zone of that day.
    pub opened_on: Option<(NaiveDate, Zone)>,
    /// The first day of the period, and the renewal date, where they are known.
    pub period: (Option<NaiveDate>, Option<NaiveDate>),
    /// Its clocks, each with the zone of its calendar and its times.
    pub clocks: Vec<(Clock, Zone, Vec<ClockInterval>)>,
    /// The zone of the customer.
    pub customer: Zone,
}

/// In words, with times in each calendar's zone.
pub fn render(explanation: &Explanation<'_>, name: &str, audience: &Audience<'_>) -> String {
    let mut text = audience.name_of(explanation.ticket, name);
    text.push_str(&format!("  {}\n{}\n", sanitize::one_line(explanation.subject), plan(explanation)));
    if explanation.clocks.is_empty() {
        text.push_str(&nothing(explanation));
    }
    for (clock, zone, spans) in &explanation.clocks {
        text.push('\n');
        text.push_str(&one(explanation, clock, zone, spans, audience));
    }
    text
}

fn plan(explanation: &Explanation<'_>) -> String {
    let Some(plan) = explanation.plan else {
        return "no plan: the desk has none of that name, or names none".to_owned();
    };
    let whose = match explanation.organization {
        Some(organization) => format!("plan {plan} of {organization}"),
        None => format!("plan {plan} of the desk"),
    };
    let day = explanation.opened_on.as_ref().map(|(day, zone)| format!(", in force on {day} ({})", zone.name()));
    let until = explanation.period.1.map(|until| format!(", until its renewal on {until}"));
    sanitize::one_line(&format!(
        "{whose}{}, when the ticket opened{}",
        day.unwrap_or_default(),
        until.unwrap_or_default()
    ))
    .into_owned()
}

fn nothing(explanation: &Explanation<'_>) -> String {
    match (explanation.plan, &explanation.merged_into) {
        // Whatever was late by then is told among its clocks.
        (Some(_), Some(into)) => format!("no clock: it was merged, and what is owed goes on in {into}\n"),
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

fn one(
    explanation: &Explanation<'_>,
    clock: &Clock,
    zone: &Zone,
    spans: &[ClockInterval],
    audience: &Audience<'_>,
) -> String {
    let target = format_hours(clock.target);
    let (metric, calendar) = (sla::metric(clock.metric), sanitize::one_line(&clock.calendar));
    let mut text = audience.paint.text(colors::STRONG, metric);
    text.push_str(&format!(": {target} for {}, by {calendar} in {}\n", clock.priority, zone.name()));
    let mut table = Table::under(&["from", "to", "status", "counted", "sum", "why"]);
    for span in spans {
        let counted = if span.counted.is_zero() { "-".to_owned() } else { format_hours(span.counted) };
        let ahead = if span.is_ahead { "to come: " } else { "" };
        let style = if span.is_ahead || span.counted.is_zero() { colors::MUTED } else { anstyle::Style::new() };
        table.push(vec![
            Cell::plain(&local(span.from, zone)),
            Cell::plain(&local(span.to, zone)),
            Cell::plain(audience.words().statuses.of(span.status)),
            Cell::plain(&counted),
            Cell::plain(&format_hours(span.sum)),
            Cell::styled(&format!("{ahead}{}", why(&span.reason)), style),
        ]);
    }
    for line in table.render(audience.paint, None).lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text.push_str(&verdict(explanation, clock, zone, audience));
    text
}

/// What it comes to: the sum, and the due instant for everybody.
fn verdict(explanation: &Explanation<'_>, clock: &Clock, zone: &Zone, audience: &Audience<'_>) -> String {
    let (used, target) = (format_hours(clock.elapsed), format_hours(clock.target));
    let left = clock.remaining();
    let rest = if left < TimeDelta::zero() {
        format!("{} over", format_hours(-left))
    } else {
        format!("{} left", format_hours(left))
    };
    let mut text = format!("  {}: {used} of {target} used, {rest}\n", clock.state.as_str());
    let Some(due) = clock.due_at else {
        text.push_str(match clock.state {
            ClockState::Paused => "  due: not while the customer owes the next step\n",
            _ => "  due: never, the calendar does not open\n",
        });
        return text;
    };
    let zones = [(zone, "the calendar"), (&explanation.customer, "the customer"), (audience.zone, "the desk")];
    let verb = if clock.state == ClockState::Breached { "was due" } else { "due" };
    let mut told: Vec<(&Zone, String)> = Vec::new();
    for (zone, whose) in zones {
        match told.iter_mut().find(|(known, _)| *known == zone) {
            Some((_, names)) => names.push_str(&format!(" and {whose}")),
            None => told.push((zone, whose.to_owned())),
        }
    }
    for (at, (zone, whose)) in told.iter().enumerate() {
        let before = if at == 0 { format!("{verb}:") } else { " ".repeat(verb.len() + 1) };
        text.push_str(&format!("  {before} {}, for {whose} ({})\n", local(due, zone), zone.name()));
    }
    if let Some(stopped) = clock.stopped_at {
        text.push_str(&format!("  stopped: {}\n", local(stopped, zone)));
    }
    text
}

/// `Fri 2026-11-20 16:50 PST`, with seconds where there are some.
fn local(at: DateTime<Utc>, zone: &Zone) -> String {
    let form = if at.timestamp() % 60 == 0 { "%a %Y-%m-%d %H:%M" } else { "%a %Y-%m-%d %H:%M:%S" };
    format!("{} {}", zone.local(at).format(form), zone.abbreviation(at))
}

fn why(reason: &PauseReason) -> String {
    match reason {
        PauseReason::Open(IntervalReason::Exception) => "open (exception)".to_owned(),
        PauseReason::Open(_) => "open".to_owned(),
        PauseReason::Closed(IntervalReason::Week) => "closed".to_owned(),
        PauseReason::Closed(IntervalReason::Holiday(name)) => format!("holiday: {name}"),
        PauseReason::Closed(IntervalReason::Exception) => "closed (exception)".to_owned(),
        PauseReason::Waiting => "waiting for the customer".to_owned(),
        PauseReason::Solved => "solved".to_owned(),
    }
}

/// The same as JSON: the ticket, its plan, and its clocks as in `sla`, each with its `timeline`.
pub fn to_json(explanation: &Explanation<'_>) -> Map<String, Json> {
    let clocks = explanation.clocks.iter().map(|(clock, zone, spans)| {
        let mut fields = sla::to_json(clock);
        fields.insert("priority".to_owned(), json!(clock.priority.as_str()));
        fields.insert("time_zone".to_owned(), json!(zone.name()));
        fields.insert("timeline".to_owned(), Json::Array(spans.iter().map(span_record).collect()));
        Json::Object(fields)
    });
    let (opened_on, zone) = match &explanation.opened_on {
        Some((day, zone)) => (Some(day.to_string()), Some(zone.name())),
        None => (None, None),
    };
    let values = json!({
        "id": explanation.ticket.to_string(),
        "plan": explanation.plan,
        "organization": explanation.organization,
        "opened_on": opened_on,
        "time_zone": zone,
        "from": explanation.period.0.map(|day| day.to_string()),
        "until": explanation.period.1.map(|day| day.to_string()),
        "sla": clocks.collect::<Vec<_>>(),
    });
    match values {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn span_record(span: &ClockInterval) -> Json {
    let (reason, name) = match &span.reason {
        PauseReason::Open(IntervalReason::Exception) => ("open_exception", None),
        PauseReason::Open(_) => ("open", None),
        PauseReason::Closed(IntervalReason::Week) => ("closed", None),
        PauseReason::Closed(IntervalReason::Holiday(name)) => ("holiday", Some(name)),
        PauseReason::Closed(IntervalReason::Exception) => ("closed_exception", None),
        PauseReason::Waiting => ("waiting", None),
        PauseReason::Solved => ("solved", None),
    };
    json!({
        "from": format_instant(span.from),
        "to": format_instant(span.to),
        "status": span.status.as_str(),
        "reason": reason,
        "holiday": name,
        "is_ahead": span.is_ahead,
        "counted_seconds": span.counted.num_seconds(),
        "sum_seconds": span.sum.num_seconds(),
    })
}
