//! A request: one action that an actor wants on one ticket.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::{Attachment, Digest};
use crate::domain::vocabulary::{Status, vocabulary};

/// A reference to the ticket of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketRef {
    /// A ticket that the request opens.
    New,
    /// The ticket that an earlier request of the command opened. The request is skipped if the key of that request was
    /// used before, so that it opened none.
    Opened,
    /// A ticket that exists.
    Ticket(Id),
}

vocabulary! {
    /// The use of an opening whose ticket was opened before with the same key, such as an alert that fires again.
    OnExisting, "choice" {
        /// Nothing: the result is that ticket.
        Return = "return",
        /// Its text becomes a note on that ticket.
        Note = "note",
        /// Its text becomes a reply to that ticket.
        Reply = "reply",
        /// If that ticket is solved, its text reopens it; otherwise it becomes a note.
        Reopen = "reopen",
    }
}

/// A request: one action on one ticket, with its text and conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRequest {
    /// The ticket.
    pub target: TicketRef,
    /// The action.
    pub action: Action,
    /// The text of the entry.
    pub text: Option<Text>,
    /// The files that the entry names.
    pub attachments: Vec<AttachmentData>,
    /// True if only support reads the text; `None` for the default of the action.
    pub internal: Option<bool>,
    /// True if the reply of an agent leaves the status as it is.
    pub keep_open: bool,
    /// True if a reminder may come before the policy has it due.
    pub early: bool,
    /// The key: a retry with the same key returns the first result.
    pub key: Option<String>,
    /// The use of an opening if its key was used before.
    pub on_existing: OnExisting,
    /// True if the request succeeds, and adds no entry, if the ticket is in the state that it leads to.
    pub if_needed: bool,
    /// The status that the ticket must have.
    pub if_status: Option<Status>,
    /// The version that the ticket must have: the id of its last entry, or a part of it.
    pub if_version: Option<String>,
}

impl ActionRequest {
    /// Returns a request for an action on a ticket, without attachments, key or conditions.
    pub const fn on(ticket: Id, action: Action, text: Option<Text>) -> Self {
        Self {
            target: TicketRef::Ticket(ticket),
            action,
            text,
            attachments: Vec::new(),
            internal: None,
            keep_open: false,
            early: false,
            key: None,
            on_existing: OnExisting::Return,
            if_needed: false,
            if_status: None,
            if_version: None,
        }
    }

    /// Returns true if the entry of an actor in this role is marked as internal.
    pub fn is_internal(&self, role: TicketRole) -> bool {
        let is_default = || role.is_support() && self.action.is_internal_by_default() == Some(true);
        (self.text.is_some() || !self.attachments.is_empty()) && self.internal.unwrap_or_else(is_default)
    }
}

/// An attachment and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentData {
    /// The attachment, as the entry names it.
    pub attachment: Attachment,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl AttachmentData {
    /// Returns the attachment of some bytes. `name` must be one that attachments may have.
    pub fn of(name: String, bytes: Vec<u8>) -> Self {
        let digest = Digest(Sha256::digest(&bytes).into());
        Self { attachment: Attachment { name, size: bytes.len() as u64, digest }, bytes: bytes.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let attached = AttachmentData::of("empty".to_owned(), Vec::new());
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!((attached.attachment.digest.to_string(), attached.attachment.size), (digest.to_owned(), 0));
    }
}
