//! `search`: finds text in the subjects and entries of tickets.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, RecordFields};
use crate::cli::args::query::{QueryFlags, unescape};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::SearchRequest;
use crate::domain::query::search::{MatchMode, Pattern, PatternError};
use crate::domain::ticket::texts::TicketTexts;
use crate::store::short_id;
use crate::view::search_results;

/// The fields of a ticket with hits.
const TICKETS: RecordFields = RecordFields { fields: search_results::FIELDS, columns: search_results::COLUMNS };
/// The fields of a hit, in formats with a row per hit.
const HITS: RecordFields = RecordFields { fields: search_results::HIT_FIELDS, columns: search_results::COLUMNS };

/// Find text in the subjects and entries of tickets.
///
/// TEXT is searched for literally, on one line, and ignoring case. On a terminal the hits are printed with the lines
/// around them; in a pipe, one line per line with hits, with columns separated by tabs: id, entry, line number, line.
/// For a hit in the subject, entry and line number are empty. Redacted text is not found, and customers find nothing in
/// internal notes. If there are no hits, nothing is printed and the exit code is 0.
///
/// In `--json` each ticket has `hits` with `entry`, `line`, `text` and `ranges`, which count characters from 0;
/// `--csv` and `--format` have a row for each line with hits.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook search timeout is:unsolved\n  casebook search --regex 'error [45]\\d\\d' --org acme\n  casebook search 'two mails' --json=id,hits"
)]
pub struct SearchArgs {
    /// The text to search for
    #[arg(value_name = "TEXT")]
    text: String,
    /// TEXT is a regular expression of Rust's `regex`; `(?-i)` makes it case-sensitive
    #[arg(long)]
    regex: bool,
    /// Only whole words: not next to a letter or digit
    #[arg(long)]
    word: bool,
    /// The number of lines to print around each hit on a terminal
    #[arg(long, value_name = "N", default_value_t = 1)]
    context: usize,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
}

impl SearchArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let is_flat = self.form.is_flat();
        let fields = if is_flat { &HITS } else { &TICKETS };
        let Some(format) = self.form.chosen(fields, session)? else { return Ok(Exit::Done) };
        let mode = MatchMode { is_regex: self.regex, whole_words: self.word };
        let pattern = Pattern::parse(unescape(&self.text), mode).map_err(|error| pattern_error(&error))?;
        let desk = session.desk()?;
        let query = self.query.query(session, &desk)?;
        let view = session.view_of_lists(&desk)?;
        let for_people = format.is_for_people(session);
        let context = if for_people { self.context } else { 0 };
        let find = |texts: &TicketTexts<'_>| search_results::find(texts, &pattern, context);
        let search = SearchRequest { query: &query, pattern: &pattern, find: &find };
        if for_people {
            let mut results = Vec::new();
            let unreadable = view.search_tickets(&search, |ticket| {
                results.push(ticket);
                Ok::<_, CliError>(())
            })?;
            let short_ids = view.short_ids(results.iter().map(|ticket| ticket.id))?;
            let text = search_results::render_table(&results, &short_ids, &session.audience(&desk)?);
            let exit = session.report_unreadable(&unreadable);
            return session.print_found(&view, &text, "no text matches", exit);
        }
        let unreadable = if format.is_text() {
            let mut stream = session.output.stream();
            // Rendered where it is found, on every processor.
            let find = |texts: &TicketTexts<'_>| find(texts).map(|ticket| search_results::render_tsv(&ticket));
            let search = SearchRequest { query: &query, pattern: &pattern, find: &find };
            let unreadable = view.search_tickets(&search, |lines: String| stream.push(&lines))?;
            stream.end()?;
            unreadable
        } else {
            let ids = if format.asks_for("short_id") { view.ids()? } else { Vec::new() };
            let short_ids = short_id::short_ids(&ids);
            let short_id = |id| ids.binary_search(&id).map_or("", |index| &short_ids[index]);
            let mut printer = format.printer(session)?;
            let unreadable = view.search_tickets(&search, |ticket| match is_flat {
                true => search_results::hits_to_json(&ticket, short_id(ticket.id))
                    .into_iter()
                    .try_for_each(|hit| printer.push(hit)),
                false => printer.push(search_results::to_json(&ticket, short_id(ticket.id))),
            })?;
            printer.end()?;
            unreadable
        };
        Ok(session.report_unreadable(&unreadable))
    }
}

/// Returns the error for an invalid text to search for.
fn pattern_error(error: &PatternError) -> CliError {
    let (message, hint) = match error {
        PatternError::Empty => ("the text to search for is empty", "give a text: `casebook search timeout`".to_owned()),
        PatternError::InvalidRegex(reason) => ("the regular expression is invalid", reason.clone()),
    };
    CliError::usage(message, hint)
}
