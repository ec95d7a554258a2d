//! The entries of a push that are in another ticket already: of the same ref, or of the default branch if the ref is
//! new.

use super::PushGuard;
use super::base_policy::is_branch;
use crate::desk::history::audit::AuditState;
use crate::desk::history::duplicate_entries::{DeskAt, add};
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::git::{RefChange, Snapshot};

/// The facts about a push that do not need its commits to be checked.
pub(super) struct PrePush {
    /// The commit of the default branch before the push.
    pub head: Option<String>,
    /// The entries pushed to existing refs that were in another ticket there already.
    pub duplicates: Vec<Finding>,
}

impl PushGuard {
    /// Returns the facts about a push, while its commits are checked.
    ///
    /// # Errors
    /// git refuses.
    pub(super) fn before(&self, changes: &[RefChange]) -> Result<PrePush, Error> {
        let head = self.repository.head()?;
        let mut duplicates = Vec::new();
        for change in changes {
            let (Some(new), Some(old)) = (&change.new, &change.old) else { continue };
            // A ref that does not lead to a commit, such as a tag of a file, has no tickets.
            let is_commit = |name: &str| self.repository.commit_of(name).is_ok();
            if is_branch(&change.name) || (is_commit(old) && is_commit(new)) {
                let found = self.base_at(old).duplicates_in(Snapshot::Commit(new))?;
                duplicates.extend(found.into_iter().map(|finding| finding.in_commit(new)));
            }
        }
        Ok(PrePush { head, duplicates })
    }

    /// Reports the entries pushed to new refs that are in another ticket of the default branch already. Only the
    /// entries of the new commits are compared, because the others were compared when they were pushed.
    ///
    /// # Errors
    /// git refuses.
    pub(super) fn check_new_refs(
        &self,
        changes: &[RefChange],
        head: Option<&str>,
        state: &mut AuditState,
    ) -> Result<(), Error> {
        let mut new = changes.iter().filter(|change| change.old.is_none()).filter_map(|change| change.new.as_ref());
        if let (Some(new), Some(head)) = (new.next(), head) {
            let found = self.base_at(head).duplicates_among(&state.new_entries())?;
            add(found.into_iter().map(|finding| finding.in_commit(new)), &mut state.result.findings);
        }
        Ok(())
    }

    /// Returns the desk at a commit.
    pub(super) fn base_at<'a>(&'a self, commit: &'a str) -> DeskAt<'a> {
        DeskAt { repository: &self.repository, commit }
    }
}
