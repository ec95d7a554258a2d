//! Recovery from an interrupted command, by the next writer (docs/decisions/0005-lock-and-journal.md): the command is
//! completed. It is rolled back only if git refuses its commit, or if its files were changed since.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::files::{FileChange, Journal};
use crate::store::git::{CommitPlan, CommitRequest, GitError, Repository};
use crate::store::layout;
use crate::store::yaml;

use crate::desk::Desk;

/// The result of recovering from an interrupted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The command is complete now.
    Completed {
        /// The subject of its commit, or the names of its files.
        subject: String,
        /// The files that were changed since by something else, and were left alone.
        foreign: Vec<String>,
    },
    /// The command was rolled back: the files are as before it.
    Undone {
        /// The subject of its commit, or the names of its files.
        subject: String,
        /// The reason.
        reason: RollbackReason,
        /// The files in which the texts of the command are kept.
        kept: Vec<PathBuf>,
    },
}

/// The reason why an interrupted command was rolled back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollbackReason {
    /// The refusal of git to commit.
    Git(GitError),
    /// Files that were changed since, before the command had written its entries to them.
    Changed(Vec<String>),
}

/// Recovers from an interrupted command, and removes its temporary files. The caller holds the lock.
///
/// # Errors
/// A file cannot be written, or git cannot be asked or is locked: then the journal stays for the next writer.
pub(crate) fn recover(desk: &Desk) -> Result<Option<Recovery>, Error> {
    let journal_path = desk.state.path("journal");
    Repository::free_index(&desk.state);
    desk.state.remove_temp_files().map_err(Error::io(desk.state.folder(), "list"))?;
    let Some(mut journal) = Journal::pending(&desk.state).map_err(Error::io(&journal_path, "read"))? else {
        return Ok(None);
    };
    let subject = match &journal.commit {
        Some(commit) => commit.message.lines().next().unwrap_or_default().to_owned(),
        None => journal.changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>().join(", "),
    };
    let reach = |step: &str| desk.fault_point(step);
    let io = |source| Error::Io { path: desk.root.clone(), attempt: "write to", source };
    let whole = journal.clone();
    let foreign = journal.externally_changed(&desk.root).map_err(io)?;
    let failure = match uncommitted_paths(desk, &journal, &foreign)? {
        // The command was committed before its files were changed again: the new contents stay.
        Some(paths) if paths.is_empty() => None,
        Some(paths) => {
            journal.apply(&desk.state, &desk.root, &reach).map_err(io)?;
            journal.changes.retain(|change| paths.contains(&change.path));
            let committed = commit_journal(desk, &journal, None);
            desk.fault_point("recovered");
            match committed {
                Ok(_) => None,
                Err(refusal @ GitError::Refused { .. }) => Some(RollbackReason::Git(refusal)),
                // Nothing is lost: the journal stays for the next writer.
                Err(refusal) => return Err(Error::Git { refusal }),
            }
        }
        None => Some(RollbackReason::Changed(foreign.clone())),
    };
    let recovery = match failure {
        None => Recovery::Completed { subject, foreign },
        Some(reason) => {
            whole.roll_back(&desk.state, &desk.root, &|_, _| false, &reach).map_err(io)?;
            let kept = whole.texts.iter().filter_map(|text| keep(desk, text)).collect();
            Recovery::Undone { subject, reason, kept }
        }
    };
    whole.remove(&desk.state, &desk.root).map_err(Error::io(&journal_path, "remove"))?;
    Ok(Some(recovery))
}

/// Returns the paths that an interrupted command must still commit. `foreign` are the files that were changed since. `None`
/// if the entries of the command are missing from one of these, in the work tree and in the last commit: then the command
/// cannot be completed without overwriting the change.
fn uncommitted_paths(desk: &Desk, journal: &Journal, foreign: &[String]) -> Result<Option<Vec<String>>, Error> {
    let mut paths = Vec::new();
    for change in &journal.changes {
        if foreign.contains(&change.path) {
            let committed = match journal.commit {
                Some(_) => Repository::at(&desk.root).committed(&change.path)?,
                None => None,
            };
            if committed.is_some_and(|text| holds_entries(change, text.as_bytes())) {
                continue;
            }
            let bytes = std::fs::read(desk.root.join(&change.path)).unwrap_or_default();
            if !holds_entries(change, &bytes) {
                return Ok(None);
            }
        }
        paths.push(change.path.clone());
    }
    Ok(Some(paths))
}

/// Commits the files of a journal, unless they are committed already. Returns the output of hooks.
///
/// # Errors
/// git refuses, or the message cannot be written.
pub(crate) fn commit_journal(desk: &Desk, journal: &Journal, plan: Option<CommitPlan>) -> Result<String, GitError> {
    let Some(commit) = &journal.commit else { return Ok(String::new()) };
    let paths = journal.paths();
    let beside = journal.extra_files.iter().filter(|extra| extra.is_new).map(|extra| extra.path.clone());
    let changed = journal.changes.iter().filter(|change| change.before.is_none()).map(|change| change.path.clone());
    let new: Vec<String> = changed.chain(beside).collect();
    let message = desk.state.path("message");
    std::fs::write(&message, &commit.message)?;
    let path: &Path = &std::path::absolute(&message)?;
    let date = commit.date.as_deref();
    let patience = desk.environment.patience;
    let commit = CommitRequest { paths: &paths, new: &new, message: path, date, patience, state: Some(&desk.state) };
    desk.git().commit(&commit, plan, &|step| desk.fault_point(step))
}

/// Saves a text in the state directory, in a file named after the current time.
fn keep(desk: &Desk, text: &str) -> Option<PathBuf> {
    desk.state.save_text(&desk.environment.now.format("%Y%m%dT%H%M%S%3fZ").to_string(), text).ok()
}

/// Returns whether the bytes of a file contain the id of every entry that a change adds; for another file than a ticket's,
/// which has no entries, whether they are the new contents but for blanks.
pub(crate) fn holds_entries(change: &FileChange, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if layout::ticket_at(&change.path).is_none() {
        let letters = |text: &str| text.split_whitespace().collect::<Vec<_>>().concat();
        return letters(&text) == letters(&change.after);
    }
    let ids = |file: Option<&String>| {
        let ticket = file.and_then(|file| yaml::read(file.as_bytes(), None).ok());
        ticket.map(|ticket| ticket.history.iter().map(|entry| entry.id).collect::<Vec<_>>()).unwrap_or_default()
    };
    let before = ids(change.before.as_ref());
    ids(Some(&change.after)).iter().filter(|id| !before.contains(id)).all(|id| text.contains(&id.to_string()))
}
