//! `sync`: fetch, merge, check, push.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::merge_file;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::error::sync::refused;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{SyncOptions, SyncReport};
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::layout::short_suffix;
use crate::view::findings::object;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// So many broken places are named; more are counted.
const NAMED: usize = 8;

/// Bring the desk together with its remote.
///
/// That is: fetch, merge, check, push, and again where the remote has moved.
///
/// Tickets are merged by their histories, also where git was not told how. What you have not committed stays as it is; a
/// merge that would need a person is taken back. What check calls an error is not pushed.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The remote [default: that of the branch, else origin]
    #[arg(long, value_name = "REMOTE")]
    remote: Option<String>,
    /// How many seconds it may take
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    deadline: u64,
    /// Say what would be done; only git's remote-tracking branches are brought up to date
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

impl SyncArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut casebook = session.casebook()?;
        let syncing = SyncOptions {
            remote: self.remote.clone(),
            program: program(),
            deadline: Duration::from_secs(self.deadline),
        };
        let done = if self.dry_run { syncing.preview(&casebook) } else { syncing.run(&mut casebook) };
        session.print_recovery(&casebook);
        let synced = done.map_err(|error| match error {
            Error::Git { refusal: GitError::Refused { said } } => {
                refused(&said).hint("nothing of yours has changed; mend what git names, then `casebook sync` again")
            }
            other => other.into(),
        })?;
        if self.json {
            session.output.json(&to_json(&synced))?;
        } else {
            let SyncReport { remote, branch, received, sent, .. } = &synced;
            let said = match (received, sent) {
                (0, 0) => "nothing new".to_owned(),
                _ if self.dry_run => {
                    format!("would receive {} and send {}", count(*received, "commit"), count(*sent, "commit"))
                }
                _ => format!("{} received, {} sent", count(*received, "commit"), count(*sent, "commit")),
            };
            session.output.status(&one_line(&format!("{remote}/{branch}: {said}")))?;
        }
        self.print_remote(session, &synced);
        for (ticket, crossings) in &synced.crossed {
            merge_file::print_concurrent(session, &short_suffix(ticket.id), ticket, crossings);
        }
        if synced.uncommitted > 0 {
            let are = if synced.uncommitted == 1 { "is" } else { "are" };
            let tickets = count(synced.uncommitted, "ticket");
            session.output.warn(&format!(
                "note: {tickets} {are} changed and not committed, and so not sent; `git add tickets && git commit`, then sync again"
            ));
        }
        if !synced.loose.is_empty() {
            session.output.warn("note: links between tickets have come apart; `casebook check` names them, `casebook resolve` mends them");
        }
        self.print_broken_files(session, &synced);
        for error in &synced.errors {
            // The line is that of the commit.
            let place = format!("{}:{}:{}", error.path, error.line, error.column);
            session.output.error_line(&one_line(&format!("casebook: {place}: {}", error.message)));
        }
        if synced.errors.is_empty() {
            return Ok(Exit::Done);
        }
        let nothing = if self.dry_run { "nothing would be pushed" } else { "nothing was pushed" };
        session.output.error_line(&format!("  {nothing}; `casebook resolve` mends links between tickets, `casebook check` shows all; then `casebook sync` again"));
        Ok(Exit::Found)
    }
}

impl SyncArgs {
    /// What came that is not sound: others let it through, and nothing of one's own is held back for it.
    fn print_broken_files(&self, session: &Session, synced: &SyncReport) {
        for Finding { rule, path, line, column, message, .. } in synced.broken.iter().take(NAMED) {
            let came = if self.dry_run { "would come" } else { "came" };
            let said =
                format!("warning: {path}:{line}:{column}: {} ({}) {came} broken: {message}", rule.code, rule.word);
            session.output.warn(&one_line(&said));
        }
        if !synced.broken.is_empty() {
            let more = synced.broken.len().saturating_sub(NAMED);
            let more = if more > 0 { format!("and {more} more; ") } else { String::new() };
            let SyncReport { remote, branch, .. } = synced;
            let advice =
                if self.dry_run { "after the sync, `casebook check` shows all" } else { "`casebook check` shows all" };
            let said = format!(
                "  {more}that is in {remote}/{branch} already, and nothing is held back for it; {advice}, `casebook guard` on the server would refuse it"
            );
            session.output.warn(&one_line(&said));
        }
    }

    /// What the remote has lost since it was last asked.
    fn print_remote(&self, session: &Session, synced: &SyncReport) {
        let SyncReport { remote, branch, .. } = synced;
        if synced.is_new && synced.errors.is_empty() && synced.sent > 0 {
            let made = if self.dry_run { "would be made" } else { "was made" };
            session.output.warn(&one_line(&format!("note: {remote} had no branch {branch}; it {made}")));
        }
        if synced.gone > 0 {
            let gone = count(synced.gone, "commit");
            let message = format!(
                "note: {remote}/{branch} had {gone} more when it was last asked, and has them no longer; those that are here are sent again: if they were taken away on purpose, ask who did it"
            );
            session.output.warn(&one_line(&message));
        }
    }
}

fn to_json(synced: &SyncReport) -> Value {
    let crossed = synced.crossed.iter().flat_map(|(ticket, crossings)| {
        let one = |entry: &crate::domain::convergence::union::ConcurrentEntry| {
            json!({"ticket": ticket.id.to_string(), "entry": entry.entry.to_string(), "beside": entry.other.to_string()})
        };
        crossings.iter().map(one).collect::<Vec<_>>()
    });
    json!({
        "remote": synced.remote,
        "branch": synced.branch,
        "received": synced.received,
        "sent": synced.sent,
        "concurrent": crossed.collect::<Vec<_>>(),
        "uncommitted": synced.uncommitted,
        "loose": synced.loose.len(),
        "errors": synced.errors.len(),
        "broken": synced.broken.iter().map(object).collect::<Vec<_>>(),
    })
}
