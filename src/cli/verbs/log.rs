//! `log`: entries, newest first, of all tickets, of one, or of those that match a query.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::Ticket;
use crate::view::json::ENTRY_FIELDS;
use crate::view::log::{COLUMNS, newest_first, render_table, render_tsv, to_json};

/// The fields of an entry.
const FIELDS: RecordFields = RecordFields { fields: ENTRY_FIELDS, columns: COLUMNS };

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
    /// Only entries since then: a duration before now (7d, 4h30m), a date, yesterday, friday (the last one), or a time
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// The largest number of entries to print
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl LogArgs {
    pub(super) fn run(mut self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = self.form.chosen(&FIELDS, session)? else { return Ok(Exit::Done) };
        let desk = session.desk()?;
        let since = self.since.as_deref().map(|text| session.past_time(&desk, "--since", text)).transpose()?;
        let view = session.view(&desk)?;
        let ticket = self.query.take_ticket(session, &view)?;
        if ticket.is_none() {
            session.note_partial_view(&view);
        }
        let query = self.query.query(session, &desk)?;
        let is_recent =
            |ticket: &Ticket| since.is_none_or(|since| ticket.history.iter().any(|entry| entry.at >= since));
        let found = view.query_tickets(&query, ticket, &|_| true, |ticket| Some(ticket).filter(is_recent))?;
        if found.tickets.is_empty() && format.is_text() {
            session.warn_unknown_values(&view, &query)?;
        }
        let mut lines = newest_first(&found.tickets, since);
        lines.truncate(self.limit.unwrap_or(usize::MAX));
        if format.is_for_people(session) {
            session.look_up_names(&view, found.tickets.iter().filter_map(|ticket| ticket.header.organization.clone()));
            let text = render_table(&lines, &session.audience(&desk)?);
            let exit = session.report_unreadable(&found.unreadable);
            return session.print_found(&view, &text, "no entry matches", exit);
        }
        format.print_rows(session, &lines, |line| render_tsv(line), to_json)?;
        Ok(session.report_unreadable(&found.unreadable))
    }
}
