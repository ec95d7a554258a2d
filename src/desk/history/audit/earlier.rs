//! What an audit that goes on from a commit does not walk: whether entries that came since lay in other tickets there.
//!
//! Reads what that commit holds, and must not know how it was verified.

use super::{AuditState, HistoryAudit};
use crate::desk::history::duplicate_entries::DeskAt;
use crate::domain::id::Id;
use crate::error::Error;
use crate::store::layout;

impl HistoryAudit {
    /// Tells of the entries that came between two commits and lay in another ticket at the older one.
    pub(super) fn check_duplicates(&self, verified: &str, tip: &str, judge: &mut AuditState) -> Result<(), Error> {
        let mut brought: Vec<(Id, Id)> = judge.tickets.iter().map(|(entry, ticket)| (*entry, *ticket)).collect();
        brought.sort_unstable();
        let ground = DeskAt { repository: &self.repository, prefix: &self.prefix, commit: verified };
        for copy in ground.duplicates_among(&brought)? {
            let place = copy.ticket.map(layout::ticket_path).zip(copy.entry);
            let Some((path, entry)) = place.map(|(path, entry)| (format!("{}{path}", self.prefix), entry)) else {
                continue;
            };
            let words = entry.to_string();
            let commit = self.repository.first_commit_adding(&words, &path, verified, tip)?;
            judge.report(copy.in_commit(commit.unwrap_or_else(|| tip.to_owned())));
        }
        Ok(())
    }
}
