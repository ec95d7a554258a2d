//! Who brings a commit, and what that allows: which entries, and which files.
//!
//! Must not know how rights follow from files: the ground is given.

use std::path::Path;
use std::sync::Arc;

use super::merges::MergeParents;
use crate::desk::history::audit::{
    AuditState, BasePolicy, HistoryAudit, LoadedCommit, PolicyAt, is_for_attachments, is_new_attachment,
};
use crate::domain::people::membership::Memberships;
use crate::domain::people::organization_change::{ChangeNotAllowed, may_change};
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{PUSH_FILES, PUSH_FORGED, Severity};
use crate::domain::ticket::FORMAT;
use crate::domain::ticket::entry::Entry;
use crate::store::git::{CommitChange, GitError, Repository, Revision};
use crate::store::layout;

/// The new entries of the files a commit touched: by path, with their places.
type EntriesByPath<'a> = [(&'a str, Vec<usize>)];

/// Who brings a commit, and what that allows.
#[derive(Clone, Debug)]
pub(crate) struct PusherPermissions {
    /// The person.
    pub pusher: Option<Person>,
    /// Whether they are an agent.
    is_agent: bool,
    repository: Repository,
    prefix: String,
}

impl PusherPermissions {
    pub(super) fn of(pusher: Option<Person>, policy: &PolicyAt, auditor: &HistoryAudit) -> Self {
        let is_agent = pusher.as_ref().is_some_and(|person| policy.team.has_agent(person));
        Self { pusher, is_agent, repository: auditor.repository.clone(), prefix: auditor.prefix.clone() }
    }

    /// Whether this person may bring an entry. `is_named` says that the commit names its person.
    pub fn check_entry(&self, path: &str, entry: &Entry, is_named: bool) -> Option<Finding> {
        let pusher = self.pusher.as_ref()?;
        let name = crate::desk::history::audit::named(entry);
        match self.is_agent {
            _ if entry.by.same_address(pusher) => None,
            false => Some(Finding::new(&PUSH_FORGED, path, format!("{name} is not of {pusher}, who pushes it"))),
            true if is_named => None,
            true => {
                let message =
                    format!("{name} is not of {pusher}, and the commit does not say on whose behalf it was made");
                Some(Finding::new(&PUSH_FORGED, path, message))
            }
        }
    }

    /// Whether this person may change the files that a commit changes. `new` are the entries it brings.
    pub fn check_files(
        &self,
        commit: &LoadedCommit<'_>,
        new: &EntriesByPath<'_>,
        judge: &mut AuditState,
    ) -> Result<(), GitError> {
        let id = &commit.revision.id;
        judge.found.findings.extend(removes_desk(commit.revision));
        for (path, file) in &commit.touched {
            let newer =
                file.after.as_ref().and_then(|after| after.ticket().ok()).filter(|ticket| ticket.format > FORMAT);
            if let Some(ticket) = newer {
                let message = format!(
                    "format {} is newer than {FORMAT}, which is all that this guard can judge; bring casebook on the server up to date",
                    ticket.format
                );
                judge.report(Finding::new(&PUSH_FILES, path, message).of(ticket.id).in_commit(id));
            }
        }
        let Some(pusher) = self.pusher.as_ref().filter(|_| !self.is_agent) else { return Ok(()) };
        name_attachments(pusher, commit, new, judge);
        let mut found = Vec::new();
        match commit.revision.sides.as_slice() {
            [side] => {
                for change in &side.changes {
                    let why_not = match layout::is_ticket_path(Path::new(&change.path)) {
                        // What the audit told of the file says more.
                        true if already_reported(judge, id, &change.path) => None,
                        true => of_ticket(pusher, change, commit, new),
                        false if is_attachment_upload(pusher, &change.path, &[change], id, judge) => None,
                        false => check_other_file(pusher, &change.path, &[change], &commit.grounds, judge)?,
                    };
                    found.extend(why_not.map(|why_not| (change.path.clone(), why_not)));
                }
            }
            sides => {
                let mut sides = MergeParents::of(sides, &self.repository, &self.prefix);
                for path in sides.paths() {
                    let changes = sides.changes(&path);
                    if layout::is_ticket_path(Path::new(&path)) {
                        // Entries are judged where they come from; a mode no side has comes from here.
                        if changes.iter().all(|change| change.is_some_and(|change| change.turns)) {
                            found.push((path, mode_changed_message()));
                        }
                    } else if !sides.is_honest(&path)? {
                        let differing: Vec<&CommitChange> = if changes.iter().any(Option::is_none) {
                            Vec::new()
                        } else {
                            sides.changes_of(&path, |parent| !judge.walked.contains(parent))
                        };
                        if is_attachment_upload(pusher, &path, &differing, id, judge) {
                            continue;
                        }
                        let why_not = check_other_file(pusher, &path, &differing, &commit.grounds, judge)?;
                        found.extend(why_not.map(|why_not| (path, why_not)));
                    }
                }
            }
        }
        found.into_iter().for_each(|(path, why)| judge.report(Finding::new(&PUSH_FILES, path, why).in_commit(id)));
        Ok(())
    }
}

/// That a commit takes casebook.toml away, or puts something else than a file there.
pub(super) fn removes_desk(revision: &Revision) -> Option<Finding> {
    let mut changes = revision.sides.iter().flat_map(|side| &side.changes);
    let is_lost = changes.any(|change| change.path == layout::MARKER && change.new.is_none());
    let message = "casebook.toml would be gone, and with it who may do what";
    is_lost.then(|| Finding::new(&PUSH_FILES, layout::MARKER, message).in_commit(&revision.id))
}

/// Takes note of the attachments that the person's own new entries name.
fn name_attachments(pusher: &Person, commit: &LoadedCommit<'_>, new: &EntriesByPath<'_>, judge: &mut AuditState) {
    for (path, places) in new {
        let ticket = commit.touched.get(*path).and_then(|file| file.after.as_ref()?.ticket().ok());
        let entries = places.iter().filter_map(|place| ticket?.history.get(*place));
        for entry in entries.filter(|entry| entry.by.same_address(pusher)) {
            let digests = entry.attachments.iter().map(|attachment| (pusher.clone(), attachment.digest));
            judge.attachments.named.extend(digests);
        }
    }
}

/// Whether a file is one that customers bring together with an entry. Whether an entry names it is known at the end of
/// the push.
fn is_attachment_upload(
    pusher: &Person,
    path: &str,
    changes: &[&CommitChange],
    commit: &str,
    judge: &mut AuditState,
) -> bool {
    if is_new_attachment(path, changes) {
        judge.attachments.brought.push((pusher.clone(), path.to_owned(), commit.to_owned()));
        return true;
    }
    is_for_attachments(path, changes)
}

fn already_reported(judge: &AuditState, commit: &str, path: &str) -> bool {
    let is_it = |told: &Finding| told.path == path && told.commit.as_deref() == Some(commit);
    judge.found.findings.iter().any(|told| is_it(told) && told.severity == Severity::Error)
}

fn mode_changed_message() -> String {
    "a ticket's file is not to be run: its mode is 100644".to_owned()
}

/// Why a customer may not change a ticket's file so: they add entries of their own, and the header follows from those.
fn of_ticket(
    pusher: &Person,
    change: &CommitChange,
    commit: &LoadedCommit<'_>,
    new: &EntriesByPath<'_>,
) -> Option<String> {
    if change.turns {
        return Some(mode_changed_message());
    }
    let file = commit.touched.get(&change.path)?;
    let (after, before) = (file.after.as_ref()?, file.befores.first()?);
    if new.iter().all(|(path, new)| *path != change.path || new.is_empty()) {
        return Some(format!("{pusher} changes it, and brings no entry"));
    }
    let message = "the header differs in more than what the new entries lead to";
    (!after.header_unchanged(&before.version)).then(|| message.to_owned())
}

/// Why a customer may not change a file that belongs to no ticket. `changes` are what it is held against: of a merge
/// there are several, and none where it is no change of theirs at all.
pub(super) fn check_other_file(
    pusher: &Person,
    path: &str,
    changes: &[&CommitChange],
    grounds: &[BasePolicy],
    judge: &mut AuditState,
) -> Result<Option<String>, GitError> {
    let theirs = format!("this file is not {pusher}'s to change");
    let Some(id) = layout::organization_of(path).filter(|_| !changes.is_empty()) else { return Ok(Some(theirs)) };
    for change in changes {
        match amends(pusher, id, change, grounds, judge)? {
            Ok(()) => {}
            Err(ChangeNotAllowed::SupportRolesOnly) => {
                let message = format!("{pusher} gives and takes support roles here, and changes nothing else");
                return Ok(Some(message));
            }
            Err(_) => return Ok(Some(theirs)),
        }
    }
    Ok(None)
}

/// Whether somebody may change an organisation's file so.
fn amends(
    pusher: &Person,
    id: &str,
    change: &CommitChange,
    grounds: &[BasePolicy],
    judge: &mut AuditState,
) -> Result<Result<(), ChangeNotAllowed>, GitError> {
    let (Some(old), Some(new), false) = (&change.old, &change.new, change.turns) else {
        return Ok(Err(ChangeNotAllowed::AgentsOnly));
    };
    let (old, new) = (judge.registry.file(id, old)?, judge.registry.file(id, new)?);
    let (Some(old), Some(new)) = (old, new) else { return Ok(Err(ChangeNotAllowed::AgentsOnly)) };
    let mut judged = Err(ChangeNotAllowed::AgentsOnly);
    for ground in grounds {
        let organizations = judge.registry.at(&ground.commit)?;
        let memberships = Memberships::of(pusher, organizations.iter().map(Arc::as_ref));
        judged = may_change(&ground.policy.team, pusher, &memberships, Some(&old), &new);
        if judged.is_ok() {
            break;
        }
    }
    Ok(judged)
}
