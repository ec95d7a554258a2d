//! Desks that commits moved or removed: an audit of one desk did not see their tickets.
//!
//! Only the places of casebook.toml are compared.

use super::{AuditReport, HistoryAudit};
use crate::desk::history::hooks::quoted;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{TICKET_DELETED, TICKET_MOVED};
use crate::error::Error;
use crate::store::git::Revision;
use crate::store::layout::MARKER;

/// The commits that added or removed desks.
#[derive(Debug, Default)]
pub struct DeskMoves {
    /// The commit that added this desk, unless the history begins with it.
    added: Option<String>,
    /// The commits that removed other desks, each with the path of its casebook.toml.
    removed: Vec<(String, String)>,
}

impl DeskMoves {
    /// Takes note of a commit.
    pub fn visit(&mut self, revision: &Revision) {
        for side in revision.sides.iter().filter(|side| side.parent.is_some()) {
            for change in side.changes.iter().filter(|change| change.path.ends_with(MARKER)) {
                let is_own = change.path == MARKER;
                if is_own && change.old.is_none() {
                    self.added.get_or_insert_with(|| revision.id.clone());
                } else if change.new.is_none() && change.path.ends_with(&format!("/{MARKER}")) {
                    self.removed.push((revision.id.clone(), change.path.clone()));
                }
            }
        }
    }
}

impl HistoryAudit {
    /// Reports desks that commits removed and that do not exist any more. A walk of a desk at the top of the repository
    /// has seen them; otherwise git is asked.
    ///
    /// # Errors
    /// git refuses.
    pub(super) fn check_removed_desks(
        &self,
        desks: &DeskMoves,
        revisions: &[String],
        report: &mut AuditReport,
    ) -> Result<(), Error> {
        let prefix = self.repository.prefix()?;
        let deletions = if prefix.is_empty() { Vec::new() } else { self.repository.deletions(revisions, MARKER)? };
        let removed = if prefix.is_empty() { &desks.removed } else { &deletions };
        if removed.is_empty() {
            return Ok(());
        }
        let existing = self.repository.folders_with(MARKER)?;
        let mut reported: Vec<&str> = Vec::new();
        for (commit, path) in removed {
            let folder = path.strip_suffix(MARKER).unwrap_or(path);
            if folder == prefix || reported.contains(&folder) || existing.iter().any(|other| other == folder) {
                continue;
            }
            reported.push(folder);
            let desk = if folder.is_empty() { "." } else { folder.trim_end_matches('/') };
            let (rule, change) = if desks.added.as_ref() == Some(commit) {
                (&TICKET_MOVED, "was moved here")
            } else {
                (&TICKET_DELETED, "was removed")
            };
            let message = format!(
                "the desk at `{desk}` {change} with its tickets; `casebook audit --desk {}` audits their history there",
                quoted(desk)
            );
            report.findings.push(Finding::new(rule, path, message).in_commit(commit));
        }
        Ok(())
    }
}
