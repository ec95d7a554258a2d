//! Resolving conflicts that git left where no driver ran: the union of both sides from the index stages, staged.
//!
//! What a person has typed between the markers is kept in a file of its own; the sides themselves are in git.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::domain::convergence::cross_ticket::Inconsistency;
use crate::domain::convergence::union::ConcurrentEntry;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::files::{FileChange, Journal};
use crate::store::git::{Conflict, Repository};
use crate::store::layout;
use crate::store::yaml::{self, MergeConflict, MergeSide};

use crate::desk::Desk;
use crate::desk::write::transaction::first_header_mismatch;

/// A conflicted path, and what became of it.
#[derive(Clone, Debug)]
pub struct ConflictResult {
    /// The path, relative to the root.
    pub path: String,
    /// What became of it.
    pub how: ConflictOutcome,
    /// Where the words are kept that somebody had typed into the conflicted file.
    pub kept: Option<PathBuf>,
}

/// What became of a conflict.
#[derive(Clone, Debug)]
pub enum ConflictOutcome {
    /// It is the union of both sides now.
    United {
        /// The ticket.
        ticket: Box<Ticket>,
        /// The entries that cross each other since.
        concurrent: Vec<ConcurrentEntry>,
    },
    /// Somebody had mended it already: it holds every entry of both sides.
    AsItLies,
    /// One side, or both, had deleted it; the ticket stays.
    Kept {
        /// The side that had deleted it; none where both had.
        deleted_by: Option<MergeSide>,
    },
    /// The sides cannot be made one.
    Left(MergeConflict),
    /// A side made something else of it than a plain file, which a ticket is.
    NotPlain {
        /// The side that still has the file, and where git has put that beside.
        beside: Option<(MergeSide, String)>,
    },
    /// It is no ticket.
    NotATicket,
}

/// A path that stays in conflict, and that nobody asked to resolve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherConflict {
    /// The path, for git: relative to the root, or from the top of the repository, with `:/` before it.
    pub path: String,
    /// Whether it is a ticket of this desk.
    pub is_ticket: bool,
}

impl ConflictOutcome {
    /// Whether the conflict is over.
    pub const fn is_over(&self) -> bool {
        !matches!(self, Self::Left(_) | Self::NotPlain { .. } | Self::NotATicket)
    }
}

/// The ticket that a mend is about.
pub(crate) const fn about(loose: &Inconsistency) -> Id {
    match loose {
        Inconsistency::Ring { ticket, .. }
        | Inconsistency::StrandedReply { ticket, .. }
        | Inconsistency::SolvedMeanwhile { ticket, .. } => *ticket,
        Inconsistency::UnknownSource { target, .. } | Inconsistency::UnknownTarget { target, .. } => *target,
    }
}

impl Desk {
    /// Whether git is in the middle of something that ends in a commit: a merge, a rebase, a cherry-pick.
    pub fn is_git_at_work(&self) -> Option<&'static str> {
        const SIGNS: [(&str, &str); 5] = [
            ("MERGE_HEAD", "merge"),
            ("rebase-merge", "rebase"),
            ("rebase-apply", "rebase"),
            ("CHERRY_PICK_HEAD", "cherry-pick"),
            ("REVERT_HEAD", "revert"),
        ];
        let git_dir = self.state.git_dir()?;
        SIGNS.iter().find(|(sign, _)| git_dir.join(sign).exists()).map(|(_, word)| *word)
    }

    /// Resolves the conflicts of tickets, and stages them. `only` are paths relative to the root; none means all.
    ///
    /// # Errors
    /// git refuses, or a file cannot be written. What could be resolved before that is written and staged.
    pub fn resolve(&self, only: &[String], dry_run: bool) -> Result<Vec<ConflictResult>, Error> {
        if !self.state.in_repository() {
            return Err(Error::NoRepository { root: self.root.clone() });
        }
        let _lock = if dry_run { None } else { Some(self.lock()?) };
        self.resolve_locked(&Repository::at(&self.root), only, dry_run)
    }

    /// The same for who holds the lock.
    pub(crate) fn resolve_locked(
        &self,
        repository: &Repository,
        only: &[String],
        dry_run: bool,
    ) -> Result<Vec<ConflictResult>, Error> {
        let conflicts = repository.conflicts()?;
        let is_meant = |path: &str| only.is_empty() || only.iter().any(|one| Path::new(path).starts_with(one));
        let mut resolutions = Vec::new();
        let mut staged = Vec::new();
        for conflict in conflicts.iter().filter(|conflict| is_meant(&conflict.path)) {
            let (how, after) = match conflict.is_odd && layout::is_ticket_path(Path::new(&conflict.path)) {
                true => (ConflictOutcome::NotPlain { beside: put_beside(conflict, &conflicts) }, None),
                false => outcome(conflict, &self.root),
            };
            let mut kept = None;
            if let Some(after) = after.filter(|_| !dry_run) {
                kept = self.put(conflict, after)?;
            }
            if how.is_over() {
                staged.push(conflict.path.clone());
            }
            resolutions.push(ConflictResult { path: conflict.path.clone(), how, kept });
        }
        if !dry_run {
            repository.stage(&staged)?;
        }
        Ok(resolutions)
    }

    /// What is in conflict in the repository beside what was asked for.
    ///
    /// # Errors
    /// git refuses.
    pub fn conflicts_beside(&self, asked: &[ConflictResult]) -> Result<Vec<OtherConflict>, Error> {
        let repository = Repository::at(&self.root);
        let (unmerged, prefix) = (repository.unmerged()?, repository.prefix()?);
        let elsewhere = unmerged.iter().filter_map(|path| match path.strip_prefix(&prefix) {
            Some(inside) if asked.iter().any(|known| known.path == inside) => None,
            Some(inside) => {
                Some(OtherConflict { path: inside.to_owned(), is_ticket: layout::is_ticket_path(Path::new(inside)) })
            }
            None => Some(OtherConflict { path: format!(":/{path}"), is_ticket: false }),
        });
        Ok(elsewhere.collect())
    }

    /// Stages the files of tickets, where a commit under way is to hold them.
    ///
    /// # Errors
    /// git refuses.
    pub fn stage(&self, paths: &[String]) -> Result<(), Error> {
        Repository::at(&self.root).stage(paths).map_err(Error::from)
    }

    /// Puts the resolved bytes in the place of a conflicted file. Gives where words are kept that stood there alone.
    fn put(&self, conflict: &Conflict, after: Vec<u8>) -> Result<Option<PathBuf>, Error> {
        let path = self.root.join(&conflict.path);
        let lies = std::fs::read(&path).unwrap_or_default();
        if lies == after {
            return Ok(None);
        }
        let mut kept = None;
        let is_in_the_union = conflict.ours.as_deref().is_some_and(|ours| as_it_lies(&path, ours).is_some());
        if !is_in_the_union && has_own_words(&lies, conflict) {
            let name = format!("{}-conflict", self.environment.now.format("%Y%m%dT%H%M%S%3fZ"));
            let text = String::from_utf8_lossy(&lies);
            kept = Some(self.state.save_text(&name, &text).map_err(Error::io(self.state.folder(), "write to"))?);
        }
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
        let before = text(lies);
        let Some(after) = text(after) else { return Ok(kept) };
        let before = before.filter(|_| path.exists());
        let change = FileChange { path: conflict.path.clone(), before, after };
        let journal = Journal { changes: vec![change], beside: Vec::new(), commit: None, texts: Vec::new() };
        let foreign = journal.apply(&self.state, &self.root, &|step| self.fault_point(step));
        match foreign.map_err(Error::io(&path, "write"))?.into_iter().next() {
            Some(path) => Err(Error::FileChanged { path }),
            None => Ok(kept),
        }
    }
}

/// The side that still has a ticket as a file, where the other one made something else of it, and where git has put
/// that file: under the ticket's path, `~`, and the name of the side.
fn put_beside(conflict: &Conflict, conflicts: &[Conflict]) -> Option<(MergeSide, String)> {
    let is_beside =
        |other: &&Conflict| other.path.strip_prefix(&conflict.path).is_some_and(|name| name.starts_with('~'));
    let beside = conflicts.iter().find(is_beside)?;
    let side = if beside.ours.is_some() { MergeSide::Ours } else { MergeSide::Theirs };
    Some((side, beside.path.clone()))
}

/// What becomes of a conflict, and the bytes to be written, where there are any.
fn outcome(conflict: &Conflict, root: &Path) -> (ConflictOutcome, Option<Vec<u8>>) {
    if !layout::is_ticket_path(Path::new(&conflict.path)) {
        return (ConflictOutcome::NotATicket, None);
    }
    let (path, base) = (root.join(&conflict.path), conflict.base.as_deref());
    let with_uncommitted = conflict.ours.as_deref().and_then(|ours| as_it_lies(&path, ours));
    match (with_uncommitted.as_ref().or(conflict.ours.as_ref()), &conflict.theirs) {
        (Some(ours), Some(theirs)) => match yaml::merge(base, ours, theirs) {
            Ok(united) if is_mended(&path, &united.ticket) => (ConflictOutcome::AsItLies, None),
            Ok(united) => {
                let how = ConflictOutcome::United { ticket: Box::new(united.ticket), concurrent: united.concurrent };
                (how, Some(united.bytes))
            }
            Err(split) => (ConflictOutcome::Left(split), None),
        },
        (Some(ours), None) => (ConflictOutcome::Kept { deleted_by: Some(MergeSide::Theirs) }, Some(ours.clone())),
        (None, Some(theirs)) => (ConflictOutcome::Kept { deleted_by: Some(MergeSide::Ours) }, Some(theirs.clone())),
        (None, None) => (ConflictOutcome::Kept { deleted_by: None }, conflict.base.clone()),
    }
}

/// Our side with entries that lie there and are not committed yet. Where git cannot run the driver it leaves such a file
/// alone, and calls it a conflict all the same.
fn as_it_lies(path: &Path, ours: &[u8]) -> Option<Vec<u8>> {
    let lies = std::fs::read(path).ok()?;
    let (there, committed) = (yaml::read(&lies, None).ok()?, yaml::read(ours, None).ok()?);
    let holds_all = committed.history.iter().all(|entry| there.entry(entry.id) == Some(entry));
    (there.id == committed.id && holds_all && there.history.len() > committed.history.len()).then_some(lies)
}

/// Whether a file holds every entry of a union as it is, and the header that follows.
fn is_mended(path: &Path, union: &Ticket) -> bool {
    let lies = std::fs::read(path).ok().and_then(|bytes| yaml::read(&bytes, Some(union.id)).ok());
    lies.is_some_and(|ticket| {
        first_header_mismatch(&ticket).is_none()
            && union.history.iter().all(|entry| ticket.entry(entry.id) == Some(entry))
    })
}

/// Whether a conflicted file has lines that are neither of a side nor a marker of git's: somebody typed them.
fn has_own_words(lies: &[u8], conflict: &Conflict) -> bool {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let sides = [&conflict.base, &conflict.ours, &conflict.theirs];
    let known: HashSet<String> = sides.into_iter().flatten().flat_map(|side| lines(side)).collect();
    let is_marker = |line: &str| ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    lines(lies).iter().any(|line| !line.trim().is_empty() && !known.contains(line) && !is_marker(line))
}
