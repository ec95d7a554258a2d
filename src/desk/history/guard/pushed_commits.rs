//! The commits of a push: the checks that the guard adds to the audit of each, and what it collects meanwhile.

use std::collections::{BTreeMap, HashSet};

use super::attachments::PushedAttachments;
use crate::desk::history::audit::{AuditState, Carrier, LoadedCommit};
use crate::store::git::{GitError, Repository};

/// The commits of a push that were audited so far.
pub(super) struct PushedCommits<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// The paths that commits touched, and whether one of them put something other than a plain file there.
    pub paths: BTreeMap<String, bool>,
    /// The names of the commits.
    pub visited: HashSet<String>,
    /// The attachments that the push adds.
    pub attachments: PushedAttachments,
}

impl<'a> PushedCommits<'a> {
    /// Returns no commits.
    pub fn new(repository: &'a Repository) -> Self {
        let (paths, visited, attachments) = Default::default();
        Self { repository, paths, visited, attachments }
    }

    /// Adds a commit after its audit, and checks it further, unless its carrier is not checked.
    ///
    /// # Errors
    /// git refuses.
    pub fn add(&mut self, commit: &LoadedCommit<'_>, state: &mut AuditState) -> Result<(), GitError> {
        for change in commit.revision.sides.iter().flat_map(|side| &side.changes) {
            *self.paths.entry(change.path.clone()).or_default() |= change.is_special();
        }
        self.visited.insert(commit.revision.id.clone());
        if let Carrier::Unchecked = state.carrier { Ok(()) } else { self.check_files(commit, state) }
    }
}
