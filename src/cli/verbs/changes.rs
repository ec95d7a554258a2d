//! `changes`: the entries that were added to tickets between two revisions.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::output_format::RecordFields;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::RevisionRange;
use crate::error::Error;
use crate::store::git::GitError;
use crate::view;

/// The fields of a changed ticket.
const FIELDS: RecordFields = RecordFields { fields: view::changes::FIELDS, columns: view::changes::FIELDS };

/// Show the changes of tickets between two revisions.
///
/// Every entry that is in B and not in A is printed, the oldest first in each ticket; entries that were removed or
/// rewritten are marked, and so is a file that changed without an entry. Uncommitted changes are ignored. In a pipe, the
/// columns are separated by tabs: added, removed, rewritten or edited; time, ticket, entry, person, role, action, from,
/// to.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook changes\n  casebook changes main...HEAD --markdown\n  casebook changes v1..v2 --json"
)]
pub struct ChangesArgs {
    /// A..B, A...B (from their merge base to B), or A (A..HEAD) [default: HEAD~1..HEAD, the last commit]
    #[arg(value_name = "A..B")]
    range: Option<String>,
    /// Print Markdown for a comment on a pull request; it notifies no user
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print a JSON array of tickets; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
}

impl ChangesArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = FIELDS.json_or_text(self.json.as_deref(), session)? else { return Ok(Exit::Done) };
        let desk = session.desk()?;
        let range = parse_range(self.range.as_deref())?;
        let view = session.view_of_lists(&desk)?;
        let found = view.ticket_diffs(&range).map_err(range_error)?;
        let diffs = found.tickets.as_slice();
        let audience = session.audience(&desk)?;
        if self.markdown {
            session.output.print(&view::changes::markdown(diffs, &audience))?;
        } else if !format.is_text() {
            format.print(session, diffs.iter().map(view::changes::to_json))?;
        } else if session.output.is_terminal {
            let text = view::changes::render_table(diffs, &audience);
            let exit = session.report_unreadable(&found.unreadable);
            return session.print_found(&view, &text, "no ticket differs", exit);
        } else {
            session.output.print(&view::changes::render_tsv(diffs))?;
        }
        Ok(session.report_unreadable(&found.unreadable))
    }
}

/// Parses `A..B` as git does: a missing side is HEAD.
///
/// # Errors
/// The range has no sides, or only HEAD as its end. A script with an empty variable would otherwise check nothing and
/// report success.
pub(super) fn parse_range(range: Option<&str>) -> Result<RevisionRange, Error> {
    let is_empty = |range: &&str| {
        let end = range.trim_start_matches('.');
        end.is_empty() || end.len() < range.len() && matches!(end, "HEAD" | "@")
    };
    if let Some(range) = range.map(str::trim).filter(is_empty) {
        let hint = "write A..B, such as `origin/main..HEAD`; in a script, check that its variables are set";
        return Err(Error::usage(format!("the range `{range}` has no beginning"), hint));
    }
    let head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
    let Some(range) = range else { return Ok(RevisionRange { from: None, to: head(""), since_merge_base: false }) };
    let (from, to, since_merge_base) = match (range.split_once("..."), range.split_once("..")) {
        (Some((from, to)), _) => (from, to, true),
        (None, Some((from, to))) => (from, to, false),
        (None, None) => (range, "", false),
    };
    Ok(RevisionRange { from: Some(head(from)), to: head(to), since_merge_base })
}

/// Turns an unknown revision of a range into a usage error, and any other error into its own.
pub(super) fn range_error(error: Error) -> CliError {
    match error {
        Error::NoRevision { revision, refusal: GitError::Refused { .. } } => CliError::usage(
            format!("git knows no revision `{revision}`"),
            "`git log` lists revisions; in CI, let the checkout fetch more than the last commit",
        ),
        other => other.into(),
    }
}
