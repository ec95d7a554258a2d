//! The resolution of conflicted ticket files, which git leaves if the merge driver did not run: the union of both
//! sides, from the stages of git's index, is written and staged.
//!
//! If a person has typed text between the conflict markers, the file is kept in the state directory.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::domain::convergence::union::ConcurrentEntry;
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::files::{FileChange, Journal};
use crate::store::git::{Conflict, Repository};
use crate::store::layout;
use crate::store::yaml::{self, MergeConflict, MergeSide};

use super::Clones;
use crate::desk::Desk;
use crate::desk::write::transaction::first_header_mismatch;

/// The result of the resolution of one path.
#[derive(Clone, Debug)]
pub struct ConflictResult {
    /// The path, relative to the root.
    pub path: String,
    /// The outcome.
    pub outcome: ConflictOutcome,
    /// The copy of the conflicted file, if a person had typed text into it.
    pub saved_text: Option<PathBuf>,
}

/// The outcome of the resolution of a conflict.
#[derive(Clone, Debug)]
pub enum ConflictOutcome {
    /// The file is the union of both sides now.
    United {
        /// The ticket.
        ticket: Box<Ticket>,
        /// The entries that were written at the same time in the two clones.
        concurrent: Vec<ConcurrentEntry>,
    },
    /// The file in the work tree was resolved by hand: it contains every entry of both sides.
    ResolvedByHand,
    /// One side or both had deleted the file; the ticket is kept.
    Kept {
        /// The side that had deleted it; none if both had.
        deleted_by: Option<MergeSide>,
    },
    /// The sides cannot be merged.
    Unresolved(MergeConflict),
    /// A side replaced the file with something other than a plain file.
    NotPlain {
        /// The side that still has the file, and the path at which git has put it.
        moved: Option<(MergeSide, String)>,
    },
    /// The file is not a ticket.
    NotATicket,
}

/// A path in conflict that was not among those to resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherConflict {
    /// The path as git takes it: relative to the root, or from the top of the repository after `:/`.
    pub path: String,
    /// True if it is a ticket of this desk.
    pub is_ticket: bool,
}

impl ConflictOutcome {
    /// Returns whether the conflict is resolved.
    pub const fn is_resolved(&self) -> bool {
        !matches!(self, Self::Unresolved(_) | Self::NotPlain { .. } | Self::NotATicket)
    }
}

impl Clones<'_> {
    /// Resolves the conflicts of tickets, and stages the files. `only` are paths relative to the root; if there are
    /// none, all tickets in conflict are resolved.
    ///
    /// # Errors
    /// There is no repository, git refuses, or a file cannot be written. Files that were resolved before stay so.
    pub fn resolve(self, only: &[String], dry_run: bool) -> Result<Vec<ConflictResult>, Error> {
        let repository = self.desk.repository()?;
        let _lock = if dry_run { None } else { Some(self.desk.lock()?) };
        self.resolve_locked(&repository, only, dry_run)
    }

    /// Resolves conflicts like [`Clones::resolve`], for a caller that holds the lock.
    ///
    /// # Errors
    /// As [`Clones::resolve`].
    pub(super) fn resolve_locked(
        self,
        repository: &Repository,
        only: &[String],
        dry_run: bool,
    ) -> Result<Vec<ConflictResult>, Error> {
        let conflicts = repository.conflicts()?;
        let is_selected = |path: &str| only.is_empty() || only.iter().any(|one| Path::new(path).starts_with(one));
        let mut results = Vec::new();
        let mut staged = Vec::new();
        for conflict in conflicts.iter().filter(|conflict| is_selected(&conflict.path)) {
            let (outcome, after) = match conflict.is_special && layout::ticket_at(&conflict.path).is_some() {
                true => (ConflictOutcome::NotPlain { moved: moved_side(conflict, &conflicts) }, None),
                false => merge_sides(conflict, &self.desk.root),
            };
            let mut saved_text = None;
            if let Some(after) = after.filter(|_| !dry_run) {
                saved_text = self.write_resolved(conflict, after)?;
            }
            if outcome.is_resolved() {
                staged.push(conflict.path.clone());
            }
            results.push(ConflictResult { path: conflict.path.clone(), outcome, saved_text });
        }
        if !dry_run {
            repository.stage(&staged)?;
        }
        Ok(results)
    }

    /// Returns the conflicts in the repository that are not among the `resolved` ones.
    ///
    /// # Errors
    /// git refuses.
    pub fn other_conflicts(self, resolved: &[ConflictResult]) -> Result<Vec<OtherConflict>, Error> {
        let repository = Repository::at(&self.desk.root);
        let (unmerged, prefix) = (repository.unmerged()?, repository.prefix()?);
        let elsewhere = unmerged.iter().filter_map(|path| match path.strip_prefix(prefix) {
            Some(inside) if resolved.iter().any(|other| other.path == inside) => None,
            Some(inside) => {
                Some(OtherConflict { path: inside.to_owned(), is_ticket: layout::ticket_at(inside).is_some() })
            }
            None => Some(OtherConflict { path: format!(":/{path}"), is_ticket: false }),
        });
        Ok(elsewhere.collect())
    }

    /// Stages the files of tickets for a commit in progress.
    ///
    /// # Errors
    /// git refuses.
    pub fn stage(self, paths: &[String]) -> Result<(), Error> {
        Repository::at(&self.desk.root).stage(paths).map_err(Error::from)
    }

    /// Writes the resolved bytes to a conflicted file. Returns the copy of the file, if a person had typed text into
    /// it.
    fn write_resolved(self, conflict: &Conflict, after: Vec<u8>) -> Result<Option<PathBuf>, Error> {
        let Desk { root, state, environment, .. } = self.desk;
        let path = root.join(&conflict.path);
        let before = std::fs::read(&path).unwrap_or_default();
        if before == after {
            return Ok(None);
        }
        let mut saved_text = None;
        let is_in_the_union = conflict.ours.as_deref().is_some_and(|ours| uncommitted_version(&path, ours).is_some());
        if !is_in_the_union && has_typed_text(&before, conflict) {
            let name = format!("{}-conflict", environment.now.format("%Y%m%dT%H%M%S%3fZ"));
            let text = String::from_utf8_lossy(&before);
            saved_text = Some(state.save_text(&name, &text).map_err(Error::io(state.folder(), "write to"))?);
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
        let before = text(before);
        let Some(after) = text(after) else { return Ok(saved_text) };
        let before = before.filter(|_| path.exists());
        let change = FileChange { path: conflict.path.clone(), before, after };
        let journal = Journal { changes: vec![change], extra_files: Vec::new(), commit: None, texts: Vec::new() };
        let changed = journal.apply(state, root, &|step| self.desk.fault_point(step));
        match changed.map_err(Error::io(&path, "write"))?.into_iter().next() {
            Some(path) => Err(Error::FileChanged { path }),
            None => Ok(saved_text),
        }
    }
}

/// Returns the side that still has a ticket as a file, if the other side replaced it, and the path at which git has put
/// that file: the path of the ticket, `~`, and the name of the side.
fn moved_side(conflict: &Conflict, conflicts: &[Conflict]) -> Option<(MergeSide, String)> {
    let is_moved =
        |other: &&Conflict| other.path.strip_prefix(&conflict.path).is_some_and(|name| name.starts_with('~'));
    let moved = conflicts.iter().find(is_moved)?;
    let side = if moved.ours.is_some() { MergeSide::Ours } else { MergeSide::Theirs };
    Some((side, moved.path.clone()))
}

/// Merges the sides of a conflict. Returns the outcome, and the bytes to write, if there are any.
fn merge_sides(conflict: &Conflict, root: &Path) -> (ConflictOutcome, Option<Vec<u8>>) {
    if layout::ticket_at(&conflict.path).is_none() {
        return (ConflictOutcome::NotATicket, None);
    }
    let (path, base) = (root.join(&conflict.path), conflict.base.as_deref());
    let with_uncommitted = conflict.ours.as_deref().and_then(|ours| uncommitted_version(&path, ours));
    match (with_uncommitted.as_ref().or(conflict.ours.as_ref()), &conflict.theirs) {
        (Some(ours), Some(theirs)) => match yaml::merge(base, ours, theirs) {
            Ok(united) if is_resolved_by_hand(&path, &united.ticket) => (ConflictOutcome::ResolvedByHand, None),
            Ok(united) => {
                let outcome =
                    ConflictOutcome::United { ticket: Box::new(united.ticket), concurrent: united.concurrent };
                (outcome, Some(united.bytes))
            }
            Err(conflict) => (ConflictOutcome::Unresolved(conflict), None),
        },
        (Some(ours), None) => (ConflictOutcome::Kept { deleted_by: Some(MergeSide::Theirs) }, Some(ours.clone())),
        (None, Some(theirs)) => (ConflictOutcome::Kept { deleted_by: Some(MergeSide::Ours) }, Some(theirs.clone())),
        (None, None) => (ConflictOutcome::Kept { deleted_by: None }, conflict.base.clone()),
    }
}

/// Returns the file in the work tree if it is our side with further entries that are not committed yet. If git cannot
/// run the driver, it leaves such a file as it is, but reports a conflict.
fn uncommitted_version(path: &Path, ours: &[u8]) -> Option<Vec<u8>> {
    let bytes = std::fs::read(path).ok()?;
    let (present, committed) = (yaml::read(&bytes, None).ok()?, yaml::read(ours, None).ok()?);
    let has_all = committed.history.iter().all(|entry| present.entry(entry.id) == Some(entry));
    (present.id == committed.id && has_all && present.history.len() > committed.history.len()).then_some(bytes)
}

/// Returns whether a file contains every entry of a union unchanged, and the header that follows from its history.
fn is_resolved_by_hand(path: &Path, union: &Ticket) -> bool {
    let present = std::fs::read(path).ok().and_then(|bytes| yaml::read(&bytes, Some(union.id)).ok());
    present.is_some_and(|ticket| {
        first_header_mismatch(&ticket).is_none()
            && union.history.iter().all(|entry| ticket.entry(entry.id) == Some(entry))
    })
}

/// Returns whether a conflicted file has lines that are neither from a side nor conflict markers: a person typed them.
fn has_typed_text(bytes: &[u8], conflict: &Conflict) -> bool {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let sides = [&conflict.base, &conflict.ours, &conflict.theirs];
    let merged: HashSet<String> = sides.into_iter().flatten().flat_map(|side| lines(side)).collect();
    let is_marker = |line: &str| ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    lines(bytes).iter().any(|line| !line.trim().is_empty() && !merged.contains(line) && !is_marker(line))
}
