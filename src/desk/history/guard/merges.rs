//! The parents of a merge, and whether the merge of a file is the one that git makes.
//!
//! If the parents differ in a file, git takes the version of the parent that changed it. A merge that takes the other
//! one undoes the change, however old it is, and so is a change like any other. Files are compared by their objects.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::store::git::{CommitChange, GitError, ParentDiff, Repository, Snapshot};

/// The paths that one parent changed since each of its merge bases with another one.
type ChangedSinceFork = Rc<Vec<BTreeSet<String>>>;

/// The parents of a merge, by their place.
pub(super) struct MergeParents<'a> {
    diffs: &'a [ParentDiff],
    repository: &'a Repository,
    /// The changes since the fork, by a parent and the other parent that made the changes.
    changed: HashMap<(usize, usize), ChangedSinceFork>,
}

impl<'a> MergeParents<'a> {
    /// Creates the parents of a merge from its differences to each of them.
    pub fn of(diffs: &'a [ParentDiff], repository: &'a Repository) -> Self {
        Self { diffs, repository, changed: HashMap::new() }
    }

    /// Returns the files in which the merge differs from at least one parent.
    pub fn paths(&self) -> BTreeSet<String> {
        self.diffs.iter().flat_map(|diff| &diff.changes).map(|change| change.path.clone()).collect()
    }

    /// Returns the difference of a file to each parent; none if it is the same there.
    pub fn changes(&self, path: &str) -> Vec<Option<&'a CommitChange>> {
        self.diffs.iter().map(|diff| diff.changes.iter().find(|change| change.path == path)).collect()
    }

    /// Returns the differences of a file to the selected parents; if there are none, to all parents.
    pub fn changes_of(&self, path: &str, is_selected: impl Fn(&String) -> bool) -> Vec<&'a CommitChange> {
        let all = || self.diffs.iter().zip(self.changes(path));
        let selected = all().filter(|(diff, _)| diff.parent.as_ref().is_some_and(&is_selected));
        let selected: Vec<&CommitChange> = selected.filter_map(|(_, change)| change).collect();
        if selected.is_empty() { all().filter_map(|(_, change)| change).collect() } else { selected }
    }

    /// Returns whether a file is as in a parent, and the parents that have another version did not change it since the
    /// fork.
    ///
    /// # Errors
    /// git refuses.
    pub fn is_honest(&mut self, path: &str) -> Result<bool, GitError> {
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for (parent, change) in self.changes(path).iter().enumerate() {
            if change.is_none() { same.push(parent) } else { different.push(parent) }
        }
        for ours in same {
            let mut is_honest = true;
            for theirs in &different {
                let changed = self.changed_since_fork(ours, *theirs)?;
                // Without a merge base, all of it is their change.
                is_honest &= changed.iter().any(|paths| !paths.contains(path));
            }
            if is_honest {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn changed_since_fork(&mut self, ours: usize, theirs: usize) -> Result<ChangedSinceFork, GitError> {
        if let Some(cached) = self.changed.get(&(ours, theirs)) {
            return Ok(cached.clone());
        }
        let mut changed = Vec::new();
        if let (Some(ours), Some(theirs)) = (&self.diffs[ours].parent, &self.diffs[theirs].parent) {
            for base in self.repository.merge_bases(ours, theirs)? {
                let changes = self.repository.changes(Some(&base), Snapshot::Commit(theirs))?;
                changed.push(changes.into_iter().map(|change| change.path).collect());
            }
        }
        let changed = Rc::new(changed);
        self.changed.insert((ours, theirs), changed.clone());
        Ok(changed)
    }
}
