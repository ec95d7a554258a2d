//! An entry: one thing that was done to a ticket, by whom, when, and what it did to the status.
//!
//! Written once and never changed. Must not know whether it was allowed.

use chrono::{DateTime, Utc};

use super::action::Action;
use super::attachment::Attachment;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::{Role, Status};

/// One entry of a ticket's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Greater than the id of the entry before it.
    pub id: Id,
    /// When it was done, UTC.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Person,
    /// What that person was at that time; judged by it ever after.
    pub role: Role,
    /// What was done.
    pub action: Action,
    /// The status it saw; absent on the first entry alone.
    pub from: Option<Status>,
    /// The status it led to, where it changed it.
    pub to: Option<Status>,
    /// The idempotency key of the command, unique in its ticket.
    pub key: Option<String>,
    /// The Message-ID of the mail it came by.
    pub message_id: Option<String>,
    /// The files that go with it, each digest once. Only what [`super::attachment::may_have_attachments`] has any.
    pub attachments: Vec<Attachment>,
    /// What was written.
    pub text: Option<Text>,
}

impl Entry {
    /// An entry that was made when its id was, to the whole second. It saw no status and led to none, and says nothing.
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
            attachments: Vec::new(),
            text: None,
        }
    }

    /// Whether it is a public reply of somebody in that role, written by a human.
    pub fn is_reply_of(&self, role: Role) -> bool {
        self.role == role && matches!(self.action, Action::Reply { auto: false, .. })
    }

    /// Whether customers never see it.
    pub fn is_internal(&self) -> bool {
        matches!(self.action, Action::Note { .. })
    }
}
