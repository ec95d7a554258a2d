//! `resolve`: resolves conflicts of tickets that git could not merge, and relinks tickets that two clones changed.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::merge_file;
use crate::cli::Exit;
use crate::cli::args::{CommitFlags, key};
use crate::cli::error::CliError;
use crate::cli::error::resolve;
use crate::cli::session::Session;
use crate::desk::{
    Command, ConflictOutcome, ConflictResult, Desk, OtherConflict, Outcome, TicketCommand, WriteOptions,
};
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::store::yaml::MergeSide;
use crate::view::sanitize::one_line;

/// Resolve conflicts of tickets that git could not merge.
///
/// It also makes the links between tickets consistent again.
///
/// A conflicted ticket becomes the union of both sides, and is staged; a ticket that one side deleted stays. If two
/// clones merged tickets into each other, replied to a ticket that had been merged, or solved a ticket into which
/// another had been merged, entries are added that relink them. During a git merge these entries are staged for its
/// commit; otherwise they are committed as by any command. Unsolved tickets of one customer that two clones opened with
/// the same key are merged.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git merge topic || casebook resolve && git commit --no-edit")]
pub struct ResolveArgs {
    /// Only these files or folders [default: all conflicted tickets]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A retry with the same key returns the first result; replies moved from merged tickets have their own keys
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    end: CommitFlags,
}

impl ResolveArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut desk = session.desk_to_resolve()?;
        let only = self.paths.iter().map(|path| relative_path(path, &desk)).collect::<Result<Vec<_>, _>>()?;
        for (path, only) in self.paths.iter().zip(&only) {
            // A ticket that both sides deleted does not exist, and is still in conflict.
            let exists = desk.root().join(only).symlink_metadata().is_ok();
            if !exists && desk.clones().resolve(std::slice::from_ref(only), true)?.is_empty() {
                let message = format!("there is no `{}`", path.display());
                return Err(CliError::usage(message, "`git status` lists the conflicted files"));
            }
        }
        let results = desk.clones().resolve(&only, self.end.dry_run)?;
        let others = desk.clones().other_conflicts(&results)?;
        for result in &results {
            self.print_results(session, result, desk.clones().git_operation())?;
        }
        let is_unresolved = |result: &ConflictResult| {
            matches!(result.outcome, ConflictOutcome::Unresolved(_) | ConflictOutcome::NotPlain { .. })
        };
        let has_unresolved = results.iter().any(is_unresolved);
        let relinked = if has_unresolved || !only.is_empty() { None } else { self.relink(session, &mut desk)? };
        let has_done = !results.is_empty() || relinked.as_ref().is_some_and(|outcome| !outcome.entries.is_empty());
        let is_over = others.is_empty() && results.iter().all(|result| result.outcome.is_resolved());
        if self.json {
            let entries = relinked.as_ref().map(|outcome| outcome.entries.as_slice()).unwrap_or_default();
            let entries =
                entries.iter().map(|(ticket, entry)| json!({"ticket": ticket.to_string(), "entry": entry.to_string()}));
            let resolved: Vec<Value> = results.iter().map(to_json).collect();
            let beside: Vec<&str> = others.iter().map(|other| other.path.as_str()).collect();
            session
                .output
                .json(&json!({"conflicts": resolved, "entries": entries.collect::<Vec<_>>(), "elsewhere": beside}))?;
        } else if is_over && !has_done {
            session.output.status("nothing to resolve")?;
        }
        self.print_next_step(
            session,
            &results,
            &others,
            desk.clones().git_operation().filter(|_| has_done || !is_over),
        )?;
        Ok(if is_over { Exit::Done } else { Exit::Damaged })
    }

    /// Prints the other conflicts, and the next command.
    fn print_next_step(
        &self,
        session: &Session,
        results: &[ConflictResult],
        others: &[OtherConflict],
        at_work: Option<&str>,
    ) -> Result<(), CliError> {
        if !others.is_empty() {
            session.output.error_line(&resolve::other_conflicts_text(others));
        }
        let has_manual = results.iter().any(|result| !result.outcome.is_resolved());
        let next = match at_work.map(resolve::finishing_command) {
            _ if self.end.dry_run => return Ok(()),
            Some(ending) if has_manual || others.iter().any(|other| !other.is_ticket) => {
                session.output.error_line(&format!("  after the last conflict, `{ending}`"));
                return Ok(());
            }
            _ if !others.is_empty() => "casebook resolve".to_owned(),
            Some(ending) => ending,
            None => return Ok(()),
        };
        if !self.json {
            session.output.status(&format!("Next: {next}"))?;
        }
        Ok(())
    }

    /// Prints the result for one path, and what the user must do about it, if anything.
    fn print_results(&self, session: &Session, result: &ConflictResult, at_work: Option<&str>) -> Result<(), CliError> {
        let ConflictResult { path, outcome: how, saved_text: kept } = result;
        if let Some(advice) = resolve::conflict_text(result, at_work) {
            advice.lines().for_each(|line| session.output.error_line(&one_line(line)));
        }
        let message = match how {
            ConflictOutcome::United { ticket, .. } => {
                format!("resolved  {path}: all entries of both sides; {} now", ticket.header.status)
            }
            ConflictOutcome::ResolvedByHand => format!("resolved  {path}: as it is, with all entries of both sides"),
            ConflictOutcome::Kept { deleted_by } => {
                let side = match deleted_by {
                    Some(MergeSide::Ours) => "our side",
                    Some(MergeSide::Theirs) => "their side",
                    None => "both sides",
                };
                format!("kept      {path}: {side} had deleted it; all entries are kept")
            }
            ConflictOutcome::NotATicket => format!("left      {path}: not a ticket"),
            ConflictOutcome::NotPlain { .. } => format!("left      {path}: not a regular file"),
            ConflictOutcome::Unresolved(_) => return Ok(()),
        };
        if !self.json {
            session.output.status(&one_line(&message))?;
        }
        if let ConflictOutcome::United { ticket, concurrent } = how {
            merge_file::print_concurrent(session, &short_suffix(ticket.id), ticket, concurrent);
        }
        if let Some(kept) = kept {
            session.output.warn(&format!("note: text that was typed into {path} is kept in {}", kept.display()));
        }
        Ok(())
    }

    /// Relinks tickets whose links are inconsistent, if the actor is an agent. Returns none if there was nothing to do.
    fn relink(&self, session: &Session, desk: &mut Desk) -> Result<Option<Outcome>, CliError> {
        let Some(actor) = session.actor()?.filter(|person| desk.config().team.has_agent(person)).cloned() else {
            if !desk.clones().inconsistencies()?.is_empty() {
                session
                    .output
                    .warn("note: links between tickets are inconsistent, and only agents may relink them; `casebook check` lists them");
            }
            return Ok(None);
        };
        let in_merge = desk.clones().git_operation().is_some();
        let commit = if in_merge { Some(false) } else { self.end.wants_commit() };
        let options = WriteOptions { dry_run: self.end.dry_run, commit, ..session.write_options_for(actor) };
        let clones = desk.clones();
        if self.key.is_none() && clones.inconsistencies()?.is_empty() && clones.same_keys()?.is_empty() {
            return Ok(None);
        }
        let outcome = desk.perform(Command::Ticket(TicketCommand::Relink { key: self.key.clone() }), &options)?;
        session.print_recovery(desk);
        if in_merge && !self.end.dry_run {
            desk.clones().stage(&outcome.changes.iter().map(|change| change.path.clone()).collect::<Vec<_>>())?;
        }
        if self.end.dry_run && !self.json {
            session.print_plan(&outcome)?;
        } else if !self.json {
            for (ticket, entry) in &outcome.entries {
                let written = outcome
                    .tickets
                    .iter()
                    .chain(desk.as_seen_by(None)?.ticket(*ticket).ok().as_ref())
                    .find_map(|ticket| ticket.entry(*entry).cloned());
                let action = written.map_or_else(String::new, |entry| entry.action.as_str().to_owned());
                session.output.status(&format!(
                    "relinked  {}: {action} {}",
                    short_suffix(*ticket),
                    short_suffix(*entry)
                ))?;
            }
        }
        Ok(Some(outcome))
    }
}

/// Returns a path of the command line relative to the desk.
fn relative_path(path: &Path, desk: &Desk) -> Result<String, CliError> {
    let absolute = std::path::absolute(path).map_err(Error::io(path, "find"))?;
    // A file that one side deleted may not exist; then the real path of its folder decides.
    let real = match (absolute.canonicalize(), absolute.parent().map(Path::canonicalize), absolute.file_name()) {
        (Ok(real), _, _) => real,
        (_, Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => absolute,
    };
    match real.strip_prefix(desk.root()) {
        Ok(relative) => Ok(relative.to_string_lossy().into_owned()),
        Err(_) => Err(CliError::usage(
            format!("`{}` is not in the desk {}", path.display(), desk.root().display()),
            "`git status` lists the conflicted files",
        )),
    }
}

/// Returns the result for one path as JSON.
fn to_json(result: &ConflictResult) -> Value {
    let how = match &result.outcome {
        ConflictOutcome::United { .. } => "united",
        ConflictOutcome::ResolvedByHand => "as_it_lies",
        ConflictOutcome::Kept { .. } => "kept",
        ConflictOutcome::Unresolved(_) => "left",
        ConflictOutcome::NotPlain { .. } => "no_plain_file",
        ConflictOutcome::NotATicket => "no_ticket",
    };
    let reason = match &result.outcome {
        ConflictOutcome::Unresolved(conflict) => Some(resolve::reason(conflict)),
        _ => None,
    };
    json!({"path": result.path, "result": how, "reason": reason, "kept": result.saved_text})
}
