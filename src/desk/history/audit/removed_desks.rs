//! Desks that a history had and has no more: what lay in one, this audit did not see.
//!
//! Looks at the places of casebook.toml alone; must not know tickets.

use super::{AuditReport, HistoryAudit};
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{TICKET_DELETED, TICKET_MOVED};
use crate::error::Error;
use crate::store::git::Revision;
use crate::store::layout::MARKER;

/// What a walk saw of desks.
#[derive(Debug, Default)]
pub(crate) struct DesksSeen {
    /// The commit that this desk came with, unless the history begins with it.
    came: Option<String>,
    /// The commits that took others away, each with the path of its casebook.toml.
    gone: Vec<(String, String)>,
}

impl DesksSeen {
    /// Takes in a commit.
    pub fn visit(&mut self, revision: &Revision) {
        for side in revision.sides.iter().filter(|side| side.parent.is_some()) {
            for change in side.changes.iter().filter(|change| change.path.ends_with(MARKER)) {
                let is_own = change.path == MARKER;
                if is_own && change.old.is_none() {
                    self.came.get_or_insert_with(|| revision.id.clone());
                } else if change.new.is_none() && change.path.ends_with(&format!("/{MARKER}")) {
                    self.gone.push((revision.id.clone(), change.path.clone()));
                }
            }
        }
    }
}

impl HistoryAudit {
    /// Tells of desks that commits took away, and that are not there any more. A walk that begins at the top of the
    /// repository has seen them; else git is asked.
    pub(super) fn check_removed_desks(
        &self,
        desks: &DesksSeen,
        revisions: &[String],
        found: &mut AuditReport,
    ) -> Result<(), Error> {
        let asked = if self.prefix.is_empty() { Vec::new() } else { self.repository.deletions(revisions, MARKER)? };
        let gone = if self.prefix.is_empty() { &desks.gone } else { &asked };
        if gone.is_empty() {
            return Ok(());
        }
        let there = self.repository.folders_with(MARKER)?;
        let mut told: Vec<&str> = Vec::new();
        for (commit, path) in gone {
            let folder = path.strip_suffix(MARKER).unwrap_or(path);
            if folder == self.prefix || told.contains(&folder) || there.iter().any(|known| known == folder) {
                continue;
            }
            told.push(folder);
            let desk = if folder.is_empty() { "." } else { folder.trim_end_matches('/') };
            let (rule, what) = if desks.came.as_ref() == Some(commit) {
                (&TICKET_MOVED, "was moved here")
            } else {
                (&TICKET_DELETED, "was taken away")
            };
            let message = format!(
                "the desk at `{desk}` {what} with its tickets; what they were is audited by `casebook audit --desk {desk}`"
            );
            found.findings.push(Finding::new(rule, path, message).in_commit(commit));
        }
        Ok(())
    }
}
