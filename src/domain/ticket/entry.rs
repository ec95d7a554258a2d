//! The entries of a history.
//!
//! An entry is written once and never changed.

use chrono::{DateTime, Utc};

use super::action::Action;
use super::attachment::Attachment;
use super::header_field::HeaderField;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::{Role, Status};

/// An entry of a ticket's history (docs/format.md#an-entry).
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The id, greater than the id of the previous entry.
    pub id: Id,
    /// The time of the action, UTC.
    pub at: DateTime<Utc>,
    /// The actor.
    pub by: Person,
    /// The role of the actor at that time. A later change of the team does not affect it.
    pub role: Role,
    /// The action.
    pub action: Action,
    /// The status before the action; `None` only on the first entry.
    pub from: Option<Status>,
    /// The status after the action, if the action changed it.
    pub to: Option<Status>,
    /// The idempotency key of the command, unique within the ticket.
    pub key: Option<String>,
    /// The Message-ID of the mail that contained the entry.
    pub message_id: Option<String>,
    /// True if only support reads the text and the attachments; customers see the action.
    pub internal: bool,
    /// The attachments, each digest once. Only actions for which [`super::attachment::may_have_attachments`] is true
    /// have any.
    pub attachments: Vec<Attachment>,
    /// The text.
    pub text: Option<Text>,
}

impl Entry {
    /// Returns an entry with the time of its id, truncated to seconds, and without statuses and text.
    pub fn new(id: Id, by: Person, role: Role, action: Action) -> Self {
        Self {
            id,
            at: whole_seconds(id.time()),
            by,
            role,
            action,
            from: None,
            to: None,
            key: None,
            message_id: None,
            internal: false,
            attachments: Vec::new(),
            text: None,
        }
    }

    /// Returns true for a public reply of an actor in this role, unless it is an automatic mail.
    pub fn is_reply_of(&self, role: Role) -> bool {
        self.role == role && !self.internal && matches!(self.action, Action::Reply { auto: false, .. })
    }

    /// Returns true if the entry gives the ticket a subject.
    pub fn has_subject(&self) -> bool {
        match &self.action {
            Action::Open(_) | Action::Redact { subject: Some(_), .. } => true,
            Action::Set { set, .. } => set.iter().any(|(field, _)| *field == HeaderField::SUBJECT),
            _ => false,
        }
    }

    /// Returns true if customers never see the entry: a note, internal files, or a change of tags without a public text.
    pub fn is_internal(&self) -> bool {
        match self.action {
            Action::Note { .. } => true,
            Action::Tag { .. } => self.internal || self.text.is_none(),
            Action::Attach => self.internal,
            _ => false,
        }
    }

    /// Returns true if customers never see the text of the entry.
    pub fn has_internal_text(&self) -> bool {
        self.internal || self.is_internal()
    }
}
