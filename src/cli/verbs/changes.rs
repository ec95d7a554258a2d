//! `changes`: what happened to tickets between two revisions of git.

use clap::Args;
use serde_json::Value;

use super::show::lists_fields;
use crate::cli::Exit;
use crate::cli::args::output_format::{OutputFormat, RecordFields};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::RevisionRange;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::layout::short_suffix;
use crate::view;

/// What tickets that changed have.
const SHAPE: RecordFields = RecordFields { fields: view::changes::FIELDS, columns: view::changes::FIELDS };

/// What happened to tickets between two revisions of git.
///
/// Every entry that is in B and not in A, the oldest first in each ticket; entries that were removed or rewritten are
/// named as such, and so is a file that changed without an entry. What is not committed does not count. In a pipe with
/// tabs between: added, removed, rewritten or edited; time, ticket, entry, person, role, action, from, to.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook changes\n  casebook changes main...HEAD --markdown\n  casebook changes v1..v2 --json"
)]
pub struct ChangesArgs {
    /// A..B, A...B (since B parted from A), or A alone (A..HEAD) [default: HEAD~1..HEAD, the last commit]
    #[arg(value_name = "A..B")]
    stretch: Option<String>,
    /// Markdown, for a comment on a pull request; nobody is notified by it
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print a JSON array of tickets; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
}

impl ChangesArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        if lists_fields(self.json.as_deref()) {
            return SHAPE.list(session);
        }
        let chosen = self.json.as_deref().map_or(Ok(OutputFormat::Words), |fields| SHAPE.of(fields))?;
        let casebook = session.casebook()?;
        let census =
            casebook.read().compared(&stretch(self.stretch.as_deref())?, session.actor()?).map_err(range_error)?;
        let compared = census.tickets.as_slice();
        let viewer = session.viewer(&casebook)?;
        let zone = session.zone(&casebook)?;
        let audience = session.audience(&casebook, &zone)?;
        let short: Vec<String> = compared.iter().map(|compared| short_suffix(compared.id)).collect();
        if self.markdown {
            session.output.print(&view::changes::markdown(compared, &short, &audience))?;
        } else if matches!(chosen, OutputFormat::Json(_)) {
            let records = compared.iter().map(|compared| view::changes::to_json(compared, viewer));
            chosen.print(session, records.collect::<Vec<serde_json::Map<String, Value>>>())?;
        } else if session.output.is_terminal {
            let told = view::changes::render_table(compared, &short, &audience);
            return Ok(session.output.print_paged(
                &told,
                casebook.root(),
                session.report_unreadable(&casebook, &census.troubles),
            )?);
        } else {
            session.output.print(&view::changes::render_tsv(compared, viewer))?;
        }
        Ok(session.report_unreadable(&casebook, &census.troubles))
    }
}

/// `A..B` as git reads it: a side left out is HEAD.
///
/// # Errors
/// Neither side is there, or HEAD alone, as where a script has no value for them: nothing would be looked at, and found
/// sound.
pub(super) fn stretch(words: Option<&str>) -> Result<RevisionRange, Error> {
    let is_nothing = |words: &&str| {
        let end = words.trim_start_matches('.');
        end.is_empty() || end.len() < words.len() && matches!(end, "HEAD" | "@")
    };
    if let Some(words) = words.map(str::trim).filter(is_nothing) {
        let hint = "write A..B, such as `origin/main..HEAD`; in a script, look whether its variables are set";
        return Err(Error::usage(format!("the range `{words}` begins nowhere"), hint));
    }
    let head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
    let Some(words) = words else { return Ok(RevisionRange { from: None, to: head(""), since_parting: false }) };
    let (from, to, since_parting) = match (words.split_once("..."), words.split_once("..")) {
        (Some((from, to)), _) => (from, to, true),
        (None, Some((from, to))) => (from, to, false),
        (None, None) => (words, "", false),
    };
    Ok(RevisionRange { from: Some(head(from)), to: head(to), since_parting })
}

pub(super) fn range_error(error: Error) -> CliError {
    match error {
        Error::NoRevision { revision, refusal: GitError::Refused { .. } } => Error::usage(
            format!("git knows no revision `{revision}`"),
            "`git log` shows them; in CI, let the checkout fetch more than the last commit",
        )
        .into(),
        other => other.into(),
    }
}
