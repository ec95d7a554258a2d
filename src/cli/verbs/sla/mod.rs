//! `sla`: lists SLA clocks, most urgent first, and explains those of one ticket.

mod ci_report;
mod explain;

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::report::findings::one_file_each;
use crate::cli::session::Session;
use crate::desk::{DueClocks, DueOptions, TicketClock, folder_in_repository};
use crate::domain::query::AsOf;
use crate::view;
use crate::view::Audience;
use crate::view::sla::to_json_with_ticket;
use ci_report::{CiReportFormat, FailOn, fail_on, report};

/// The fields of a clock.
const FIELDS: RecordFields = RecordFields { fields: view::sla::FIELDS, columns: view::sla::FIELDS };

/// List SLA clocks, most urgent first.
///
/// Each clock that is still due has a row. On a terminal it prints a table; in a pipe, one line per clock with columns
/// separated by tabs: id, metric, state, due_at, remaining_seconds, target_seconds, calendar. Seconds are counted in the
/// calendar's open time. With a condition on clocks (`due:`, `is:overdue`) only the clocks that meet it are listed.
/// docs/slas.md describes how clocks run.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook sla --due 2h\n  casebook sla --explain 7S1W1X\n  casebook sla org:acme --now 'friday 17:00'\n  casebook sla --fail-on breached --report github=- --report summary=$GITHUB_STEP_SUMMARY"
)]
pub struct SlaArgs {
    /// Explain the clocks of one ticket: its intervals, each counted or skipped, and why
    #[arg(long, value_name = "TICKET", conflicts_with_all = ["words", "all", "fail_on", "report", "limit"])]
    explain: Option<String>,
    /// Include stopped clocks
    #[arg(long)]
    all: bool,
    /// The largest number of clocks to print
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// The instant to look at, in the past or future; for the past the same as `as-of:`
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    now: Option<String>,
    /// Exit with 1 if a listed clock is breached, or also if it is due within a duration (due:2h)
    #[arg(long, value_name = "breached|due:SPAN", value_parser = fail_on)]
    fail_on: Option<FailOn>,
    /// Write the clocks that fail into a file, `-` for standard output: github (annotations), gitlab (code quality), junit,
    /// sarif, summary (Markdown, appended to the file); can be given several times
    #[arg(long, value_name = "FORM=FILE", value_parser = report)]
    report: Vec<(CiReportFormat, PathBuf)>,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl SlaArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = self.form.chosen(&FIELDS, session)? else { return Ok(Exit::Done) };
        one_file_each(self.report.iter().map(|(_, file)| file))?;
        let desk = session.desk()?;
        let now = self.now.as_deref().map(|text| session.when(&desk, text)).transpose()?;
        let mut query = self.query.query_at(session, &desk, now.unwrap_or(session.environment.now))?;
        if query.as_of.is_some() && now.is_some() {
            let hint = "leave one of them out; `as-of:` takes days and revisions, --now also instants";
            return Err(CliError::usage("`as-of:` and --now both give an instant", hint));
        }
        if query.as_of.is_none() {
            query.as_of = now.filter(|now| *now < session.environment.now).map(AsOf::Instant);
        }
        let fails = self.fail_on.is_some() || !self.report.is_empty();
        let view = match fails {
            true => session.view_of_gates(&desk, "`sla --fail-on` or `--report`")?,
            false if self.explain.is_some() => session.view(&desk)?,
            false => session.view_of_lists(&desk)?,
        };
        // For an instant in the future, the histories are those of the present.
        let instant = match (&query.as_of, now) {
            (None, Some(now)) => now,
            _ => view.query_time(&query)?,
        };
        let evaluator = view.evaluator_at(instant)?;
        if let Some(ticket) = &self.explain {
            return explain::run(session, &view, &evaluator, ticket, &query, &format);
        }
        let for_people = format.is_for_people(session);
        let options = DueOptions { with_stopped: self.all, with_rows: for_people || fails };
        let DueClocks { mut clocks, rows, unreadable } = view.due_clocks(&query, &evaluator, options)?;
        let fail_on = self.fail_on.unwrap_or_default();
        let findings = if fails { fail_on.select(&clocks, &rows, evaluator.now) } else { Vec::new() };
        let count = clocks.len();
        if count == 0 && format.is_text() {
            session.warn_unknown_values(&view, &query)?;
        }
        clocks.truncate(self.limit.unwrap_or(usize::MAX));
        if !for_people {
            let tsv = |due: &&TicketClock| view::sla::render_tsv(due.ticket, &due.clock);
            format.print_rows(session, &clocks, tsv, |due| to_json_with_ticket(due.ticket, &due.clock))?;
        }
        let folder = if self.report.is_empty() { String::new() } else { folder_in_repository(&desk)? };
        for (report_format, file) in &self.report {
            report_format.write(session, &findings, file, (count, &folder))?;
        }
        let exit = session.report_unreadable(&unreadable);
        let exit = if self.fail_on.is_some() && !findings.is_empty() { Exit::Found } else { exit };
        if !for_people {
            return Ok(exit);
        }
        session.look_up_names(&view, []);
        let audience = Audience { now: instant, ..session.audience(&desk)? };
        let short_ids = view.short_ids(clocks.iter().map(|due| due.ticket))?;
        let rows = clocks.iter().filter_map(|due| Some((rows.of(due.ticket)?, &due.clock)));
        let text = view::sla::render_table(rows, &short_ids, &audience);
        session.print_found(&view, &text, "no clock matches", exit)
    }
}
