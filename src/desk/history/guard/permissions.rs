//! The permissions of a pusher: the entries and the files that a commit may contain.

use std::sync::Arc;

use super::merges::MergeParents;
use super::pushed_commits::PushedCommits;
use crate::desk::history::audit::{AuditState, BasePolicy, Carrier, LoadedCommit};
use crate::domain::people::membership::Memberships;
use crate::domain::people::organization_change::{ChangeNotAllowed, may_change};
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_FILES, Severity};
use crate::domain::ticket::FORMAT;
use crate::store::git::{CommitChange, GitError, Revision};
use crate::store::layout;

impl PushedCommits<'_> {
    /// Checks that the person who brings a commit may change the files that it changes.
    ///
    /// # Errors
    /// git refuses.
    pub fn check_files(&mut self, commit: &LoadedCommit<'_>, state: &mut AuditState) -> Result<(), GitError> {
        let id = &commit.revision.id;
        state.result.findings.extend(removes_desk(commit.revision));
        for (path, file) in &commit.touched {
            let ticket = file.after.as_ref().and_then(|after| after.ticket().ok());
            if let Some(ticket) = ticket.filter(|ticket| ticket.format > FORMAT) {
                let message = format!(
                    "format {} is newer than {FORMAT}, the newest that this guard reads: update casebook on the server",
                    ticket.format
                );
                state.report(Finding::new(&PUSH_FILES, path, message).of(ticket.id).in_commit(id));
            }
        }
        let Self { repository, visited, attachments, .. } = self;
        let Carrier::Customer(pusher) = &state.carrier.clone() else { return Ok(()) };
        attachments.note_references(pusher, commit);
        let mut found = Vec::new();
        match commit.revision.sides.as_slice() {
            [diff] => {
                for change in &diff.changes {
                    let reason = match layout::ticket_at(&change.path).is_some() {
                        // The finding of the audit about this file says more.
                        true if has_error(state, id, &change.path) => None,
                        true => check_ticket_file(pusher, change, commit),
                        false if attachments.accepts(pusher, &change.path, &[change], id) => None,
                        false => check_other_file(pusher, &change.path, &[change], &commit.policies, state)?,
                    };
                    found.extend(reason.map(|reason| (change.path.clone(), reason)));
                }
            }
            diffs => {
                let mut parents = MergeParents::of(diffs, repository);
                for path in parents.paths() {
                    let changes = parents.changes(&path);
                    if layout::ticket_at(&path).is_some() {
                        // Entries are checked in the commits that add them; a mode that no parent has is new here.
                        if changes.iter().all(|change| change.is_some_and(|change| change.mode_changed)) {
                            found.push((path, mode_changed()));
                        }
                    } else if !parents.is_honest(&path)? {
                        let differing: Vec<&CommitChange> = if changes.iter().any(Option::is_none) {
                            Vec::new()
                        } else {
                            parents.changes_of(&path, |parent| !visited.contains(parent))
                        };
                        if attachments.accepts(pusher, &path, &differing, id) {
                            continue;
                        }
                        let reason = check_other_file(pusher, &path, &differing, &commit.policies, state)?;
                        found.extend(reason.map(|reason| (path, reason)));
                    }
                }
            }
        }
        for (path, reason) in found {
            state.report(Finding::new(&PUSH_FILES, path, reason).in_commit(id));
        }
        Ok(())
    }
}

/// Returns the finding that a commit removes casebook.toml, or replaces it with something other than a file.
pub(super) fn removes_desk(revision: &Revision) -> Option<Finding> {
    let mut changes = revision.sides.iter().flat_map(|diff| &diff.changes);
    let is_removed = changes.any(|change| change.path == layout::MARKER && change.new.is_none());
    let message = "casebook.toml, which defines the rights of all people, would be removed";
    is_removed.then(|| Finding::new(&PUSH_FILES, layout::MARKER, message).in_commit(&revision.id))
}

/// Returns whether there is an error about a file in a commit already.
fn has_error(state: &AuditState, commit: &str, path: &str) -> bool {
    let is_same = |known: &Finding| known.path == path && known.commit.as_deref() == Some(commit);
    state.result.findings.iter().any(|known| is_same(known) && known.severity == Severity::Error)
}

fn mode_changed() -> String {
    "ticket files must not be executable: their mode must be 100644".to_owned()
}

/// Returns the reason why a customer may not change a ticket file in this way: customers add their own entries, and the
/// header follows from those.
fn check_ticket_file(pusher: &Person, change: &CommitChange, commit: &LoadedCommit<'_>) -> Option<String> {
    if change.mode_changed {
        return Some(mode_changed());
    }
    let file = commit.touched.get(&change.path)?;
    let (after, before) = (file.after.as_ref()?, file.befores.first()?);
    if file.new.is_empty() {
        return Some(format!("{pusher} changes this ticket without adding an entry"));
    }
    let message = "the header has changes that do not follow from the new entries";
    (!after.header_unchanged(&before.version)).then(|| message.to_owned())
}

/// Returns the reason why a customer may not change a file that belongs to no ticket.
///
/// `changes` are the differences to the compared versions: several in a merge, and none if the merge takes a version
/// that git would not.
///
/// # Errors
/// git refuses.
pub(super) fn check_other_file(
    pusher: &Person,
    path: &str,
    changes: &[&CommitChange],
    policies: &[BasePolicy],
    state: &mut AuditState,
) -> Result<Option<String>, GitError> {
    let not_allowed = format!("{pusher} may not change this file");
    let Some(id) = layout::organization_of(path).filter(|_| !changes.is_empty()) else {
        return Ok(Some(not_allowed));
    };
    for change in changes {
        match check_organization(pusher, id, change, policies, state)? {
            Ok(()) => {}
            Err(ChangeNotAllowed::SupportRolesOnly) => {
                return Ok(Some(format!("{pusher} may change only support roles in this file")));
            }
            Err(_) => return Ok(Some(not_allowed)),
        }
    }
    Ok(None)
}

/// Checks that a customer may change an organization's file in this way.
fn check_organization(
    pusher: &Person,
    id: &str,
    change: &CommitChange,
    policies: &[BasePolicy],
    state: &mut AuditState,
) -> Result<Result<(), ChangeNotAllowed>, GitError> {
    let (Some(old), Some(new), false) = (&change.old, &change.new, change.mode_changed) else {
        return Ok(Err(ChangeNotAllowed::AgentsOnly));
    };
    let (old, new) = (state.organizations.file(id, old)?, state.organizations.file(id, new)?);
    let (Some(old), Some(new)) = (old, new) else { return Ok(Err(ChangeNotAllowed::AgentsOnly)) };
    let mut result = Err(ChangeNotAllowed::AgentsOnly);
    for base in policies {
        let organizations = state.organizations.at(&base.commit)?;
        let memberships = Memberships::of(pusher, organizations.iter().map(Arc::as_ref));
        result = may_change(&base.policy.team, pusher, &memberships, Some(&old), &new);
        if result.is_ok() {
            break;
        }
    }
    Ok(result)
}
