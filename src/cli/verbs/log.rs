//! `log`: what happened, newest first, over all tickets, one, or those a query means.

use chrono::{DateTime, Utc};
use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::ticket::Ticket;
use crate::domain::time::duration;
use crate::store::layout::short_suffix;
use crate::view;

/// What entries have.
const SHAPE: RecordFields = RecordFields { fields: view::json::ENTRY_FIELDS, columns: view::log::COLUMNS };

/// What happened, newest first, on all tickets or on those a query means.
///
/// The first word may name one ticket: by its id, a part of it, or the id it was imported under.
///
/// On a terminal a line per entry; in a pipe with tabs between: time, ticket, entry, person, role, action, from,
/// to, first line of text. In JSON an entry has the fields of its file, and `ticket`.
#[derive(Debug, Args)]
#[command(
    override_usage = "casebook log [OPTIONS] [TICKET] [QUERY]...",
    after_help = "Examples:\n  casebook log --since 7d\n  casebook log status:open --org acme --since 7d\n  casebook log 9SEDQR --jsonl=at,by,action,text"
)]
pub struct LogArgs {
    /// Only what happened since then: a span back from now (7d, 4h30m), a date, or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl LogArgs {
    pub(super) fn run(mut self, session: &Session) -> Result<Exit, CliError> {
        let chosen = self.form.chosen(&SHAPE, session)?;
        if matches!(chosen, OutputFormat::Names) {
            return SHAPE.list(session);
        }
        let casebook = session.casebook()?;
        let since = self.since.as_deref().map(|words| since(session, &casebook, words)).transpose()?;
        let one = self.query.take_ticket(session, &casebook)?;
        let query = self.query.query(session, &casebook)?;
        let is_recent =
            |ticket: &Ticket| since.is_none_or(|since| ticket.history.iter().any(|entry| entry.at >= since));
        let recent = |ticket: Ticket| Some(ticket).filter(&is_recent);
        let census = casebook.read().query_tickets(&query, one, session.actor()?, &|_| true, recent)?;
        if census.tickets.is_empty() && matches!(chosen, OutputFormat::Words) {
            session.warn_unknown_values(&casebook, &query)?;
        }
        let short: Vec<String> = census.tickets.iter().map(|ticket| short_suffix(ticket.id)).collect();
        let rows: Vec<(&str, &Ticket)> = short.iter().map(String::as_str).zip(&census.tickets).collect();
        let viewer = session.viewer(&casebook)?;
        match chosen {
            OutputFormat::Words if session.output.is_terminal => {
                let zone = session.zone(&casebook)?;
                let told = view::log::render_table(&rows, since, &session.audience(&casebook, &zone)?);
                return Ok(session.output.print_paged(
                    &told,
                    casebook.root(),
                    session.report_unreadable(&casebook, &census.troubles),
                )?);
            }
            OutputFormat::Words => session.output.print(&view::log::render_tsv(&rows, since, viewer))?,
            chosen => chosen.print(session, view::log::to_json_records(&rows, since, viewer))?,
        }
        Ok(session.report_unreadable(&casebook, &census.troubles))
    }
}

/// An instant in the past: a span back from now, or a time as people type it.
fn since(session: &Session, casebook: &Desk, words: &str) -> Result<DateTime<Utc>, CliError> {
    let back = duration::parse_duration(words).and_then(|span| session.world.now.checked_sub_signed(span));
    back.map_or_else(|| session.when(casebook, words), Ok)
}
