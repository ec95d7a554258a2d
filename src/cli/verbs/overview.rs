//! The overview of the desk, which `casebook` prints without a verb.

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::vocabulary::Status;
use crate::error::Error;
use crate::store::git::GitError;
use crate::view;
use crate::view::overview::Overview;

/// The note that a command was interrupted.
pub(super) const INTERRUPTED: &str =
    "note: a command was interrupted; the next command that writes completes it or rolls it back";

/// Prints the number of tickets by status, and the tickets that need attention.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, CliError> {
    let (desk, now) = (session.desk()?, session.environment.now);
    let view = session.view(&desk)?;
    let found = view.summaries()?;
    let clocks = session.clocks(&view, now, true);
    let mut overview = Overview::default();
    for ticket in found.rows.iter() {
        let is_unsolved = ticket.header.status != Status::Solved;
        overview.count(&ticket, if is_unsolved { clocks.next(&ticket) } else { None }, now);
    }
    let audience = session.audience(&desk)?;
    let mut text = String::new();
    if !desk.config().name.is_empty() {
        text.push_str(&format!("{}\n", view::sanitize::one_line(&desk.config().name)));
    }
    let short_id = |id| view.short_id(id);
    let oldest_open = overview.oldest_open.as_ref().map(|ticket| short_id(ticket.id)).transpose()?;
    let most_urgent = overview.most_urgent.as_ref().map(|(id, _)| short_id(*id)).transpose()?;
    text.push_str(&overview.render(&oldest_open.unwrap_or_default(), &most_urgent.unwrap_or_default(), &audience));
    // The overview is useful even if git does not answer.
    let uncommitted = view.uncommitted().unwrap_or_else(|error| {
        if matches!(error, Error::Git { refusal: GitError::Distrusted { .. } }) {
            CliError::from(error).print(session.wants_json);
        }
        0
    });
    if uncommitted > 0 {
        let labels = audience.catalog();
        text.push_str(&format!("{}\n", labels.count(uncommitted, |counts| counts.uncommitted)));
    }
    session.output.print(&text)?;
    if view.has_interrupted_command() {
        session.output.warn(INTERRUPTED);
    }
    Ok(session.report_clock_errors(&clocks, session.report_unreadable(&found.unreadable)))
}
