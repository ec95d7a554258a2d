//! The checks that the guard adds to the audit of each commit, and what it collects about the push meanwhile.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};

use super::attachments::PushedAttachments;
use super::permissions::PusherPermissions;
use crate::desk::history::audit::{AuditObserver, AuditState, LoadedCommit, NewEntryPlaces};
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::entry::Entry;
use crate::store::git::{CommitChange, GitError, Revision};

/// The observer of the audit of a push.
pub(super) struct PushObserver {
    /// The time of the server, if entries must not be dated after it.
    now: Option<DateTime<Utc>>,
    /// The permissions of the person who brings the commit; none if they are not checked.
    pub permissions: Option<PusherPermissions>,
    /// The paths that commits touched, and whether one of them put something other than a plain file there.
    pub paths: BTreeMap<String, bool>,
    /// The commits of the push that were visited so far.
    visited: HashSet<String>,
    /// The attachments that the push adds.
    pub attachments: PushedAttachments,
}

impl PushObserver {
    /// Creates an observer that has seen no commit.
    pub fn new(now: Option<DateTime<Utc>>) -> Self {
        Self {
            now,
            permissions: None,
            paths: BTreeMap::new(),
            visited: HashSet::new(),
            attachments: PushedAttachments::default(),
        }
    }
}

impl AuditObserver for PushObserver {
    fn visit(&mut self, revision: &Revision) {
        for CommitChange { path, is_special, .. } in revision.sides.iter().flat_map(|side| &side.changes) {
            *self.paths.entry(path.clone()).or_default() |= *is_special;
        }
        self.visited.insert(revision.id.clone());
    }

    fn carriers(&self) -> Option<Vec<Person>> {
        self.permissions.as_ref().map(|permissions| permissions.pusher.iter().cloned().collect())
    }

    fn now(&self) -> Option<DateTime<Utc>> {
        self.now
    }

    /// Returns false: the guard's check of files covers all that a push touches.
    fn wants_duplicates(&self) -> bool {
        false
    }

    fn check_entry(&self, path: &str, entry: &Entry, is_named: &dyn Fn() -> bool) -> Option<Finding> {
        self.permissions.as_ref()?.check_entry(path, entry, is_named)
    }

    fn check_commit(
        &mut self,
        commit: &LoadedCommit<'_>,
        new: &NewEntryPlaces<'_>,
        state: &mut AuditState,
    ) -> Result<(), GitError> {
        let Some(permissions) = &self.permissions else { return Ok(()) };
        permissions.check_commit(commit, new, &self.visited, &mut self.attachments, state)
    }
}
