//! `calendar import`: holiday lists, from iCalendar files or from the lists shipped with casebook.

use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use clap::Args;
use serde_json::json;

use crate::cli::args::CommitFlags;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::terminal::shell::quoted;
use crate::desk::{Command, FileCommand};
use crate::domain::calendar::HolidayList;
use crate::error::Error;
use crate::exchange::icalendar::{self, SkippedEvent};
use crate::store::holidays;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// Import a holiday list from an iCalendar file, or one shipped with casebook.
///
/// Events that do not last whole days are left out, and reported. The list is stored in calendars/NAME.toml and takes
/// effect when a calendar in casebook.toml names it under `holidays`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook calendar import gb-sct\n  casebook calendar import bank-holidays.ics --name gb --replace -n"
)]
pub(super) struct CalendarImportArgs {
    /// An .ics file, or the name of a shipped list: us, gb, gb-sct, gb-nir, jp, de, fr, es, it, pt, br, nl, ca, au, in
    #[arg(value_name = "FILE")]
    source: PathBuf,
    /// The name of the list [default: the file's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The last date that the list covers [default: the end of its last year]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Replace an existing list
    #[arg(long)]
    replace: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    end: CommitFlags,
}

impl CalendarImportArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let mut desk = session.desk()?;
        let options = session.write_options(&self.end)?;
        if !desk.config().team.has_agent(&options.actor) {
            return Err(CliError::agents_only(&format!("change holidays, and {} is not an agent", options.actor)));
        }
        let (name, list) = self.list(session)?;
        // A damaged list may be replaced too.
        let differs = match desk.policy().holiday_list(&name) {
            Ok(existing) => existing.is_some_and(|existing| existing != list),
            Err(_) => true,
        };
        if differs && !self.replace {
            let message = format!("{} exists and has other contents", holidays::path(&name));
            return Err(CliError::new("store.exists", message)
                .hint("--replace overwrites it (-n --replace shows the difference); --name NAME imports it under another name"));
        }
        let outcome =
            desk.perform(Command::File(FileCommand::Holidays { name: name.clone(), list: list.clone() }), &options)?;
        session.print_recovery(&desk);
        let (days, path) = (list.days.len(), holidays::path(&name));
        if self.json {
            let (from, until) = (list.from.to_string(), list.until.to_string());
            let changed = !outcome.changes.is_empty();
            session.output.json(
                &json!({"name": name, "path": path, "days": days, "from": from, "until": until, "changed": changed}),
            )?;
        } else if self.end.dry_run {
            session.print_plan(&outcome)?;
        } else if outcome.changes.is_empty() {
            session.output.status(&format!("{path} contains these holidays already"))?;
        } else {
            session.output.status(&format!("{path}: {}, until {}", count(days, "holiday"), list.until))?;
        }
        Ok(())
    }

    /// Returns the name of the list, and the list.
    fn list(&self, session: &Session) -> Result<(String, HolidayList), CliError> {
        let stem = self.source.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let name = self.name.clone().unwrap_or(stem);
        if !holidays::is_name(&name) {
            let message = format!("`{name}` is not a valid name for a holiday list");
            return Err(CliError::usage(message, "give --name NAME with lowercase letters, digits, `-` and `_`"));
        }
        let list = match self.source.to_str().and_then(holidays::shipped) {
            Some(text) => holidays::read(text).map_err(|error| Error::Config { path: self.source.clone(), error })?,
            None => self.read(session)?,
        };
        match self.until {
            Some(until) if list.days.keys().next_back().is_some_and(|last| until < *last) || until < list.from => {
                let message = format!("--until {until} does not fit the list: it has days outside that time");
                Err(CliError::usage(
                    message,
                    "--until is the last date that the list covers, so it must not be before its last holiday",
                ))
            }
            Some(until) => Ok((name, HolidayList { until, ..list })),
            None => Ok((name, list)),
        }
    }

    /// Returns the last day of holidays that repeat without an end: that of --until, else the end of the fifth year.
    fn horizon(&self, session: &Session) -> NaiveDate {
        let year = session.environment.now.year() + 5;
        self.until.or_else(|| NaiveDate::from_ymd_opt(year, 12, 31)).unwrap_or(NaiveDate::MAX)
    }

    /// Reads the list from the iCalendar file.
    fn read(&self, session: &Session) -> Result<HolidayList, CliError> {
        let file = self.source.as_path();
        if file.extension().is_none_or(|end| !end.eq_ignore_ascii_case("ics")) {
            let shipped: Vec<&str> = holidays::SHIPPED.iter().map(|(name, _)| *name).collect();
            let message = format!("{} is neither an .ics file nor a shipped list", file.display());
            let hint = format!(
                "make a list from an iCalendar file: `casebook calendar import {}`\nthe shipped lists are {}",
                quoted(&file.with_extension("ics")),
                shipped.join(", ")
            );
            return Err(CliError::usage(message, hint));
        }
        let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line =
                error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            invalid(file, line, "the file is not UTF-8")
        })?;
        let found =
            icalendar::read(&text, self.horizon(session)).map_err(|error| invalid(file, error.line, &error.reason))?;
        for SkippedEvent { line, name, reason } in &found.skipped {
            let place = format!("{}:{line}", file.display());
            session.output.warn(&one_line(&format!("{place}: left out: {name}: {reason}")));
        }
        let year = |day: Option<&NaiveDate>| day.map_or(1970, NaiveDate::year);
        let date = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX);
        let source = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(HolidayList {
            title: format!("Holidays of {source}"),
            source,
            from: date(year(found.days.keys().next()), 1, 1),
            until: date(year(found.days.keys().next_back()), 12, 31),
            days: found.days,
        })
    }
}

/// Returns the error for an invalid line of the iCalendar file.
fn invalid(file: &Path, line: usize, reason: &str) -> CliError {
    CliError::new("calendar.invalid", one_line(reason))
        .at(file.display().to_string(), line, 1)
        .hint("correct the file, or write the list by hand; `casebook calendar import -n us` shows the format")
}
