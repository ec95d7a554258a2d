//! Plans: a comparison, the periods of an organization, and the effect of a change of plan, as text and as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::id::Id;
use crate::domain::people::organization::PlanPeriod;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::{CalendarRule, Metric, Plan, Targets};
use crate::domain::time::duration::format_hours;
use crate::domain::vocabulary::Priority;

use super::table::{Cell, Table};
use super::{Audience, colors, relative_time, sanitize, sla};

/// Renders plans as columns: the roles that may open tickets, the sides that may escalate if a plan excludes customers, and
/// every target of any of them; below, the calendars of each plan.
pub fn render_comparison(plans: &[&Plan], audience: &Audience<'_>) -> String {
    let names = std::iter::once("").chain(plans.iter().map(|plan| plan.name.as_str()));
    let mut table = Table::with_header(&names.collect::<Vec<_>>());
    let mut push = |name: &str, value: &dyn Fn(&Plan) -> String| {
        let cells = plans.iter().map(|plan| Cell::plain(&value(plan)));
        table.push(std::iter::once(Cell::styled(name, colors::MUTED)).chain(cells).collect());
    };
    push("may open", &|plan| if plan.may_open.is_empty() { "all people".to_owned() } else { roles(plan).join(", ") });
    if plans.iter().any(|plan| plan.refuses_escalation) {
        push("may escalate", &|plan| if plan.refuses_escalation { "only support" } else { "customers" }.to_owned());
    }
    for metric in Metric::OF_PLANS {
        for &priority in Priority::ALL {
            let target = |plan: &Plan| plan.targets(metric).of(priority);
            if plans.iter().any(|plan| target(plan).is_some()) {
                let value = |plan: &Plan| target_text(plan.targets(metric), priority);
                push(&format!("{} {priority}", sla::metric(metric)), &value);
            }
        }
    }
    let mut text = audience.render(&table);
    text.push_str(&render_calendars(plans));
    text
}

/// Formats a target as it was written, with its open hours if these read otherwise: `3bd (27h)`.
fn target_text(targets: &Targets, priority: Priority) -> String {
    let Some(hours) = targets.of(priority).map(format_hours) else { return "-".to_owned() };
    match targets.written(priority) {
        Some(written) if written != hours => format!("{} ({hours})", sanitize::one_line(written)),
        _ => hours,
    }
}

/// Returns the roles that may open tickets.
fn roles(plan: &Plan) -> Vec<&'static str> {
    plan.may_open.iter().map(|role| role.as_str()).collect()
}

/// Renders the calendar rules, once for plans with the same rules.
fn render_calendars(plans: &[&Plan]) -> String {
    let mut groups: Vec<(&[CalendarRule], Vec<&str>)> = Vec::new();
    for plan in plans {
        match groups.iter_mut().find(|(rules, _)| *rules == plan.calendars) {
            Some((_, names)) => names.push(&plan.name),
            None => groups.push((&plan.calendars, vec![&plan.name])),
        }
    }
    let mut text = String::new();
    for (rules, names) in groups {
        text.push_str(&format!("\nhours of {}\n", sanitize::one_line(&names.join(", "))));
        if rules.is_empty() {
            text.push_str("  none: the plan has no clocks\n");
        }
        for rule in rules {
            text.push_str(&format!("  {}\n", sanitize::one_line(&format_rule(rule))));
        }
    }
    text
}

/// Formats a rule: the tickets for which it holds, and their calendar.
fn format_rule(rule: &CalendarRule) -> String {
    let mut conditions: Vec<String> = rule.language.iter().cloned().collect();
    conditions.extend(
        (!rule.priority.is_empty()).then(|| rule.priority.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("/")),
    );
    conditions.extend((!rule.channel.is_empty()).then(|| format!("by {}", rule.channel.join("/"))));
    let tickets = if conditions.is_empty() { "all other tickets".to_owned() } else { conditions.join(", ") };
    format!("{tickets}: {}", rule.calendar)
}

/// Returns a plan as JSON, with targets in seconds of open time; an absent target is `null`.
pub fn to_json(plan: &Plan, is_of_desk: bool) -> Json {
    let targets = Metric::OF_PLANS.map(|metric| {
        let by_priority = Priority::ALL.iter().map(|&priority| {
            let target = plan.targets(metric).of(priority).map(|target| target.num_seconds());
            (priority.as_str().to_owned(), json!(target))
        });
        (metric.as_str().to_owned(), Json::Object(by_priority.collect()))
    });
    let rule = |rule: &CalendarRule| {
        let priority: Vec<&str> = rule.priority.iter().map(|priority| priority.as_str()).collect();
        json!({"language": rule.language, "priority": priority, "channel": rule.channel, "calendar": rule.calendar})
    };
    json!({
        "name": plan.name,
        "is_desk_plan": is_of_desk,
        "may_open": roles(plan),
        "may_escalate": !plan.refuses_escalation,
        "targets": targets.into_iter().collect::<Map<String, Json>>(),
        "calendars": plan.calendars.iter().map(rule).collect::<Vec<_>>(),
    })
}

/// A clock of an unsolved ticket under two plans; none under a plan without the target.
#[derive(Clone, Debug)]
pub struct ClockChange {
    /// The ticket.
    pub ticket: Id,
    /// The clock under the first plan.
    pub before: Option<Clock>,
    /// The clock under the second plan.
    pub after: Option<Clock>,
}

impl ClockChange {
    /// Returns the clock under the first plan, or else under the second.
    fn clock(&self) -> Option<&Clock> {
        self.before.as_ref().or(self.after.as_ref())
    }

    /// Returns true if the due instant, the target or the state differs.
    pub fn differs(&self) -> bool {
        self.before.as_ref().map(|clock| (clock.due_at, clock.target, clock.state))
            != self.after.as_ref().map(|clock| (clock.due_at, clock.target, clock.state))
    }
}

/// Renders a table with the effect of a change of plan. The short ids are in the order of the rows.
pub fn render_changes(
    rows: &[ClockChange],
    short_ids: &[String],
    plans: (&str, &str),
    audience: &Audience<'_>,
) -> String {
    let (before, after) = (format!("under {}", plans.0), format!("under {}", plans.1));
    let mut table = Table::with_header(&["id", "metric", &before, &after]);
    for (row, short_id) in rows.iter().zip(short_ids) {
        let cell =
            |clock: &Option<Clock>| clock.as_ref().map_or_else(|| Cell::plain("-"), |clock| due(clock, audience));
        let metric = row.clock().map_or("", |clock| sla::metric(clock.metric));
        table.push(vec![
            Cell::styled(short_id, colors::STRONG),
            Cell::plain(metric),
            cell(&row.before),
            cell(&row.after),
        ]);
    }
    audience.render(&table)
}

/// Returns the cell of a clock: `4h (2026-11-21 18:05, in 2h)`.
fn due(clock: &Clock, audience: &Audience<'_>) -> Cell {
    let at = clock.due_at.map_or_else(String::new, |due| format!("{}, ", relative_time::minute(due, audience.zone)));
    let text = format!("{} ({at}{})", format_hours(clock.target), sla::due_text(clock, audience.now));
    Cell::styled(&text, sla::style(clock))
}

/// Returns the numbers of clocks that would be due earlier, due later, new or removed.
pub fn summary(rows: &[ClockChange]) -> String {
    let due = |clock: &Option<Clock>| clock.as_ref().and_then(|clock| clock.due_at);
    let count = |matches: &dyn Fn(&ClockChange) -> bool| rows.iter().filter(|row| matches(row)).count();
    let both = |row: &ClockChange| due(&row.before).zip(due(&row.after));
    let parts = [
        (count(&|row| both(row).is_some_and(|(before, after)| after < before)), "due earlier"),
        (count(&|row| both(row).is_some_and(|(before, after)| after > before)), "due later"),
        (count(&|row| row.before.is_none()), "new"),
        (count(&|row| row.after.is_none()), "removed"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, change)| format!("{number} {change}")).collect();
    if parts.is_empty() { "no change".to_owned() } else { parts.join(", ") }
}

/// Returns the effect on one clock as JSON.
pub fn change_to_json(row: &ClockChange) -> Json {
    let clock = |clock: &Option<Clock>| clock.as_ref().map(sla::to_json);
    json!({
        "id": row.ticket.to_string(),
        "metric": row.clock().map(|clock| clock.metric.as_str()),
        "a": clock(&row.before),
        "b": clock(&row.after),
    })
}

/// Renders the plan periods of an organization, with the state of each on a day.
pub fn render_periods(periods: &[PlanPeriod], today: NaiveDate) -> String {
    let mut table = Table::without_header().indented(2);
    for period in periods {
        let from = period.from.map_or_else(|| "always".to_owned(), |from| format!("from {from}"));
        let until = period.until.map_or_else(String::new, |until| format!("renewal {until}"));
        let state = match () {
            () if period.is_in_force_on(today) => "in force",
            () if period.from.is_some_and(|from| today < from) => "future",
            () => "ended",
        };
        table.push(vec![Cell::plain(&period.plan), Cell::plain(&from), Cell::plain(&until), Cell::plain(state)]);
    }
    table.render(colors::ColorMode::PLAIN, None)
}

/// An unsolved ticket, with its plan and clocks.
#[derive(Clone, Debug)]
pub struct RunningTicket {
    /// The ticket.
    pub ticket: Id,
    /// The instant at which it was opened, in UTC.
    pub opened: DateTime<Utc>,
    /// The plan in force for the ticket.
    pub plan: Option<String>,
    /// The clocks of the ticket.
    pub clocks: Vec<Clock>,
}

/// Renders a table of unsolved tickets, with the plan and the next due instant of each.
pub fn render_running(rows: &[RunningTicket], short_ids: &[String], audience: &Audience<'_>) -> String {
    let mut table = Table::with_header(&["id", "opened", "plan", "due"]);
    for (row, short_id) in rows.iter().zip(short_ids) {
        let next =
            row.clocks.iter().filter(|clock| clock.is_due()).min_by_key(|clock| (clock.due_at.is_none(), clock.due_at));
        table.push(vec![
            Cell::styled(short_id, colors::STRONG),
            Cell::plain(&relative_time::minute(row.opened, audience.zone)),
            Cell::plain(row.plan.as_deref().unwrap_or("-")),
            next.map_or_else(
                || Cell::plain("-"),
                |clock| Cell::styled(&sla::due_text(clock, audience.now), sla::style(clock)),
            ),
        ]);
    }
    audience.render(&table)
}
