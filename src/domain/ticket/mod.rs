//! A ticket: the header people see first, and the history it is a projection of.
//!
//! Must not know how either is spelled on disk, or which transitions are legal.

pub mod action;
pub mod attachment;
pub mod custom_field;
pub mod diff;
pub mod entry;
mod header;
pub mod header_changes;
pub mod macros;
pub mod product_group;
pub mod replay;
pub mod summary;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::id::Id;
use super::people::visibility::{internal_entries, redacted_entries};
use super::ticket::action::{Action, OpenFields};
use super::ticket::entry::Entry;
use super::vocabulary::{Role, Status};

pub use header::{Escalation, Header, Hold};

/// The format this program writes; newer ones are read as far as they are understood (FORMAT, rule 9).
pub const FORMAT: u32 = 1;

/// One ticket as its file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// The format number of the file.
    pub format: u32,
    /// The id: that of the first entry.
    pub id: Id,
    /// The facts that hold now. Equal to [`replay::replay`] of the history in a sound file.
    pub header: Header,
    /// What happened, oldest first. Never empty; the first entry opens the ticket.
    pub history: Vec<Entry>,
}

impl Ticket {
    /// A ticket of one entry, if that entry opens one.
    pub fn opened_by(entry: Entry) -> Option<Self> {
        let Action::Open(opening) = &entry.action else {
            return None;
        };
        Some(Self { format: FORMAT, id: entry.id, header: Header::opened(opening), history: vec![entry] })
    }

    /// Adds an entry and what follows from it for the header. Total: what `decide` let through cannot fail.
    pub fn append(&mut self, entry: Entry) {
        replay::apply(&mut self.header, &entry);
        self.history.push(entry);
    }

    /// The id of the last entry: what `--if-version` compares.
    pub fn version(&self) -> Id {
        self.history.last().map_or(self.id, |entry| entry.id)
    }

    /// When it was opened, UTC.
    pub fn created_at(&self) -> DateTime<Utc> {
        self.history.first().map_or_else(|| self.id.time(), |entry| entry.at)
    }

    /// When something last happened to it, UTC.
    pub fn last_activity_at(&self) -> DateTime<Utc> {
        self.history.last().map_or_else(|| self.id.time(), |entry| entry.at)
    }

    /// The entry of an id.
    pub fn entry(&self, id: Id) -> Option<&Entry> {
        self.history.iter().find(|entry| entry.id == id)
    }

    /// The entry an idempotency key was used for.
    pub fn entry_by_key(&self, key: &str) -> Option<&Entry> {
        self.history.iter().find(|entry| entry.key.as_deref() == Some(key))
    }

    /// The first entry's opening facts.
    pub fn opening(&self) -> Option<&OpenFields> {
        match &self.history.first()?.action {
            Action::Open(opening) => Some(opening),
            _ => None,
        }
    }

    /// The reminders since the last public reply of an agent; any reply of the customer and any
    /// reopening starts the count again (WORKFLOW, remind). Automatic mails count for nothing.
    pub fn alerts(&self) -> usize {
        self.history.iter().fold(0, |alerts, entry| match &entry.action {
            Action::Remind { .. } => alerts + 1,
            Action::Reply { auto: false, .. } | Action::Reopen { .. } => 0,
            _ => alerts,
        })
    }

    /// The entry by which the assignee was given it; nothing where there is none.
    pub fn assigned_by(&self) -> Option<Id> {
        self.history.iter().fold(None, |assigned, entry| match &entry.action {
            Action::Open(opening) => opening.assignee.as_ref().map(|_| entry.id),
            Action::Assign { assignee } => assignee.as_ref().map(|_| entry.id),
            _ => assigned,
        })
    }

    /// When it was solved, UTC; nothing where it is not.
    pub fn solved_at(&self) -> Option<DateTime<Utc>> {
        let solved = self.history.iter().rev().find(|entry| entry.to == Some(Status::Solved));
        solved.filter(|_| self.header.status == Status::Solved).map(|entry| entry.at)
    }

    /// Whether it was solved once, and opened again.
    pub fn was_reopened(&self) -> bool {
        self.history
            .iter()
            .any(|entry| entry.from == Some(Status::Solved) && entry.to.is_some_and(|to| to != Status::Solved))
    }

    /// The ticket as it was at an instant; `None` where it was not open yet.
    pub fn as_of(&self, instant: DateTime<Utc>) -> Option<Self> {
        let count = self.history.partition_point(|entry| entry.id.time() <= instant);
        let history = self.history[..count].to_vec();
        Some(Self { format: self.format, id: self.id, header: replay::replay(&history)?, history })
    }

    /// Whether the subject or one of the texts holds some words, whatever their case. `words` are lower case.
    /// Internal notes count only for those who may see them, and words that were redacted for nobody.
    pub fn contains_text(&self, lower_text: &str, with_internal: bool) -> bool {
        if self.header.subject.to_lowercase().contains(lower_text) {
            return true;
        }
        let mut hidden = if with_internal { HashSet::new() } else { internal_entries(self) };
        hidden.extend(redacted_entries(self, &hidden));
        let visible = self.history.iter().filter(|entry| !hidden.contains(&entry.id));
        visible.filter_map(|entry| entry.text.as_ref()).any(|text| text.as_str().to_lowercase().contains(lower_text))
    }

    /// The last public reply of a human agent.
    pub fn last_agent_reply(&self) -> Option<&Entry> {
        self.history.iter().rev().find(|entry| entry.is_reply_of(Role::Agent))
    }

    /// The last ticket that was merged into this one after the given entry, and still is: words nobody here has answered.
    pub fn merged_after(&self, id: Id) -> Option<Id> {
        let sources =
            self.history.iter().rev().take_while(|entry| entry.id > id).filter_map(|entry| match &entry.action {
                Action::Merged { source, .. } => Some(*source),
                _ => None,
            });
        sources.into_iter().find(|source| self.header.merged_from.contains(source))
    }

    /// Whether the customer has replied after the given entry.
    pub fn customer_replied_after(&self, id: Id) -> bool {
        self.history.iter().any(|entry| entry.id > id && entry.is_reply_of(Role::Customer))
    }
}
