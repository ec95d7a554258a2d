//! Whether a customer's push leaves what is not theirs as the desk has it: in each merge, and on the main branch as a
//! whole.
//!
//! An honest merge of a file that differs takes the version of the side that changed it. One that takes the other side
//! undoes the change, whatever its age; and that is a change like any other.
//!
//! Must not know what entries mean: files are compared by their objects.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::rc::Rc;

use super::PushGuard;
use super::permissions::check_other_file;
use crate::desk::history::audit::{AuditState, is_for_attachments, is_new_attachment};
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_FILES, PUSH_REWRITES};
use crate::error::Error;
use crate::store::git::{CommitChange, GitError, ParentDiff, Repository, Snapshot};
use crate::store::layout;

/// What one side changed since each of the commits where it parted from another one.
type ChangedSinceFork = Rc<Vec<BTreeSet<String>>>;

/// The sides of a merge.
pub(super) struct MergeParents<'a> {
    sides: &'a [ParentDiff],
    repository: &'a Repository,
    prefix: &'a str,
    /// By the side that is followed, and the other one.
    since: HashMap<(usize, usize), ChangedSinceFork>,
}

impl<'a> MergeParents<'a> {
    pub fn of(sides: &'a [ParentDiff], repository: &'a Repository, prefix: &'a str) -> Self {
        Self { sides, repository, prefix, since: HashMap::new() }
    }

    /// What the merge has otherwise than one of its parents at least.
    pub fn paths(&self) -> BTreeSet<String> {
        self.sides.iter().flat_map(|side| &side.changes).map(|change| change.path.clone()).collect()
    }

    /// How a file differs from each parent; none where it is as in that one.
    pub fn changes(&self, path: &str) -> Vec<Option<&'a CommitChange>> {
        self.sides.iter().map(|side| side.changes.iter().find(|change| change.path == path)).collect()
    }

    /// How it differs from some of the parents; where those are none, from any.
    pub fn changes_of(&self, path: &str, is_meant: impl Fn(&String) -> bool) -> Vec<&'a CommitChange> {
        let sides = || self.sides.iter().zip(self.changes(path));
        let meant = sides().filter(|(side, _)| side.parent.as_ref().is_some_and(&is_meant));
        let meant: Vec<&CommitChange> = meant.filter_map(|(_, change)| change).collect();
        if meant.is_empty() { sides().filter_map(|(_, change)| change).collect() } else { meant }
    }

    /// Whether a file is as in a parent that changed it since it parted from those that have something else.
    ///
    /// # Errors
    /// git refuses.
    pub fn is_honest(&mut self, path: &str) -> Result<bool, GitError> {
        let (mut same, mut others) = (Vec::new(), Vec::new());
        for (place, change) in self.changes(path).iter().enumerate() {
            if change.is_none() { same.push(place) } else { others.push(place) }
        }
        for ours in same {
            let mut is_honest = true;
            for theirs in &others {
                let since = self.since(ours, *theirs)?;
                // Parted from nothing, all of it is theirs.
                is_honest &= since.iter().any(|changed| !changed.contains(path));
            }
            if is_honest {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn since(&mut self, ours: usize, theirs: usize) -> Result<ChangedSinceFork, GitError> {
        if let Some(known) = self.since.get(&(ours, theirs)) {
            return Ok(known.clone());
        }
        let mut since = Vec::new();
        if let (Some(ours), Some(theirs)) = (&self.sides[ours].parent, &self.sides[theirs].parent) {
            for base in self.repository.merge_bases(ours, theirs)? {
                let changes = self.repository.changes(Some(&base), &Snapshot::Commit(theirs.clone()), self.prefix)?;
                since.push(changes.into_iter().map(|change| change.path).collect());
            }
        }
        let since = Rc::new(since);
        self.since.insert((ours, theirs), since.clone());
        Ok(since)
    }
}

impl PushGuard {
    /// Whether a customer's push leaves the main branch as it was, but for tickets and the roles they give and take:
    /// what waits on another branch is not theirs to bring there either.
    pub(super) fn check_outcome(
        &self,
        customer: &Person,
        old: &str,
        new: &str,
        judge: &mut AuditState,
    ) -> Result<(), Error> {
        // What is put in the place of another history was told as that.
        if judge.found.findings.iter().any(|told| *told.rule == PUSH_REWRITES) {
            return Ok(());
        }
        let grounds: Vec<_> = judge.overruling.iter().cloned().collect();
        let new_one = Snapshot::Commit(new.to_owned());
        for change in self.auditor.repository.changes(Some(old), &new_one, &self.auditor.prefix)? {
            let is_told = |told: &Finding| *told.rule == PUSH_FILES && told.path == change.path;
            // Attachments were judged with the commits that bring them.
            if is_new_attachment(&change.path, &[&change]) || is_for_attachments(&change.path, &[&change]) {
                continue;
            }
            if layout::is_ticket_path(Path::new(&change.path)) || judge.found.findings.iter().any(is_told) {
                continue;
            }
            if let Some(why_not) = check_other_file(customer, &change.path, &[&change], &grounds, judge)? {
                judge.report(Finding::new(&PUSH_FILES, &change.path, why_not).in_commit(new));
            }
        }
        Ok(())
    }
}
