//! `search`: words in the subjects and texts of tickets, and where they stand.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::{QueryFlags, unescape};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk;
use crate::domain::query::search::{MatchMode, Pattern, PatternError};
use crate::error::Error;
use crate::store::layout;
use crate::view::search_results;

/// What tickets with hits have.
const TICKETS: RecordFields = RecordFields { fields: search_results::FIELDS, columns: search_results::COLUMNS };
/// What hits have, where each is a row.
const HITS: RecordFields = RecordFields { fields: search_results::HIT_FIELDS, columns: search_results::COLUMNS };

/// Find words in the subjects and texts of tickets.
///
/// TEXT is looked for as it is typed, on one line, in any case. On a terminal the hits are shown with the lines around
/// them; in a pipe there is a line for each line with hits, with tabs between: id, entry, number of the line, line.
/// For a hit in the subject, entry and number are empty. Words that were redacted are not found, and customers find
/// nothing in internal notes. Where nothing is found, nothing is printed and the exit code is 0.
///
/// In `--json` each ticket has `hits` of `entry`, `line`, `text` and `ranges`, which count characters from 0;
/// `--csv` and `--format` have a row for each line with hits.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook search timeout is:unsolved\n  casebook search --regex 'error [45]\\d\\d' --org acme\n  casebook search 'two mails' --json=id,hits"
)]
pub struct SearchArgs {
    /// What to look for
    #[arg(value_name = "TEXT")]
    text: String,
    /// TEXT is a regular expression of Rust's `regex`; `(?-i)` minds case
    #[arg(long)]
    regex: bool,
    /// Only whole words: no letter or digit may touch them
    #[arg(long)]
    word: bool,
    /// On a terminal, so many lines around each hit
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
        let shape = if is_flat { &HITS } else { &TICKETS };
        let chosen = self.form.chosen(shape, session)?;
        if matches!(chosen, OutputFormat::Names) {
            return shape.list(session);
        }
        let meaning = MatchMode { is_regex: self.regex, whole_words: self.word };
        let needle = Pattern::parse(unescape(&self.text), meaning).map_err(|flaw| pattern_error(&flaw))?;
        let casebook = session.casebook()?;
        let query = self.query.query(session, &casebook)?;
        let viewer = session.viewer(&casebook)?;
        session.actor()?.map(|person| casebook.policy().memberships(person)).transpose()?;
        let for_people = matches!(chosen, OutputFormat::Words) && session.output.is_terminal;
        let context = if for_people { self.context } else { 0 };
        let search = desk::SearchRequest {
            query: &query,
            viewer: session.actor()?,
            may_hold: &|file| needle.may_match_file(file),
            find: &|ticket| search_results::find(ticket, &needle, context, viewer),
        };
        if for_people {
            let mut found = Vec::new();
            let troubles = casebook.read().searched(&search, |one| {
                found.push(one);
                Ok::<_, CliError>(())
            })?;
            let short = casebook.read().short_ids(found.iter().map(|found| found.id), session.actor()?)?;
            let zone = session.zone(&casebook)?;
            let told = search_results::render_table(&found, &short, &session.audience(&casebook, &zone)?);
            return Ok(session.output.print_paged(
                &told,
                casebook.root(),
                session.report_unreadable(&casebook, &troubles),
            )?);
        }
        let troubles = if matches!(chosen, OutputFormat::Words) {
            let mut stream = session.output.stream();
            let troubles =
                casebook.read().searched(&search, |found| stream.push(&search_results::render_tsv(&found)))?;
            stream.end()?;
            troubles
        } else {
            let ids =
                if chosen.asks_for("short_id") { casebook.read().visible_ids(session.actor()?)? } else { Vec::new() };
            let short_ids = layout::short_ids(&ids);
            let short = |id| ids.binary_search(&id).map_or("", |place| &short_ids[place]);
            let mut printer = chosen.printer(session)?;
            let troubles = casebook.read().searched(&search, |found| match is_flat {
                true => search_results::hits_to_json(&found, short(found.id))
                    .into_iter()
                    .try_for_each(|hit| printer.push(hit)),
                false => printer.push(search_results::to_json(&found, short(found.id))),
            })?;
            printer.end()?;
            troubles
        };
        Ok(session.report_unreadable(&casebook, &troubles))
    }
}

fn pattern_error(flaw: &PatternError) -> CliError {
    let (message, hint) = match flaw {
        PatternError::Empty => {
            ("there is nothing to look for", "give some words: `casebook search timeout`".to_owned())
        }
        PatternError::InvalidRegex(said) => ("the regular expression means nothing", said.clone()),
    };
    Error::usage(message, hint).into()
}
