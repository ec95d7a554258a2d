//! What commits do to attachments: they add them, and that is all. Only the names of objects are looked at, which the
//! list of a commit's files tells anyway; whether bytes are what they are named after is for `check` to say.

use std::collections::HashMap;

use super::{AuditState, LoadedCommit};
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{ATTACHMENT_CHANGED, ATTACHMENT_DELETED, PUSH_FILES};
use crate::domain::ticket::attachment::Digest;
use crate::store::git::{CommitChange, is_blob};
use crate::store::layout;

/// What is known of attachments while commits are looked at.
#[derive(Default)]
pub(crate) struct AttachmentHistory {
    /// The first objects of those that were changed or deleted, by path.
    first: HashMap<String, String>,
    /// Those that new entries name, by whoever made the entry and pushes it.
    pub named: Vec<(Person, Digest)>,
    /// Those that somebody brings who may only bring what an entry of theirs names: with the path and the commit.
    pub brought: Vec<(Person, String, String)>,
}

impl AuditState {
    /// Holds the attachments of a commit against those of its parents.
    pub(super) fn check_attachments(&mut self, commit: &LoadedCommit<'_>) {
        let all = || commit.revision.sides.iter().flat_map(|side| &side.changes);
        let mut told: Vec<&str> = Vec::new();
        for change in all() {
            let Some(old) = change.old.as_ref().filter(|_| is_attachment(&change.path)) else { continue };
            let (path, known) = (change.path.as_str(), self.attachments.first.get(&change.path));
            // The mode alone, or bytes that came back.
            if change.new.as_ref().is_some_and(|new| new == old || Some(new) == known) || told.contains(&path) {
                continue;
            }
            told.push(path);
            self.attachments.first.entry(path.to_owned()).or_insert_with(|| old.clone());
            let moved =
                |other: &&CommitChange| other.path != path && other.old.is_none() && other.new.as_ref() == Some(old);
            let finding = match (&change.new, all().find(moved)) {
                (Some(_), _) => Finding::new(&ATTACHMENT_CHANGED, path, "the bytes of the attachment were changed"),
                (None, _) if change.odd => {
                    Finding::new(&ATTACHMENT_CHANGED, path, "the attachment is no plain file any more")
                }
                (None, Some(other)) => {
                    Finding::new(&ATTACHMENT_DELETED, path, format!("the attachment was moved to {}", other.path))
                }
                (None, None) => Finding::new(&ATTACHMENT_DELETED, path, "the attachment was deleted"),
            };
            self.report(finding.in_commit(&commit.revision.id));
        }
    }

    /// Tells which of the attachments that were brought no entry names whose author brings them.
    pub fn check_new_attachments(&mut self) {
        let AttachmentHistory { named, brought, .. } = std::mem::take(&mut self.attachments);
        for (person, path, commit) in brought {
            let is_it =
                |(by, digest): &(Person, Digest)| by.same_address(&person) && Some(*digest) == Digest::at(&path);
            if !named.iter().any(is_it) {
                let message = format!("no entry of {person} in this push names this attachment");
                self.report(Finding::new(&PUSH_FILES, path, message).in_commit(commit));
            }
        }
    }
}

fn is_attachment(path: &str) -> bool {
    path.starts_with(layout::ATTACHMENTS) && Digest::at(path).is_some()
}

/// Whether a file is an attachment that is new everywhere.
pub(crate) fn is_new_attachment(path: &str, changes: &[&CommitChange]) -> bool {
    let is_new = |change: &&CommitChange| change.old.is_none() && change.new.is_some() && !change.turns && !change.odd;
    is_attachment(path) && !changes.is_empty() && changes.iter().all(is_new)
}

/// Whether it is the file that goes with the first of them, as commands write it.
pub(crate) fn is_for_attachments(path: &str, changes: &[&CommitChange]) -> bool {
    let is_it = |name: &String| is_blob(name, layout::ATTACHMENTS_AS_THEY_ARE.as_bytes());
    let is_new =
        |change: &&CommitChange| change.old.is_none() && change.new.as_ref().is_some_and(is_it) && !change.turns;
    path == layout::ATTACHMENT_ATTRIBUTES && !changes.is_empty() && changes.iter().all(is_new)
}
