//! A request: one action that an actor wants on one ticket.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::domain::id::Id;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::{Attachment, Digest};
use crate::domain::vocabulary::Status;

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketRef {
    /// A ticket to be opened.
    New,
    /// A ticket that is there.
    Ticket(Id),
}

/// One thing asked of one ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionRequest {
    /// The ticket.
    pub target: TicketRef,
    /// What is asked.
    pub action: Action,
    /// The words that go with it.
    pub text: Option<Text>,
    /// The files that go with it.
    pub attachments: Vec<AttachmentData>,
    /// For a reply of an agent: leave the status as it is.
    pub keep_open: bool,
    /// A retry with the same key returns the first result.
    pub key: Option<String>,
    /// Only if the ticket has this status.
    pub if_status: Option<Status>,
    /// Only if this is the ticket's last entry: its id, or a part of it.
    pub if_version: Option<String>,
}

impl ActionRequest {
    /// An action on a ticket, with nothing special asked for.
    pub const fn on(ticket: Id, action: Action, text: Option<Text>) -> Self {
        Self {
            target: TicketRef::Ticket(ticket),
            action,
            text,
            attachments: Vec::new(),
            keep_open: false,
            key: None,
            if_status: None,
            if_version: None,
        }
    }
}

/// A file that goes with an entry, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentData {
    /// What the entry says of it.
    pub what: Attachment,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl AttachmentData {
    /// Bytes under a name, which has to be one that attachments may have.
    pub fn of(name: String, bytes: Vec<u8>) -> Self {
        let digest = Digest(Sha256::digest(&bytes).into());
        Self { what: Attachment { name, size: bytes.len() as u64, digest }, bytes: bytes.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_known_by_their_digest() {
        let attached = AttachmentData::of("empty".to_owned(), Vec::new());
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!((attached.what.digest.to_string(), attached.what.size), (digest.to_owned(), 0));
    }
}
