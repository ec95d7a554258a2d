//! `sync`: fetches, merges, checks and pushes.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::merge_file;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::error::sync::refused;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::desk::{Command, Desk, SyncOptions, SyncReport, TicketCommand, WriteOptions};
use crate::domain::convergence::union::ConcurrentEntry;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::short_id::short_suffix;
use crate::view::findings::object;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// The number of damaged places that are listed; the others are only counted.
const NAMED: usize = 8;

/// Synchronize the desk with its remote.
///
/// It fetches, merges, checks and pushes, and starts again if the remote has changed meanwhile.
///
/// Tickets are merged by their histories, even if the merge driver is not configured. Uncommitted changes stay as they
/// are; a merge that would need a person is rolled back. Errors of `casebook check` are not pushed.
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The remote [default: that of the branch, else origin]
    #[arg(long, value_name = "REMOTE")]
    remote: Option<String>,
    /// The branch of the remote, also from a detached HEAD [default: that of the branch]
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
    /// The time it may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    deadline: u64,
    /// Show what would be done; only git's remote-tracking branches are updated
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl SyncArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut desk = session.desk()?;
        let options = SyncOptions {
            remote: self.remote.clone(),
            branch: self.branch.clone(),
            program: program(),
            deadline: Duration::from_secs(self.deadline),
        };
        let done = if self.dry_run { options.preview(&desk) } else { options.run(&mut desk) };
        session.print_recovery(&desk);
        let mut report = done.map_err(sync_error)?;
        if !report.same_keys.is_empty() && !self.dry_run && self.merge_same_keys(session, &mut desk, &report)? {
            let again = options.run(&mut desk).map_err(sync_error)?;
            report = SyncReport { sent: report.sent + again.sent, received: report.received + again.received, ..again };
        }
        session.print_hooks(&report.printed);
        if self.json {
            session.output.json(&to_json(&report))?;
        } else {
            let SyncReport { remote, branch, received, sent, .. } = &report;
            let message = match (received, sent) {
                (0, 0) => "nothing new".to_owned(),
                _ if self.dry_run => {
                    format!("would receive {} and send {}", count(*received, "commit"), count(*sent, "commit"))
                }
                _ => format!("{} received, {} sent", count(*received, "commit"), count(*sent, "commit")),
            };
            session.output.status(&one_line(&format!("{remote}/{branch}: {message}")))?;
        }
        self.print_remote(session, &report);
        for (ticket, concurrent) in &report.concurrent {
            merge_file::print_concurrent(session, &short_suffix(ticket.id), ticket, concurrent);
        }
        if report.uncommitted > 0 {
            let are = if report.uncommitted == 1 { "is" } else { "are" };
            let tickets = count(report.uncommitted, "ticket");
            session.output.warn(&format!(
                "note: {tickets} {are} changed but not committed, and so not sent; `git add tickets && git commit`, then `casebook sync` again"
            ));
        }
        if !report.inconsistencies.is_empty() {
            session.output.warn("note: links between tickets are inconsistent; `casebook check` lists them, `casebook resolve` relinks the tickets");
        }
        self.print_damaged_files(session, &report);
        for error in &report.errors {
            // The line is that of the file in the commit, not in the work tree.
            let place = format!("{}:{}:{}", error.path, error.line, error.column);
            session.output.error_line(&one_line(&format!("casebook: {place}: {}", error.message)));
        }
        if report.errors.is_empty() {
            return Ok(Exit::Done);
        }
        let nothing = if self.dry_run { "nothing would be pushed" } else { "nothing was pushed" };
        session.output.error_line(&format!("  {nothing}; `casebook check` lists all errors, `casebook resolve` relinks tickets; then `casebook sync` again"));
        Ok(Exit::Found)
    }

    /// Merges tickets that two clones opened with the same key, if the actor is an agent. Returns true if it merged any.
    fn merge_same_keys(&self, session: &Session, desk: &mut Desk, report: &SyncReport) -> Result<bool, CliError> {
        let Some(actor) = session.actor()?.filter(|person| desk.config().team.has_agent(person)).cloned() else {
            session.output.warn("note: tickets were opened with the same key, and only agents may merge them");
            return Ok(false);
        };
        let options = WriteOptions { commit: Some(true), ..session.write_options_for(actor) };
        let outcome = desk.perform(Command::Ticket(TicketCommand::Relink { key: None }), &options)?;
        for (younger, older) in &report.same_keys {
            if outcome.entries.iter().any(|(ticket, _)| ticket == younger) && !self.json {
                let (younger, older) = (short_suffix(*younger), short_suffix(*older));
                session.output.status(&format!("merged {younger} into {older}: both were opened with the same key"))?;
            }
        }
        Ok(!outcome.entries.is_empty())
    }

    /// Warns of received files with errors. They do not keep the user's own commits from being pushed.
    fn print_damaged_files(&self, session: &Session, report: &SyncReport) {
        for Finding { rule, path, line, column, message, .. } in report.received_errors.iter().take(NAMED) {
            let received = if self.dry_run { "to be received" } else { "received" };
            let message = format!(
                "warning: {path}:{line}:{column}: {} ({}) {received} with an error: {message}",
                rule.code, rule.word
            );
            session.output.warn(&one_line(&message));
        }
        if !report.received_errors.is_empty() {
            let more = report.received_errors.len().saturating_sub(NAMED);
            let more = if more > 0 { format!("and {more} more; ") } else { String::new() };
            let SyncReport { remote, branch, .. } = report;
            let advice = if self.dry_run {
                "after the sync, `casebook check` lists all errors"
            } else {
                "`casebook check` lists all errors"
            };
            let message = format!(
                "  {more}these errors are already in {remote}/{branch} and do not prevent the push; {advice}, `casebook guard` on the server would refuse them"
            );
            session.output.warn(&one_line(&message));
        }
    }

    /// Reports a new branch on the remote, and commits that the remote has lost since the last fetch.
    fn print_remote(&self, session: &Session, report: &SyncReport) {
        let SyncReport { remote, branch, .. } = report;
        if report.is_new && report.errors.is_empty() && report.sent > 0 {
            let created = if self.dry_run { "would be created" } else { "was created" };
            session.output.warn(&one_line(&format!("note: {remote} had no branch {branch}; it {created}")));
        }
        if report.lost > 0 {
            let lost = if report.lost == 1 {
                "1 commit is gone".to_owned()
            } else {
                format!("{} commits are gone", report.lost)
            };
            let message = format!(
                "note: {remote}/{branch} was rewritten: {lost} since the last fetch; local copies are pushed again. If the removal was intentional, contact the person who did it before the next sync"
            );
            session.output.warn(&one_line(&message));
        }
    }
}

/// Returns the result as JSON.
fn to_json(report: &SyncReport) -> Value {
    let concurrent_entries = report.concurrent.iter().flat_map(|(ticket, concurrent)| {
        let entry_json = |entry: &ConcurrentEntry| {
            json!({"ticket": ticket.id.to_string(), "entry": entry.entry.to_string(), "beside": entry.other.to_string()})
        };
        concurrent.iter().map(entry_json).collect::<Vec<_>>()
    });
    json!({
        "remote": report.remote,
        "branch": report.branch,
        "received": report.received,
        "sent": report.sent,
        "concurrent": concurrent_entries.collect::<Vec<_>>(),
        "uncommitted": report.uncommitted,
        "loose": report.inconsistencies.len(),
        "errors": report.errors.len(),
        "broken": report.received_errors.iter().map(object).collect::<Vec<_>>(),
    })
}

fn sync_error(error: Error) -> CliError {
    match error {
        Error::Git { refusal: GitError::Refused { message } } => refused(&message)
            .hint("your commits and files are unchanged; correct what git reports, then run `casebook sync` again"),
        other => other.into(),
    }
}
