//! The attachments that a push adds: customers may add those that their own entries refer to.

use crate::desk::history::audit::{AuditState, ChangedTicket, LoadedCommit};
use crate::domain::people::person::Person;
use crate::domain::rules::PUSH_FILES;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::attachment::Digest;
use crate::store::git::{CommitChange, is_blob};
use crate::store::layout::{self, is_attachment};

/// The attachments that customers push, and those that their entries refer to.
#[derive(Default)]
pub(super) struct PushedAttachments {
    /// The attachments that new entries refer to, with the author of the entry, who pushes it.
    referenced: Vec<(Person, Digest)>,
    /// The attachments that a customer adds, with the path and the commit.
    added: Vec<(Person, String, String)>,
}

impl PushedAttachments {
    /// Takes note of the attachments that the pusher's own new entries refer to.
    pub fn note_references(&mut self, pusher: &Person, commit: &LoadedCommit<'_>) {
        let entries = commit.touched.values().flat_map(ChangedTicket::new_entries);
        for entry in entries.filter(|entry| entry.by.same_address(pusher)) {
            let digests = entry.attachments.iter().map(|attachment| (pusher.clone(), attachment.digest));
            self.referenced.extend(digests);
        }
    }

    /// Returns whether a file is an attachment, or the attributes of attachments, as a customer may add them. Entries
    /// that refer to an attachment are looked for at the end of the push.
    pub fn accepts(&mut self, pusher: &Person, path: &str, changes: &[&CommitChange], commit: &str) -> bool {
        if is_new_attachment(path, changes) {
            self.added.push((pusher.clone(), path.to_owned(), commit.to_owned()));
            return true;
        }
        is_attachment_attributes(path, changes)
    }

    /// Reports the attachments that no entry of their pusher refers to.
    pub fn check(&self, state: &mut AuditState) {
        for (person, path, commit) in &self.added {
            let is_reference =
                |(by, digest): &(Person, Digest)| by.same_address(person) && Some(*digest) == Digest::at(path);
            if !self.referenced.iter().any(is_reference) {
                let message = format!("no entry by {person} in this push refers to this attachment");
                state.report(Finding::new(&PUSH_FILES, path, message).in_commit(commit));
            }
        }
    }
}

/// Returns whether a file is an attachment that no parent has.
pub(super) fn is_new_attachment(path: &str, changes: &[&CommitChange]) -> bool {
    let is_new = |change: &&CommitChange| {
        change.old.is_none() && change.new.is_some() && !change.mode_changed && !change.is_special()
    };
    is_attachment(path) && !changes.is_empty() && changes.iter().all(is_new)
}

/// Returns whether a file is the `.gitattributes` of attachments as commands write it, and no parent has it.
pub(super) fn is_attachment_attributes(path: &str, changes: &[&CommitChange]) -> bool {
    let is_expected = |object: &String| is_blob(object, layout::ATTACHMENTS_AS_THEY_ARE.as_bytes());
    let is_new = |change: &&CommitChange| {
        change.old.is_none() && change.new.as_ref().is_some_and(is_expected) && !change.mode_changed
    };
    path == layout::ATTACHMENT_ATTRIBUTES && !changes.is_empty() && changes.iter().all(is_new)
}
