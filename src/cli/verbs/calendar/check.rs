//! `calendar check`: holiday lists that end soon, calendars that never open, plans without a calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SlaPolicy;
use crate::domain::calendar::{Calendar, HolidayList};
use crate::domain::sla::plan::{CalendarRule, Plan};
use crate::domain::time::duration;
use crate::error::Error;
use crate::store::holidays;
use crate::view::sanitize::one_line;

/// Check that holiday lists do not end soon and every target has a calendar.
///
/// It changes nothing, and exits with 1 if there are findings, so that a scheduled CI job can warn in time.
#[derive(Debug, Args)]
pub(super) struct CalendarCheckArgs {
    /// The time from now that holiday lists must cover
    #[arg(long, value_name = "SPAN", default_value = "180d", value_parser = duration_arg)]
    ahead: TimeDelta,
    /// Print an array of findings as JSON
    #[arg(long)]
    json: bool,
}

/// Parses a duration of the command line, such as `90d`.
fn duration_arg(text: &str) -> Result<TimeDelta, String> {
    duration::parse_duration(text).ok_or_else(|| format!("`{text}` is not a duration; write it as 90d"))
}

/// A problem of a holiday list, a calendar or a plan.
#[derive(Default, Serialize)]
struct CalendarFinding {
    list: Option<String>,
    calendar: Option<String>,
    plan: Option<String>,
    message: String,
    hint: String,
}

impl CalendarCheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let desk = session.desk()?;
        let policy = desk.policy().sla()?;
        let names = policy.calendars.defined().iter().flat_map(|calendar| &calendar.lists);
        let lists = names.map(|list| Ok((list.name.as_str(), policy.calendars.list(list)?)));
        let lists = lists.collect::<Result<BTreeMap<&str, HolidayList>, Error>>()?;
        let findings = findings(&policy, &lists, session.environment.now, self.ahead)?;
        if self.json {
            session.output.json(&json!(findings))?;
        } else {
            for CalendarFinding { message, hint, .. } in &findings {
                session.output.print(&format!("{}\n  {}\n", one_line(message), one_line(hint)))?;
            }
            if findings.is_empty() {
                let ends = lists.values().map(|list| list.until).min();
                let reach = ends.map(|end| format!("; the holiday lists reach until {end}")).unwrap_or_default();
                session.output.status(&format!("nothing found{reach}"))?;
            }
        }
        Ok(if findings.is_empty() { Exit::Done } else { Exit::Found })
    }
}

/// Returns the problems of a policy at an instant; holiday lists must reach beyond `now + ahead`.
fn findings(
    policy: &SlaPolicy<'_>,
    lists: &BTreeMap<&str, HolidayList>,
    now: DateTime<Utc>,
    ahead: TimeDelta,
) -> Result<Vec<CalendarFinding>, Error> {
    let (today, required) = (now.date_naive(), (now + ahead).date_naive());
    let ending = lists.iter().filter(|(_, list)| list.until < required);
    let mut found: Vec<CalendarFinding> = ending.map(|(name, list)| list_ends(name, list, today)).collect();
    let never_opens = |calendar: &&Calendar| !calendar.is_open(now) && calendar.next_change(now).is_none();
    for calendar in policy.calendars.all()?.into_iter().filter(never_opens) {
        found.push(CalendarFinding {
            calendar: Some(calendar.name.clone()),
            message: format!("calendar {} never opens: clocks that it counts for are never due", calendar.name),
            hint: format!("add hours to `open` under [calendars.{}] in casebook.toml", calendar.name),
            ..CalendarFinding::default()
        });
    }
    let uncovered = policy.plans.plans.iter().filter(|plan| plan.has_targets() && !covers_all(plan));
    found.extend(uncovered.map(|plan| CalendarFinding {
        plan: Some(plan.name.clone()),
        message: format!(
            "plan {} has targets, but its calendars do not cover every ticket: the tickets left over have no clocks",
            plan.name
        ),
        hint: format!(
            "add a last rule to [[plans.{}.calendars]] in casebook.toml that has only a `calendar`",
            plan.name
        ),
        ..CalendarFinding::default()
    }));
    Ok(found)
}

/// Returns the finding for a holiday list that ends too soon.
fn list_ends(name: &str, list: &HolidayList, today: NaiveDate) -> CalendarFinding {
    let verb = if list.until < today { "ended" } else { "ends" };
    let newer = holidays::shipped(name).and_then(|text| holidays::read(text).ok()).filter(|new| new.until > list.until);
    CalendarFinding {
        list: Some(name.to_owned()),
        message: format!(
            "{} {verb} with {}: later holidays are counted as working days",
            holidays::path(name),
            list.until
        ),
        hint: match newer {
            Some(new) => format!("`casebook calendar import {name} --replace` extends it until {}", new.until),
            None => format!("import a newer list with `casebook calendar import FILE.ics --name {name} --replace`"),
        },
        ..CalendarFinding::default()
    }
}

/// Returns whether the calendar rules of a plan apply to every ticket: one of them has no conditions.
fn covers_all(plan: &Plan) -> bool {
    let has_no_conditions =
        |rule: &CalendarRule| rule.language.is_none() && rule.priority.is_empty() && rule.channel.is_empty();
    plan.calendars.iter().any(has_no_conditions)
}
