//! `resolve`: ends the conflicts of tickets that git could not merge, and mends what two clones left between tickets.

use std::path::PathBuf;

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
use crate::store::layout::short_suffix;
use crate::store::yaml::MergeSide;
use crate::view::sanitize::one_line;

/// End the conflicts of tickets that git could not merge.
///
/// It mends the links between tickets too.
///
/// A conflicted ticket becomes the union of both sides, and is staged; a ticket that one side deleted stays. Where two
/// clones merged tickets into each other, replied to one that had been merged, or solved one that another went on in,
/// entries are added that mend it. In the middle of a merge these are staged for its commit; else they are committed
/// like any command.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  git merge topic || casebook resolve && git commit --no-edit")]
pub struct ResolveArgs {
    /// Only these files or folders [default: all conflicted tickets]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A retry with the same key returns the first result; what is brought of stranded replies has keys of its own
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    end: CommitFlags,
}

impl ResolveArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut casebook = session.conflicted_casebook()?;
        let only = self.paths.iter().map(|path| below(path, &casebook)).collect::<Result<Vec<_>, _>>()?;
        for (path, only) in self.paths.iter().zip(&only) {
            // One that both sides deleted is not there, and a conflict all the same.
            let is_there = casebook.root().join(only).symlink_metadata().is_ok();
            if !is_there && casebook.resolve(std::slice::from_ref(only), true)?.is_empty() {
                let message = format!("there is no `{}`", path.display());
                return Err(Error::usage(message, "`git status` names the conflicted files").into());
            }
        }
        let resolutions = casebook.resolve(&only, self.end.dry_run)?;
        let elsewhere = casebook.conflicts_beside(&resolutions)?;
        for resolution in &resolutions {
            self.print_results(session, resolution, casebook.is_git_at_work())?;
        }
        let is_left = |resolution: &ConflictResult| {
            matches!(resolution.how, ConflictOutcome::Left(_) | ConflictOutcome::NotPlain { .. })
        };
        let left = resolutions.iter().any(is_left);
        let mended = if left || !only.is_empty() { None } else { self.mend(session, &mut casebook)? };
        let has_done = !resolutions.is_empty() || mended.as_ref().is_some_and(|report| !report.entries.is_empty());
        let is_over = elsewhere.is_empty() && resolutions.iter().all(|resolution| resolution.how.is_over());
        if self.json {
            let mends = mended.as_ref().map(|report| report.entries.as_slice()).unwrap_or_default();
            let mends =
                mends.iter().map(|(ticket, entry)| json!({"ticket": ticket.to_string(), "entry": entry.to_string()}));
            let resolved: Vec<Value> = resolutions.iter().map(to_json).collect();
            let beside: Vec<&str> = elsewhere.iter().map(|one| one.path.as_str()).collect();
            session
                .output
                .json(&json!({"conflicts": resolved, "entries": mends.collect::<Vec<_>>(), "elsewhere": beside}))?;
        } else if is_over && !has_done {
            session.output.status("nothing to resolve")?;
        }
        self.print_next_step(
            session,
            &resolutions,
            &elsewhere,
            casebook.is_git_at_work().filter(|_| has_done || !is_over),
        )?;
        Ok(if is_over { Exit::Done } else { Exit::Damaged })
    }

    /// What is in conflict elsewhere, and the command that comes next.
    fn print_next_step(
        &self,
        session: &Session,
        resolutions: &[ConflictResult],
        elsewhere: &[OtherConflict],
        at_work: Option<&str>,
    ) -> Result<(), CliError> {
        if !elsewhere.is_empty() {
            session.output.error_line(&resolve::elsewhere(elsewhere));
        }
        let by_hand = resolutions.iter().any(|resolution| !resolution.how.is_over());
        let next = match at_work.map(resolve::ending) {
            _ if self.end.dry_run => return Ok(()),
            Some(ending) if by_hand || elsewhere.iter().any(|one| !one.is_ticket) => {
                session.output.error_line(&format!("  when nothing is in conflict any more, `{ending}`"));
                return Ok(());
            }
            _ if !elsewhere.is_empty() => "casebook resolve".to_owned(),
            Some(ending) => ending,
            None => return Ok(()),
        };
        if !self.json {
            session.output.status(&format!("Next: {next}"))?;
        }
        Ok(())
    }

    fn print_results(
        &self,
        session: &Session,
        resolution: &ConflictResult,
        at_work: Option<&str>,
    ) -> Result<(), CliError> {
        let ConflictResult { path, how, kept } = resolution;
        if let Some(way) = resolve::left(resolution, at_work) {
            way.lines().for_each(|line| session.output.error_line(&one_line(line)));
        }
        let said = match how {
            ConflictOutcome::United { ticket, .. } => {
                format!("resolved  {path}: all entries of both sides; {} now", ticket.header.status)
            }
            ConflictOutcome::AsItLies => format!("resolved  {path}: as it lies, with all entries of both sides"),
            ConflictOutcome::Kept { deleted_by } => {
                let who = match deleted_by {
                    Some(MergeSide::Ours) => "our side",
                    Some(MergeSide::Theirs) => "their side",
                    None => "both sides",
                };
                format!("kept      {path}: {who} had deleted it, and nothing is lost")
            }
            ConflictOutcome::NotATicket => format!("left      {path}: no ticket"),
            ConflictOutcome::NotPlain { .. } => format!("left      {path}: no plain file"),
            ConflictOutcome::Left(_) => return Ok(()),
        };
        if !self.json {
            session.output.status(&one_line(&said))?;
        }
        if let ConflictOutcome::United { ticket, concurrent } = how {
            merge_file::print_concurrent(session, &short_suffix(ticket.id), ticket, concurrent);
        }
        if let Some(kept) = kept {
            session.output.warn(&format!("note: what somebody typed into {path} is kept in {}", kept.display()));
        }
        Ok(())
    }

    /// Mends the links between tickets, where somebody acts who may.
    fn mend(&self, session: &Session, casebook: &mut Desk) -> Result<Option<Outcome>, CliError> {
        let Some(by) = session.actor()?.filter(|person| casebook.config().team.has_agent(person)).cloned() else {
            if !casebook.inconsistencies()?.is_empty() {
                session
                    .output
                    .warn("note: links between tickets need mending, which agents may do; `casebook check` names them");
            }
            return Ok(None);
        };
        let in_between = casebook.is_git_at_work().is_some();
        let commit = if in_between { Some(false) } else { self.end.wants_commit() };
        let terms = WriteOptions { dry_run: self.end.dry_run, commit, ..session.write_options_for(by) };
        if self.key.is_none() && casebook.inconsistencies()?.is_empty() {
            return Ok(None);
        }
        let report = casebook.perform(Command::Ticket(TicketCommand::Relink { key: self.key.clone() }), &terms)?;
        session.print_recovery(casebook);
        if in_between && !self.end.dry_run {
            casebook.stage(&report.changes.iter().map(|change| change.path.clone()).collect::<Vec<_>>())?;
        }
        if self.end.dry_run && !self.json {
            session.print_plan(&report)?;
        } else if !self.json {
            for (ticket, entry) in &report.entries {
                let made = report
                    .tickets
                    .iter()
                    .chain(casebook.read().ticket(*ticket).ok().as_ref())
                    .find_map(|known| known.entry(*entry).cloned());
                let what = made.map_or_else(String::new, |entry| entry.action.as_str().to_owned());
                session.output.status(&format!(
                    "mended    {}: {what} {}",
                    short_suffix(*ticket),
                    short_suffix(*entry)
                ))?;
            }
        }
        Ok(Some(report))
    }
}

/// A path as somebody gave it, relative to the desk.
fn below(path: &std::path::Path, casebook: &Desk) -> Result<String, CliError> {
    let whole = std::path::absolute(path).map_err(Error::io(path, "find"))?;
    // A file that one side deleted may not be there; its folder's real name is what counts.
    let real = match (whole.canonicalize(), whole.parent().map(std::path::Path::canonicalize), whole.file_name()) {
        (Ok(real), _, _) => real,
        (_, Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => whole,
    };
    match real.strip_prefix(casebook.root()) {
        Ok(relative) => Ok(relative.to_string_lossy().into_owned()),
        Err(_) => Err(Error::usage(
            format!("{} is not in this desk", path.display()),
            "`git status` names the conflicted files",
        )
        .into()),
    }
}

fn to_json(resolution: &ConflictResult) -> Value {
    let how = match &resolution.how {
        ConflictOutcome::United { .. } => "united",
        ConflictOutcome::AsItLies => "as_it_lies",
        ConflictOutcome::Kept { .. } => "kept",
        ConflictOutcome::Left(_) => "left",
        ConflictOutcome::NotPlain { .. } => "no_plain_file",
        ConflictOutcome::NotATicket => "no_ticket",
    };
    let why = match &resolution.how {
        ConflictOutcome::Left(split) => Some(resolve::why(split)),
        _ => None,
    };
    json!({"path": resolution.path, "result": how, "reason": why, "kept": resolution.kept})
}
