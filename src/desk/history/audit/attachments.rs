//! The audit of attachments: commits may only add them.
//!
//! Only the names of objects are compared, which the listing of a commit contains anyway; `check` compares the bytes of
//! an attachment with the hash in its path.

use super::{AuditState, LoadedCommit};
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{ATTACHMENT_CHANGED, ATTACHMENT_DELETED};
use crate::store::git::CommitChange;
use crate::store::layout::is_attachment;

impl AuditState {
    /// Compares the attachments of a commit with those of its parents.
    pub(super) fn check_attachments(&mut self, commit: &LoadedCommit<'_>) {
        let all = || commit.revision.sides.iter().flat_map(|side| &side.changes);
        let mut reported: Vec<&str> = Vec::new();
        for change in all() {
            let Some(old) = change.old.as_ref().filter(|_| is_attachment(&change.path)) else { continue };
            let path = change.path.as_str();
            let original = self.attachments.get(path);
            // Only the mode changed, or the original bytes returned.
            let is_unchanged = change.new.as_ref().is_some_and(|new| new == old || Some(new) == original);
            if is_unchanged || reported.contains(&path) {
                continue;
            }
            reported.push(path);
            self.attachments.entry(path.to_owned()).or_insert_with(|| old.clone());
            let moved =
                |other: &&CommitChange| other.path != path && other.old.is_none() && other.new.as_ref() == Some(old);
            let finding = match (&change.new, all().find(moved)) {
                (Some(_), _) => Finding::new(&ATTACHMENT_CHANGED, path, "the bytes of the attachment were changed"),
                (None, _) if change.is_special() => {
                    Finding::new(&ATTACHMENT_CHANGED, path, "the attachment is no longer a plain file")
                }
                (None, Some(other)) => {
                    Finding::new(&ATTACHMENT_DELETED, path, format!("the attachment was moved to {}", other.path))
                }
                (None, None) => Finding::new(&ATTACHMENT_DELETED, path, "the attachment was deleted"),
            };
            self.report(finding.in_commit(&commit.revision.id));
        }
    }
}
