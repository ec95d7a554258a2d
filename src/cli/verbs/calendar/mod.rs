//! `calendar`: shows, checks and imports the desk's calendars and holiday lists.

mod check;
mod import;

use clap::{Args, Subcommand};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SlaPolicy;
use crate::domain::calendar::{ALWAYS, CachedCalendar, Calendar, HolidayList};
use crate::domain::time::duration::whole_seconds;
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
            CalendarSubcommand::Show(show) => show.run(session).map(Exit::from),
            CalendarSubcommand::Next(next) => next.run(session).map(Exit::from),
            CalendarSubcommand::Check(check) => check.run(session),
            CalendarSubcommand::Import(import) => import.run(session).map(Exit::from),
        }
    }
}

impl CalendarShowArgs {
    fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let policy = desk.policy().sla()?;
        let calendars = selected_calendars(&policy, self.name.as_deref())?;
        let shown = calendars.into_iter().map(|calendar| Ok((calendar, holiday_lists(&policy, calendar)?)));
        let shown = shown.collect::<Result<Vec<_>, Error>>()?;
        let views = shown.iter().map(|(calendar, lists)| CalendarView {
            calendar,
            lists: lists.iter().map(|(name, list)| (*name, list)).collect(),
            plans: policy.plans_with(&calendar.name).map(|plan| plan.name.as_str()).collect(),
        });
        let views: Vec<CalendarView<'_>> = views.collect();
        let texts = || views.iter().map(render).collect::<Vec<_>>().join("\n");
        Ok(session.output.json_or_text(self.json, || views.iter().map(to_json).collect(), texts)?)
    }
}

impl CalendarNextArgs {
    fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let policy = desk.policy().sla()?;
        let calendars = selected_calendars(&policy, self.name.as_deref())?;
        let now = whole_seconds(session.environment.now);
        let records = || calendars.iter().map(|calendar| next_to_json(calendar, now, self.dates)).collect();
        let text = |calendar: &&Calendar| render_next(calendar, now, self.dates);
        let texts = || calendars.iter().map(text).collect::<Vec<_>>().join("\n");
        Ok(session.output.json_or_text(self.json, records, texts)?)
    }
}

/// Returns the calendar of a name, or all calendars of the desk.
fn selected_calendars<'a>(policy: &'a SlaPolicy<'_>, name: Option<&str>) -> Result<Vec<&'a Calendar>, CliError> {
    let Some(name) = name else { return Ok(policy.calendars.all()?) };
    let found = policy.calendars.get(name).map(CachedCalendar::calendar);
    found.map(|calendar| vec![calendar]).ok_or_else(|| {
        let defined = policy.calendars.defined().iter();
        let names: Vec<&str> = defined.map(|calendar| calendar.name.as_str()).chain([ALWAYS]).collect();
        CliError::usage(
            format!("this desk has no calendar `{name}`"),
            format!("its calendars are {}", names.join(", ")),
        )
    })
}

/// Returns the holiday lists of a calendar, by name.
fn holiday_lists<'a>(policy: &SlaPolicy<'a>, calendar: &Calendar) -> Result<Vec<(&'a str, HolidayList)>, Error> {
    let defined = policy.calendars.defined().iter().filter(|defined| defined.name == calendar.name);
    let lists = defined.flat_map(|defined| &defined.lists);
    lists.map(|list| Ok((list.name.as_str(), policy.calendars.list(list)?))).collect()
}
