//! What the next writer does with a command that was interrupted: it goes forward to the end the command had
//! decided on, and back only where git refuses the commit, or where somebody has changed its files since.

use std::path::{Path, PathBuf};

use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::files::{FileChange, Journal};
use crate::store::git::{CommitPlan, CommitRequest, GitError, Repository};
use crate::store::layout;
use crate::store::yaml;

use crate::desk::Desk;

/// What became of an interrupted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// It is done now.
    Completed {
        /// The subject of its commit, or its files.
        what: String,
        /// Files somebody else has changed since, left alone.
        foreign: Vec<String>,
    },
    /// The files are as before it.
    Undone {
        /// What it was.
        what: String,
        /// Why.
        why: RollbackReason,
        /// Where the words somebody had typed are kept.
        kept: Vec<PathBuf>,
    },
}

/// Why an interrupted command was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RollbackReason {
    /// git refused its commit.
    Git(GitError),
    /// Somebody has changed files since in which the command had not got to its end.
    Changed(Vec<String>),
}

impl Desk {
    /// Returns what became of an interrupted command when this desk last took the lock; `None` if there was none, or
    /// if the actor may not know of it.
    pub const fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }
}

/// Ends an interrupted command, and tells what became of it where a person may know of it.
pub(crate) fn recover_for(desk: &Desk, viewer: Option<&Person>) -> Result<Option<Recovery>, Error> {
    let tells = desk.read().restricted_viewer(viewer).is_none() || desk.read().has_pending_of(viewer);
    Ok(recover(desk)?.filter(|_| tells))
}

/// Ends an interrupted command, and takes away what it left. The caller holds the lock.
pub(crate) fn recover(desk: &Desk) -> Result<Option<Recovery>, Error> {
    let journal_path = desk.state.path("journal");
    Repository::free_index(&desk.state);
    desk.state.remove_temp_files().map_err(Error::io(desk.state.folder(), "list"))?;
    let Some(mut journal) = Journal::pending(&desk.state).map_err(Error::io(&journal_path, "read"))? else {
        return Ok(None);
    };
    let what = match &journal.commit {
        Some(commit) => commit.message.lines().next().unwrap_or_default().to_owned(),
        None => journal.changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>().join(", "),
    };
    let reach = |step: &str| desk.fault_point(step);
    let io = |source| Error::Io { path: desk.root.clone(), attempt: "write to", source };
    let whole = journal.clone();
    let foreign = journal.externally_changed(&desk.root).map_err(io)?;
    let hindrance = match still_to_commit(desk, &journal, &foreign)? {
        // It was committed before somebody changed the files: what they made of them is theirs.
        Some(paths) if paths.is_empty() => None,
        Some(paths) => {
            journal.apply(&desk.state, &desk.root, &reach).map_err(io)?;
            journal.changes.retain(|change| paths.contains(&change.path));
            let committed = commit_journal(desk, &journal, None);
            desk.fault_point("recovered");
            match committed {
                Ok(()) => None,
                // Waiting did not help, or git is not there: nothing is lost, the journal stays for the next writer.
                Err(refusal @ (GitError::Locked { .. } | GitError::NotInstalled | GitError::Unanswered { .. })) => {
                    return Err(Error::Git { refusal });
                }
                Err(refusal) => Some(RollbackReason::Git(refusal)),
            }
        }
        None => Some(RollbackReason::Changed(foreign.clone())),
    };
    let recovery = match hindrance {
        None => Recovery::Completed { what, foreign },
        Some(why) => {
            whole.roll_back(&desk.state, &desk.root, &reach).map_err(io)?;
            let kept = whole.texts.iter().filter_map(|text| keep(desk, text)).collect();
            Recovery::Undone { what, why, kept }
        }
    };
    whole.remove(&desk.state, &desk.root).map_err(Error::io(&journal_path, "remove"))?;
    Ok(Some(recovery))
}

/// The paths a command has still to commit, where somebody may have changed some of its files since. `None`
/// where its entries are not in one of those, neither as it lies there nor committed: then the command cannot
/// be done any more without touching what somebody wrote.
fn still_to_commit(desk: &Desk, journal: &Journal, foreign: &[String]) -> Result<Option<Vec<String>>, Error> {
    let mut paths = Vec::new();
    for change in &journal.changes {
        if foreign.contains(&change.path) {
            let committed = match journal.commit {
                Some(_) => committed(desk, &change.path)?,
                None => None,
            };
            if committed.is_some_and(|text| holds_entries(&text, change)) {
                continue;
            }
            let lies = std::fs::read(desk.root.join(&change.path)).unwrap_or_default();
            if !holds_entries(&String::from_utf8_lossy(&lies), change) {
                return Ok(None);
            }
        }
        paths.push(change.path.clone());
    }
    Ok(Some(paths))
}

fn committed(desk: &Desk, path: &str) -> Result<Option<String>, Error> {
    Repository::at(&desk.root).committed(path).map_err(Error::from)
}

/// Commits what a journal has changed, unless that is committed already.
pub(crate) fn commit_journal(desk: &Desk, journal: &Journal, outlook: Option<CommitPlan>) -> Result<(), GitError> {
    let Some(commit) = &journal.commit else { return Ok(()) };
    let paths = journal.paths();
    let beside = journal.beside.iter().filter(|one| one.is_new).map(|one| one.path.clone());
    let changed = journal.changes.iter().filter(|change| change.before.is_none()).map(|change| change.path.clone());
    let new: Vec<String> = changed.chain(beside).collect();
    let message = desk.state.path("message");
    let said = |error: std::io::Error| GitError::Refused { said: error.to_string() };
    std::fs::write(&message, &commit.message).map_err(said)?;
    let path: &Path = &std::path::absolute(&message).map_err(said)?;
    let date = commit.date.as_deref();
    let patience = desk.environment.patience;
    let commit = CommitRequest { paths: &paths, new: &new, message: path, date, patience, state: Some(&desk.state) };
    Repository::at(&desk.root).commit(&commit, outlook, &|step| desk.fault_point(step))
}

/// Keeps a text somebody typed, named after the moment.
fn keep(desk: &Desk, text: &str) -> Option<PathBuf> {
    desk.state.save_text(&desk.environment.now.format("%Y%m%dT%H%M%S%3fZ").to_string(), text).ok()
}

/// Whether a text names every entry that a change adds; an organisation has none, and is all or nothing.
fn holds_entries(text: &str, change: &FileChange) -> bool {
    if layout::organization_of(&change.path).is_some() {
        return text == change.after;
    }
    let ids = |file: Option<&String>| {
        let ticket = file.and_then(|file| yaml::read(file.as_bytes(), None).ok());
        ticket.map(|ticket| ticket.history.iter().map(|entry| entry.id).collect::<Vec<_>>()).unwrap_or_default()
    };
    let before = ids(change.before.as_ref());
    ids(Some(&change.after)).iter().filter(|id| !before.contains(id)).all(|id| text.contains(&id.to_string()))
}
