//! The outcome of a customer's push on the default branch, compared with its previous state.

use super::PushGuard;
use super::attachments::{is_attachment_attributes, is_new_attachment};
use super::permissions::check_other_file;
use crate::desk::history::audit::AuditState;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_FILES, PUSH_REWRITES};
use crate::error::Error;
use crate::store::git::Snapshot;
use crate::store::layout;

impl PushGuard {
    /// Checks that a customer's push changes only tickets and the customer's support roles on the default branch: a
    /// customer must not bring a change there that is waiting on another branch.
    ///
    /// # Errors
    /// git refuses.
    pub(super) fn check_main_branch(
        &self,
        customer: &Person,
        old: &str,
        new: &str,
        state: &mut AuditState,
    ) -> Result<(), Error> {
        // A rewritten branch was reported as that.
        if state.result.findings.iter().any(|known| *known.rule == PUSH_REWRITES) {
            return Ok(());
        }
        let policies: Vec<_> = state.policies.fixed.iter().cloned().collect();
        for change in self.repository.changes(Some(old), Snapshot::Commit(new))? {
            let is_reported = |known: &Finding| *known.rule == PUSH_FILES && known.path == change.path;
            // Attachments were checked with the commits that add them.
            if is_new_attachment(&change.path, &[&change]) || is_attachment_attributes(&change.path, &[&change]) {
                continue;
            }
            if layout::ticket_at(&change.path).is_some() || state.result.findings.iter().any(is_reported) {
                continue;
            }
            if let Some(reason) = check_other_file(customer, &change.path, &[&change], &policies, state)? {
                state.report(Finding::new(&PUSH_FILES, &change.path, reason).in_commit(new));
            }
        }
        Ok(())
    }
}
