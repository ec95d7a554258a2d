//! `calendar import`: a list of holidays, from an iCalendar file or from those that come with the program.

use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use clap::Args;
use serde_json::json;

use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::args::text_input::unreadable;
use crate::cli::error::CliError;
use crate::cli::session::{Session, shown};
use crate::desk::{Command, FileCommand};
use crate::domain::calendar::HolidayList;
use crate::error::Error;
use crate::exchange::icalendar;
use crate::store::holidays;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// Put down a list of holidays: whole days of an iCalendar file, or a list that comes with the program.
///
/// Events that are no whole days are left out, and named. The list lies in calendars/NAME.toml and counts once a
/// calendar in casebook.toml names it under `holidays`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook calendar import gb-sct\n  casebook calendar import bank-holidays.ics --name gb --replace -n"
)]
pub(super) struct CalendarImportArgs {
    /// An .ics file, or the name of a list that comes along: us, gb, gb-sct, gb-nir, jp
    #[arg(value_name = "FILE")]
    source: PathBuf,
    /// What the list is called [default: the file's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The last date the file knows of [default: the end of its last year]
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Take the place of a list that is there
    #[arg(long)]
    replace: bool,
    /// Print what was put down as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    end: CommitFlags,
}

impl CalendarImportArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut casebook = session.casebook()?;
        let terms = session.write_options(&self.end)?;
        if !casebook.config().team.has_agent(&terms.by) {
            let message = format!("only an agent may change holidays, and {} is none", terms.by);
            return Err(CliError::new(Exit::NotAllowed, "person.not_allowed", message)
                .hint("[team] in casebook.toml says who is an agent"));
        }
        let (name, list) = self.list(session)?;
        // A list that cannot be read may be replaced too.
        let is_other = match casebook.policy().holiday_list(&name) {
            Ok(there) => there.is_some_and(|there| there != list),
            Err(_) => true,
        };
        if is_other && !self.replace {
            let message = format!("there is another {} already", holidays::path(&name));
            return Err(CliError::new(Exit::Refused, "store.exists", message)
                .hint("--replace takes its place (-n --replace shows the difference), --name NAME goes beside it"));
        }
        let report = casebook
            .perform(Command::File(FileCommand::Holidays { name: name.clone(), list: list.clone() }), &terms)?;
        session.print_recovery(&casebook);
        let (days, path) = (list.days.len(), holidays::path(&name));
        if self.json {
            let (from, until) = (list.from.to_string(), list.until.to_string());
            let changed = !report.changes.is_empty();
            session.output.json(
                &json!({"name": name, "path": path, "days": days, "from": from, "until": until, "changed": changed}),
            )?;
        } else if self.end.dry_run {
            session.print_plan(&report)?;
        } else if report.changes.is_empty() {
            session.output.status(&format!("{path} holds these holidays already"))?;
        } else {
            session.output.status(&format!("{path}: {}, until {}", count(days, "holiday"), list.until))?;
        }
        Ok(Exit::Done)
    }

    /// The list, and what it is called.
    fn list(&self, session: &Session) -> Result<(String, HolidayList), CliError> {
        let stem = self.source.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let name = self.name.clone().unwrap_or(stem);
        if !holidays::is_name(&name) {
            let message = format!("`{name}` can be no list's name");
            return Err(Error::usage(message, "--name with small letters, digits, `-` and `_`").into());
        }
        let list = match self.source.to_str().and_then(holidays::shipped) {
            Some(text) => holidays::read(text).map_err(|flaw| Error::Config { path: self.source.clone(), flaw })?,
            None => self.read(session)?,
        };
        match self.until {
            Some(until) if list.days.keys().next_back().is_some_and(|last| until < *last) || until < list.from => {
                let message = format!("the list knows days after {until}");
                Err(Error::usage(message, "--until names the last date that is known, not the last that is wanted")
                    .into())
            }
            Some(until) => Ok((name, HolidayList { until, ..list })),
            None => Ok((name, list)),
        }
    }

    fn read(&self, session: &Session) -> Result<HolidayList, CliError> {
        let file = self.source.as_path();
        if file.extension().is_none_or(|end| !end.eq_ignore_ascii_case("ics")) {
            let known: Vec<&str> = holidays::SHIPPED.iter().map(|(name, _)| *name).collect();
            let message = format!("{} is no .ics file, and no list that comes along", shown(file));
            return Err(Error::usage(message, format!("those are {}", known.join(", "))).into());
        }
        let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line =
                error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            unsound(file, line, "the file is not UTF-8")
        })?;
        let found = icalendar::read(&text).map_err(|error| unsound(file, error.line, &error.reason))?;
        for (line, summary) in &found.skipped {
            let place = format!("{}:{line}", shown(file));
            session
                .output
                .warn(&one_line(&format!("{place}: left out, since it is no whole day or called off: {summary}")));
        }
        let year = |day: Option<&NaiveDate>| day.map_or(1970, NaiveDate::year);
        let end = |year: i32, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MAX);
        let source = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(HolidayList {
            title: format!("Holidays of {source}"),
            source,
            from: end(year(found.days.keys().next()), 1, 1),
            until: end(year(found.days.keys().next_back()), 12, 31),
            days: found.days,
        })
    }
}

fn unsound(file: &Path, line: usize, reason: &str) -> CliError {
    CliError::new(Exit::Damaged, "calendar.invalid", one_line(reason))
        .at(shown(file), line, 1)
        .hint("mend the file, or write the list by hand; `casebook calendar import -n us` shows what one looks like")
}
