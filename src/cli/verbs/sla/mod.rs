//! `sla`: what is due and overdue, what burns first at the top; and why, interval by interval.

mod ci_report;
mod explain;

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::report::findings::one_file_each;
use crate::cli::session::Session;
use crate::desk::{Desk, DueClocks, DueOptions};
use crate::domain::query::AsOf;
use crate::error::Error;
use crate::view;
use crate::view::Audience;
use crate::view::sla::to_json_with_ticket;
use ci_report::{CiReportFormat, FailOn, fail_on, report};

/// What rows have.
const SHAPE: RecordFields = RecordFields { fields: view::sla::FIELDS, columns: view::sla::FIELDS };

/// Tell what is due and overdue, what burns first at the top.
///
/// Each clock that is owed still has a row. On a terminal a table; in a pipe one line per clock with tabs between: id, metric, state, due_at, remaining_seconds,
/// target_seconds, calendar. Seconds are counted in the calendar's open time. With a condition on clocks (`due:`,
/// `is:overdue`) only the clocks it means are told. docs/slas.md says how clocks run.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook sla --due 2h\n  casebook sla --explain 7S1W1X\n  casebook sla org:acme --now 'friday 17:00'\n  casebook sla --fail-on breached --report github=- --report summary=$GITHUB_STEP_SUMMARY"
)]
pub struct SlaArgs {
    /// Print one ticket's clocks as intervals, each counted or skipped and why
    #[arg(long, value_name = "TICKET", conflicts_with_all = ["words", "all", "fail_on", "report", "limit"])]
    explain: Option<String>,
    /// Clocks that were stopped, too
    #[arg(long)]
    all: bool,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// As it was or will be then; the same as `as-of:` for the past
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    now: Option<String>,
    /// End with 1 if something told is overdue (breached), or due within a span as well (due:2h)
    #[arg(long, value_name = "breached|due:SPAN", value_parser = fail_on)]
    fail_on: Option<FailOn>,
    /// Write what fails into a file, `-` for standard output: github (annotations), gitlab (code quality), junit,
    /// sarif, summary (Markdown, added at the end of the file); can be given several times
    #[arg(long, value_name = "FORM=FILE", value_parser = report)]
    report: Vec<(CiReportFormat, PathBuf)>,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl SlaArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let chosen = self.form.chosen(&SHAPE, session)?;
        if matches!(chosen, OutputFormat::Names) {
            return SHAPE.list(session);
        }
        one_file_each(self.report.iter().map(|(_, file)| file))?;
        let casebook = session.casebook()?;
        let now = self.now.as_deref().map(|words| session.when(&casebook, words)).transpose()?;
        let mut query = self.query.query_at(session, &casebook, now.unwrap_or(session.world.now))?;
        if query.as_of.is_some() && now.is_some() {
            let hint = "leave one of them out; `as-of:` takes days and revisions, --now instants too";
            return Err(Error::usage("`as-of:` and --now both say at which moment to look", hint).into());
        }
        if query.as_of.is_none() {
            query.as_of = now.filter(|now| *now < session.world.now).map(AsOf::Instant);
        }
        // A moment ahead is the present as far as histories go.
        let moment = match (&query.as_of, now) {
            (None, Some(now)) => now,
            _ => casebook.sla().query_time(&query)?,
        };
        let promises = casebook.sla().at(moment)?.for_viewer(session.actor()?);
        if let Some(word) = &self.explain {
            return explain::run(session, &casebook, &promises, word, &query, &chosen);
        }
        let for_people = matches!(chosen, OutputFormat::Words) && session.output.is_terminal;
        let fails = self.fail_on.is_some() || !self.report.is_empty();
        let asked = DueOptions { with_stopped: self.all, with_rows: for_people || fails };
        let mut owing = casebook.sla().due_clocks(&query, session.actor()?, &promises, asked)?;
        let failing = if fails { self.fail_on.unwrap_or_default().select(&owing, promises.now) } else { Vec::new() };
        let count = owing.clocks.len();
        if count == 0 && matches!(chosen, OutputFormat::Words) {
            session.warn_unknown_values(&casebook, &query)?;
        }
        owing.clocks.truncate(self.limit.unwrap_or(usize::MAX));
        let told = print_clocks(session, &casebook, &owing, &chosen, moment)?;
        let folder = if self.report.is_empty() { String::new() } else { casebook.folder_in_repository()? };
        for (form, file) in &self.report {
            form.write(session, &failing, file, (count, &folder))?;
        }
        let exit = session.report_unreadable(&casebook, &owing.troubles);
        let exit = if self.fail_on.is_some() && !failing.is_empty() { Exit::Found } else { exit };
        match told {
            Some(told) => Ok(session.output.print_paged(&told, casebook.root(), exit)?),
            None => Ok(exit),
        }
    }
}

/// Prints clocks in the form that was chosen; gives back what people may turn pages of.
fn print_clocks(
    session: &Session,
    casebook: &Desk,
    owing: &DueClocks,
    chosen: &OutputFormat,
    moment: chrono::DateTime<chrono::Utc>,
) -> Result<Option<String>, CliError> {
    match chosen {
        OutputFormat::Words if session.output.is_terminal => {
            let zone = session.zone(casebook)?;
            let audience = Audience { now: moment, ..session.audience(casebook, &zone)? };
            let short_ids = casebook.read().short_ids(owing.clocks.iter().map(|owed| owed.ticket), session.actor()?)?;
            let rows = owing.clocks.iter().filter_map(|owed| Some((owing.rows.of(owed.ticket)?, &owed.clock)));
            return Ok(Some(view::sla::render_table(rows, &short_ids, &audience)));
        }
        OutputFormat::Words => {
            let mut stream = session.output.stream();
            owing.clocks.iter().try_for_each(|owed| stream.push(&view::sla::render_tsv(owed.ticket, &owed.clock)))?;
            stream.end()?;
        }
        chosen => {
            chosen.print(session, owing.clocks.iter().map(|owed| to_json_with_ticket(owed.ticket, &owed.clock)))?
        }
    }
    Ok(None)
}
