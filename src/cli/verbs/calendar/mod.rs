//! `calendar`: shows, checks and imports the desk's calendars and holiday lists.

mod check;
mod import;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SlaPolicy;
use crate::domain::calendar::{ALWAYS, Calendar};
use crate::error::Error;
use crate::view::calendar::{CalendarView, next_to_json, render, render_next, to_json};

/// Show, check and import the desk's calendars and holidays.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    #[command(subcommand)]
    subcommand: CalendarSubcommand,
}

/// The subcommands. A comment on a variant would hide the longer help of its struct.
#[derive(Debug, Subcommand)]
enum CalendarSubcommand {
    Show(CalendarShowArgs),
    Next(CalendarNextArgs),
    Check(check::CalendarCheckArgs),
    Import(import::CalendarImportArgs),
}

/// Show the hours, holidays and exceptions of a calendar, or of all calendars.
#[derive(Debug, Args)]
struct CalendarShowArgs {
    /// The calendar [default: all calendars]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print an array of calendars as JSON
    #[arg(long)]
    json: bool,
}

/// Show when a calendar opens or closes next, and the next holidays and exceptions.
#[derive(Debug, Args)]
struct CalendarNextArgs {
    /// The calendar [default: all calendars]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The number of holidays and exceptions to show, within two years
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    dates: usize,
    /// Print an array of calendars as JSON
    #[arg(long)]
    json: bool,
}

impl CalendarArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.subcommand {
            CalendarSubcommand::Show(show) => show.run(session),
            CalendarSubcommand::Next(next) => next.run(session),
            CalendarSubcommand::Check(check) => check.run(session),
            CalendarSubcommand::Import(import) => import.run(session),
        }
    }
}

impl CalendarShowArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let policy = session.desk()?.policy().sla()?;
        let always = Calendar::always();
        let calendars = selected_calendars(&policy, &always, self.name.as_deref())?;
        let shown: Vec<CalendarView<'_>> = calendars.into_iter().map(|calendar| view_of(&policy, calendar)).collect();
        if self.json {
            session.output.json(&Value::Array(shown.iter().map(to_json).collect()))?;
        } else {
            session.output.print(&shown.iter().map(render).collect::<Vec<_>>().join("\n"))?;
        }
        Ok(Exit::Done)
    }
}

impl CalendarNextArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let policy = session.desk()?.policy().sla()?;
        let always = Calendar::always();
        let calendars = selected_calendars(&policy, &always, self.name.as_deref())?;
        let now = session.environment.now;
        if self.json {
            let records = calendars.iter().map(|calendar| next_to_json(calendar, now, self.dates));
            session.output.json(&Value::Array(records.collect()))?;
        } else {
            let texts = calendars.iter().map(|calendar| render_next(calendar, now, self.dates));
            session.output.print(&texts.collect::<Vec<_>>().join("\n"))?;
        }
        Ok(Exit::Done)
    }
}

/// Returns the calendar of a name, or all calendars of the desk.
fn selected_calendars<'a>(
    policy: &'a SlaPolicy,
    always: &'a Calendar,
    name: Option<&str>,
) -> Result<Vec<&'a Calendar>, CliError> {
    let Some(name) = name else { return Ok(policy.calendars.iter().collect()) };
    let found = policy.calendars.iter().chain([always]).find(|calendar| calendar.name == name);
    found.map(|calendar| vec![calendar]).ok_or_else(|| {
        let names: Vec<&str> = policy.calendars.iter().map(|calendar| calendar.name.as_str()).chain([ALWAYS]).collect();
        Error::usage(format!("this desk has no calendar `{name}`"), format!("its calendars are {}", names.join(", ")))
            .into()
    })
}

/// Returns a calendar with its holiday lists and the plans that use it.
fn view_of<'a>(policy: &'a SlaPolicy, calendar: &'a Calendar) -> CalendarView<'a> {
    let index = policy.calendars.iter().position(|other| other.name == calendar.name);
    let names = index.and_then(|index| policy.lists_of_calendars.get(index)).into_iter().flatten();
    CalendarView {
        calendar,
        lists: names.filter_map(|name| Some((name.as_str(), policy.lists.get(name)?))).collect(),
        plans: policy.plans_with(&calendar.name).map(|plan| plan.name.as_str()).collect(),
    }
}
