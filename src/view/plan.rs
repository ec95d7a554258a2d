//! Plans side by side, what an organisation's plans are, and what a change of plan would do, in words and in JSON.
//!
//! Must not know where plans come from, nor which tickets were asked for.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value as Json, json};

use crate::domain::id::Id;
use crate::domain::people::organization::PlanPeriod;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::plan::{CalendarRule, Metric, Plan};
use crate::domain::time::duration::format_hours;
use crate::domain::vocabulary::Priority;

use super::table::{Cell, Table};
use super::{Audience, colors, relative_time, sanitize, sla};

/// Plans in columns: who may open tickets, who may escalate where a plan does not let customers, every target that one of them has, and below whose hours count.
pub fn side_by_side(plans: &[&Plan], audience: &Audience<'_>) -> String {
    let names = std::iter::once("").chain(plans.iter().map(|plan| plan.name.as_str()));
    let mut table = Table::under(&names.collect::<Vec<_>>());
    let mut push = |name: &str, told: &dyn Fn(&Plan) -> String| {
        let cells = plans.iter().map(|plan| Cell::plain(&told(plan)));
        table.push(std::iter::once(Cell::styled(name, colors::MUTED)).chain(cells).collect());
    };
    push("may open", &|plan| if plan.may_open.is_empty() { "anybody".to_owned() } else { roles(plan).join(", ") });
    if plans.iter().any(|plan| plan.refuses_escalation) {
        push("may escalate", &|plan| if plan.refuses_escalation { "support alone" } else { "customers" }.to_owned());
    }
    for metric in Metric::ALL {
        for &priority in Priority::ALL {
            let target = |plan: &Plan| plan.targets(metric).of(priority);
            if plans.iter().any(|plan| target(plan).is_some()) {
                let told = |plan: &Plan| target(plan).map_or_else(|| "-".to_owned(), format_hours);
                push(&format!("{} {priority}", sla::metric(metric)), &told);
            }
        }
    }
    let mut text = table.render(audience.paint, None);
    text.push_str(&hours(plans));
    text
}

/// The words of the roles that may open tickets.
fn roles(plan: &Plan) -> Vec<&'static str> {
    plan.may_open.iter().map(|role| role.as_str()).collect()
}

/// Whose hours count, once for plans that say the same.
fn hours(plans: &[&Plan]) -> String {
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
            text.push_str("  none: no clock runs\n");
        }
        for rule in rules {
            text.push_str(&format!("  {}\n", sanitize::one_line(&rule_told(rule))));
        }
    }
    text
}

fn rule_told(rule: &CalendarRule) -> String {
    let mut asked: Vec<String> = rule.language.iter().cloned().collect();
    asked.extend(
        (!rule.priority.is_empty()).then(|| rule.priority.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("/")),
    );
    asked.extend((!rule.channel.is_empty()).then(|| format!("by {}", rule.channel.join("/"))));
    let whom = if asked.is_empty() { "all others".to_owned() } else { asked.join(", ") };
    format!("{whom}: {}", rule.calendar)
}

/// A plan as JSON; targets in seconds of open time, `null` where there is none.
pub fn to_json(plan: &Plan, is_of_desk: bool) -> Json {
    let targets = Metric::ALL.map(|metric| {
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

/// A clock of a running ticket under one plan and under another; none where a plan promises nothing.
#[derive(Clone, Debug)]
pub struct ClockChange {
    /// The ticket.
    pub ticket: Id,
    /// Its clock under the first plan.
    pub before: Option<Clock>,
    /// Its clock under the second.
    pub after: Option<Clock>,
}

impl ClockChange {
    fn clock(&self) -> Option<&Clock> {
        self.before.as_ref().or(self.after.as_ref())
    }

    /// Whether the change makes any difference to somebody who looks at the clock.
    pub fn differs(&self) -> bool {
        self.before.as_ref().map(|clock| (clock.due_at, clock.target, clock.state))
            != self.after.as_ref().map(|clock| (clock.due_at, clock.target, clock.state))
    }
}

/// What a change would do to running tickets, ticket by ticket. `short_ids` go with the rows one by one.
pub fn changes(rows: &[ClockChange], short_ids: &[String], plans: (&str, &str), audience: &Audience<'_>) -> String {
    let (before, after) = (format!("under {}", plans.0), format!("under {}", plans.1));
    let mut table = Table::under(&["id", "metric", &before, &after]);
    for (row, short_id) in rows.iter().zip(short_ids) {
        let told =
            |clock: &Option<Clock>| clock.as_ref().map_or_else(|| Cell::plain("-"), |clock| due(clock, audience));
        let metric = row.clock().map_or("", |clock| sla::metric(clock.metric));
        table.push(vec![
            Cell::styled(short_id, colors::STRONG),
            Cell::plain(metric),
            told(&row.before),
            told(&row.after),
        ]);
    }
    table.render(audience.paint, None)
}

fn due(clock: &Clock, audience: &Audience<'_>) -> Cell {
    let at = clock.due_at.map_or_else(String::new, |due| format!("{}, ", relative_time::minute(due, audience.zone)));
    let told = format!("{} ({at}{})", format_hours(clock.target), sla::due_text(clock, audience.now));
    Cell::styled(&told, sla::style(clock))
}

/// How many clocks would be due earlier, later, come or go.
pub fn tally(rows: &[ClockChange]) -> String {
    let due = |clock: &Option<Clock>| clock.as_ref().and_then(|clock| clock.due_at);
    let count = |holds: &dyn Fn(&ClockChange) -> bool| rows.iter().filter(|row| holds(row)).count();
    let both = |row: &ClockChange| due(&row.before).zip(due(&row.after));
    let parts = [
        (count(&|row| both(row).is_some_and(|(before, after)| after < before)), "due earlier"),
        (count(&|row| both(row).is_some_and(|(before, after)| after > before)), "due later"),
        (count(&|row| row.before.is_none()), "new"),
        (count(&|row| row.after.is_none()), "gone"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if told.is_empty() { "nothing would change for running tickets".to_owned() } else { told.join(", ") }
}

/// What a change would do to one clock, as JSON.
pub fn changed_record(row: &ClockChange) -> Json {
    let clock = |clock: &Option<Clock>| clock.as_ref().map(sla::to_json);
    json!({
        "id": row.ticket.to_string(),
        "metric": row.clock().map(|clock| clock.metric.as_str()),
        "a": clock(&row.before),
        "b": clock(&row.after),
    })
}

/// The periods of an organisation: which plan when, and which is in force on a day.
pub fn periods(periods: &[PlanPeriod], today: NaiveDate) -> String {
    let mut table = Table::bare();
    for period in periods {
        let from = period.from.map_or_else(|| "always".to_owned(), |from| format!("from {from}"));
        let until = period.until.map_or_else(String::new, |until| format!("renewal {until}"));
        let stands = match () {
            () if period.is_in_force_on(today) => "in force",
            () if period.from.is_some_and(|from| today < from) => "to come",
            () => "ended",
        };
        table.push(vec![Cell::plain(&period.plan), Cell::plain(&from), Cell::plain(&until), Cell::plain(stands)]);
    }
    table.render(colors::ColorMode::PLAIN, None).lines().map(|line| format!("  {line}\n")).collect()
}

/// A running ticket, the plan it was opened under, and its next clock.
#[derive(Clone, Debug)]
pub struct RunningTicket {
    /// The ticket.
    pub ticket: Id,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// The plan in force for it.
    pub plan: Option<String>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
}

/// Running tickets and the plans they were opened under.
pub fn running(rows: &[RunningTicket], short_ids: &[String], audience: &Audience<'_>) -> String {
    let mut table = Table::under(&["id", "opened", "plan", "due"]);
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
    table.render(audience.paint, audience.width)
}
