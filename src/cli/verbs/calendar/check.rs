//! `calendar check`: what will go wrong with promises if nobody does anything.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SlaPolicy;
use crate::domain::calendar::HolidayList;
use crate::domain::sla::plan::{CalendarRule, Metric, Plan};
use crate::domain::time::duration;
use crate::store::holidays;
use crate::view::sanitize::one_line;

/// Look whether lists of holidays run out, and whether every promise has its hours.
///
/// Changes nothing. Ends with 1 if something was found, so that a calendar in CI can warn in time.
#[derive(Debug, Args)]
pub(super) struct CalendarCheckArgs {
    /// How far ahead lists have to reach
    #[arg(long, value_name = "SPAN", default_value = "180d", value_parser = span)]
    ahead: TimeDelta,
    /// Print an array of findings as JSON
    #[arg(long)]
    json: bool,
}

fn span(words: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(words).ok_or_else(|| "a span such as 90d is meant".to_owned())
}

/// One thing found.
struct CalendarFinding {
    list: Option<String>,
    calendar: Option<String>,
    plan: Option<String>,
    message: String,
    hint: String,
}

impl CalendarCheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let policy = session.casebook()?.policy().sla()?;
        let findings = findings(&policy, session.world.now, self.ahead);
        if self.json {
            session.output.json(&Value::Array(findings.iter().map(to_json).collect()))?;
        } else {
            for CalendarFinding { message, hint, .. } in &findings {
                session.output.print(&format!("{}\n  {}\n", one_line(message), one_line(hint)))?;
            }
            if findings.is_empty() {
                let ends = policy.lists.values().map(|list| list.until).min();
                let reach = ends.map(|end| format!("; holidays are known until {end}")).unwrap_or_default();
                session.output.status(&format!("nothing found{reach}"))?;
            }
        }
        Ok(if findings.is_empty() { Exit::Done } else { Exit::Found })
    }
}

fn findings(policy: &SlaPolicy, now: DateTime<Utc>, ahead: TimeDelta) -> Vec<CalendarFinding> {
    let (today, wanted) = (now.date_naive(), (now + ahead).date_naive());
    let ending = policy.lists.iter().filter(|(_, list)| list.until < wanted);
    let mut found: Vec<CalendarFinding> = ending.map(|(name, list)| ends(name, list, today)).collect();
    for calendar in
        policy.calendars.iter().filter(|calendar| !calendar.is_open(now) && calendar.next_change(now).is_none())
    {
        found.push(CalendarFinding {
            list: None,
            calendar: Some(calendar.name.clone()),
            plan: None,
            message: format!("calendar {} never opens: whatever it counts for is never due", calendar.name),
            hint: format!("give [calendars.{}] a window in `open`", calendar.name),
        });
    }
    found.extend(policy.plans.iter().filter(|plan| has_targets(plan) && !covers_all(plan)).map(|plan| {
        CalendarFinding {
            list: None,
            calendar: None,
            plan: Some(plan.name.clone()),
            message: format!(
                "plan {} has targets, and no calendar for every ticket: those left over have no clock",
                plan.name
            ),
            hint: format!("end [[plans.{}.calendars]] with a rule that has only a `calendar`", plan.name),
        }
    }));
    found
}

fn ends(name: &str, list: &HolidayList, today: NaiveDate) -> CalendarFinding {
    let verb = if list.until < today { "ended" } else { "ends" };
    let newer = holidays::shipped(name).and_then(|text| holidays::read(text).ok()).filter(|new| new.until > list.until);
    CalendarFinding {
        list: Some(name.to_owned()),
        calendar: None,
        plan: None,
        message: format!("{} {verb} with {}: later holidays count as working days", holidays::path(name), list.until),
        hint: match newer {
            Some(new) => format!("`casebook calendar import {name} --replace` knows them until {}", new.until),
            None => format!("import a newer list: casebook calendar import FILE.ics --name {name} --replace"),
        },
    }
}

fn has_targets(plan: &Plan) -> bool {
    use crate::domain::vocabulary::Priority::{S1, S2, S3, S4};
    let metrics = [Metric::FirstResponse, Metric::NextResponse, Metric::Resolution];
    metrics.iter().any(|metric| [S1, S2, S3, S4].iter().any(|&priority| plan.targets(*metric).of(priority).is_some()))
}

fn covers_all(plan: &Plan) -> bool {
    let asks_nothing =
        |rule: &CalendarRule| rule.language.is_none() && rule.priority.is_empty() && rule.channel.is_empty();
    plan.calendars.iter().any(asks_nothing)
}

fn to_json(finding: &CalendarFinding) -> Value {
    let CalendarFinding { list, calendar, plan, message, hint } = finding;
    json!({"list": list, "calendar": calendar, "plan": plan, "message": message, "hint": hint})
}
