//! `log`: entries, newest first, of all tickets, of one, or of those that match a query.

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
use crate::store::short_id::short_suffix;
use crate::view;

/// The fields of an entry.
const FIELDS: RecordFields = RecordFields { fields: view::json::ENTRY_FIELDS, columns: view::log::COLUMNS };

/// Show the entries of tickets, newest first.
///
/// The tickets are all tickets of the desk, or those that match the query. The first argument may name one ticket: by
/// its id, a part of it, or the id it was imported under.
///
/// On a terminal it prints a line per entry; in a pipe, columns separated by tabs: time, ticket, entry, person, role,
/// action, from, to, first line of text. In JSON an entry has the fields of its file, and `ticket`.
#[derive(Debug, Args)]
#[command(
    override_usage = "casebook log [OPTIONS] [TICKET] [QUERY]...",
    after_help = "Examples:\n  casebook log --since 7d\n  casebook log status:open --org acme --since 7d\n  casebook log 9SEDQR --jsonl=at,by,action,text"
)]
pub struct LogArgs {
    /// Only entries since then: a duration before now (7d, 4h30m), a date, or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl LogArgs {
    pub(super) fn run(mut self, session: &Session) -> Result<Exit, CliError> {
        let format = self.form.chosen(&FIELDS, session)?;
        if matches!(format, OutputFormat::FieldNames) {
            return FIELDS.list(session);
        }
        let desk = session.desk()?;
        let since = self.since.as_deref().map(|text| parse_since(session, &desk, text)).transpose()?;
        let ticket = self.query.take_ticket(session, &desk)?;
        let query = self.query.query(session, &desk)?;
        let is_recent =
            |ticket: &Ticket| since.is_none_or(|since| ticket.history.iter().any(|entry| entry.at >= since));
        let recent = |ticket: Ticket| Some(ticket).filter(&is_recent);
        let found = desk.read().query_tickets(&query, ticket, session.actor()?, &|_| true, recent)?;
        if found.tickets.is_empty() && matches!(format, OutputFormat::Text) {
            session.warn_unknown_values(&desk, &query)?;
        }
        let short_ids: Vec<String> = found.tickets.iter().map(|ticket| short_suffix(ticket.id)).collect();
        let rows: Vec<(&str, &Ticket)> = short_ids.iter().map(String::as_str).zip(&found.tickets).collect();
        let viewer = session.viewer(&desk)?;
        match format {
            OutputFormat::Text if session.output.is_terminal => {
                let zone = session.zone(&desk)?;
                let text = view::log::render_table(&rows, since, &session.audience(&desk, &zone)?);
                return Ok(session.output.print_paged(
                    &text,
                    desk.root(),
                    session.report_unreadable(&desk, &found.unreadable),
                )?);
            }
            OutputFormat::Text => session.output.print(&view::log::render_tsv(&rows, since, viewer))?,
            format => format.print(session, view::log::to_json_records(&rows, since, viewer))?,
        }
        Ok(session.report_unreadable(&desk, &found.unreadable))
    }
}

/// Parses a duration before now, or a time as people type it, in the desk's zone.
fn parse_since(session: &Session, desk: &Desk, text: &str) -> Result<DateTime<Utc>, CliError> {
    let earlier = duration::parse_duration(text).and_then(|span| session.environment.now.checked_sub_signed(span));
    earlier.map_or_else(|| session.when(desk, text), Ok)
}
