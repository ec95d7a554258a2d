//! Whether entries of a push lie in other tickets of the same ref already, or of the default branch where the ref is new. Must
//! not know how that is found.

use super::PushGuard;
use super::base_policy::is_branch;
use crate::desk::history::audit::AuditState;
use crate::desk::history::duplicate_entries::{DeskAt, add};
use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::git::{RefChange, Snapshot};

/// What can be known of a push without judging its commits.
pub(super) struct PrePush {
    /// Where the default branch was.
    pub head: Option<String>,
    /// What is pushed to refs that were there, and lies in another ticket of them already.
    pub copies: Vec<Finding>,
}

impl PushGuard {
    /// What there was before a push. Asked while the push is judged.
    pub(super) fn before(&self, changes: &[RefChange]) -> Result<PrePush, Error> {
        let head = self.auditor.repository.head()?;
        let mut copies = Vec::new();
        for change in changes {
            let (Some(new), Some(old)) = (&change.new, &change.old) else { continue };
            // What leads to no commit, as a tag of a file, holds no tickets.
            let is_commit = |name: &str| self.auditor.repository.commit_of(name).is_ok();
            if is_branch(&change.name) || (is_commit(old) && is_commit(new)) {
                let found = self.base_at(old).duplicates_in(&Snapshot::Commit(new.clone()))?;
                copies.extend(found.into_iter().map(|copy| copy.in_commit(new)));
            }
        }
        Ok(PrePush { head, copies })
    }

    /// Tells of what is pushed to new refs and lies in another ticket of the default branch already: the entries that
    /// the walk met, since what else such a ref leads to has been looked at before.
    pub(super) fn check_new_refs(
        &self,
        changes: &[RefChange],
        head: Option<&str>,
        judge: &mut AuditState,
    ) -> Result<(), Error> {
        let mut new = changes.iter().filter(|change| change.old.is_none()).filter_map(|change| change.new.as_ref());
        if let (Some(new), Some(head)) = (new.next(), head) {
            let mut brought: Vec<(Id, Id)> = judge.tickets.iter().map(|(entry, ticket)| (*entry, *ticket)).collect();
            brought.sort_unstable();
            let found = self.base_at(head).duplicates_among(&brought)?;
            add(found.into_iter().map(|copy| copy.in_commit(new)), &mut judge.found.findings);
        }
        Ok(())
    }

    pub(super) fn base_at<'a>(&'a self, commit: &'a str) -> DeskAt<'a> {
        DeskAt { repository: &self.auditor.repository, prefix: &self.auditor.prefix, commit }
    }
}
