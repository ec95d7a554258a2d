//! Tickets: header, history, and the parts of both.
//!
//! # Invariants
//!
//! The header of a valid ticket is the replay of its history. This folder does not know the file format of a ticket,
//! nor which actions the workflow allows.

pub mod action;
pub mod attachment;
pub mod custom_field;
pub mod diff;
pub mod entry;
mod fields;
pub mod header_changes;
pub mod header_field;
pub mod macro_template;
pub mod macros;
pub mod product_group;
pub mod replay;
pub mod summary;
pub mod texts;

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::id::Id;
use super::people::visibility::redacted_entries;
use super::ticket::action::Action;
use super::ticket::entry::Entry;
use super::vocabulary::{Role, Status};

pub use fields::{Escalation, Header, Hold, OpenFields, Override};

/// The format number that this program writes. Newer formats are read in part, and never written (rule CB019).
pub const FORMAT: u32 = 1;

/// A ticket, as its file contains it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// The format number of the file.
    pub format: u32,
    /// The id, which is that of the first entry.
    pub id: Id,
    /// The header. Equal to [`replay::replay`] of the history in a valid file.
    pub header: Header,
    /// The entries, oldest first. Never empty; the first entry opens the ticket.
    pub history: Vec<Entry>,
}

impl Ticket {
    /// Returns a ticket with this first entry, or `None` if the entry is not an opening.
    pub fn opened_by(entry: Entry) -> Option<Self> {
        let Action::Open(opening) = &entry.action else {
            return None;
        };
        Some(Self { format: FORMAT, id: entry.id, header: Header::opened(opening), history: vec![entry] })
    }

    /// Appends an entry and applies it to the header. Cannot fail, even if the workflow does not allow the entry.
    pub fn append(&mut self, entry: Entry) {
        replay::apply(&mut self.header, &entry);
        self.history.push(entry);
    }

    /// Returns the version: the id of the last entry, which `--if-version` compares.
    pub fn version(&self) -> Id {
        self.history.last().map_or(self.id, |entry| entry.id)
    }

    /// Returns the time of the opening, UTC.
    pub fn created_at(&self) -> DateTime<Utc> {
        self.history.first().map_or_else(|| self.id.time(), |entry| entry.at)
    }

    /// Returns the time of the last entry, UTC; that of the opening if the entry was dated back before it, as imports
    /// from other systems may be.
    pub fn last_activity_at(&self) -> DateTime<Utc> {
        let opened = self.created_at();
        self.history.last().map_or(opened, |entry| entry.at.max(opened))
    }

    /// Returns the entry with an id.
    pub fn entry(&self, id: Id) -> Option<&Entry> {
        self.history.iter().find(|entry| entry.id == id)
    }

    /// Returns the entry with an idempotency key.
    pub fn entry_by_key(&self, key: &str) -> Option<&Entry> {
        self.history.iter().find(|entry| entry.key.as_deref() == Some(key))
    }

    /// Returns the fields of the opening.
    pub fn opening(&self) -> Option<&OpenFields> {
        match &self.history.first()?.action {
            Action::Open(opening) => Some(opening),
            _ => None,
        }
    }

    /// Returns the number of reminders since the last public reply or reopening (docs/workflow.md#remind). Automatic
    /// mails do not count as replies. Reminders with one key, which two clones sent for the same step, count once.
    pub fn alerts(&self) -> usize {
        let (mut alerts, mut keys) = (0, Vec::new());
        for entry in &self.history {
            match &entry.action {
                Action::Remind { .. } if entry.key.is_some() && keys.contains(&&entry.key) => {}
                Action::Remind { .. } => {
                    alerts += 1;
                    keys.push(&entry.key);
                }
                Action::Reply { auto: false, .. } if entry.internal => {}
                Action::Reply { auto: false, .. } | Action::Reopen { .. } => {
                    alerts = 0;
                    keys.clear();
                }
                _ => {}
            }
        }
        alerts
    }

    /// Returns the entry that assigned the current assignee; `None` if the ticket has no assignee.
    pub fn assigned_by(&self) -> Option<Id> {
        self.history.iter().fold(None, |assigned, entry| match &entry.action {
            Action::Open(opening) => opening.assignee.as_ref().map(|_| entry.id),
            Action::Assign { assignee } => assignee.as_ref().map(|_| entry.id),
            _ => assigned,
        })
    }

    /// Returns the time of the solving, UTC; `None` if the ticket is not solved.
    pub fn solved_at(&self) -> Option<DateTime<Utc>> {
        let solved = self.history.iter().rev().find(|entry| entry.to == Some(Status::Solved));
        solved.filter(|_| self.header.status == Status::Solved).map(|entry| entry.at)
    }

    /// Returns true if the ticket was reopened at least once.
    pub fn was_reopened(&self) -> bool {
        self.history
            .iter()
            .any(|entry| entry.from == Some(Status::Solved) && entry.to.is_some_and(|to| to != Status::Solved))
    }

    /// Returns the ticket as it was at an instant (UTC); `None` if it was not open yet.
    pub fn as_of(&self, instant: DateTime<Utc>) -> Option<Self> {
        let count = self.history.partition_point(|entry| entry.id.time() <= instant);
        let history = self.history[..count].to_vec();
        Some(Self { format: self.format, id: self.id, header: replay::replay(&history)?, history })
    }

    /// Returns true if the subject or a text contains `lower_text`, which must be in lower case; case is ignored.
    /// Redacted texts are not searched.
    pub fn contains_text(&self, lower_text: &str) -> bool {
        if self.header.subject.to_lowercase().contains(lower_text) {
            return true;
        }
        let hidden = redacted_entries(self, &HashSet::new());
        let visible = self.history.iter().filter(|entry| !hidden.contains(&entry.id));
        visible.filter_map(|entry| entry.text.as_ref()).any(|text| text.as_str().to_lowercase().contains(lower_text))
    }

    /// Returns the last public reply of an agent.
    pub fn last_agent_reply(&self) -> Option<&Entry> {
        self.history.iter().rev().find(|entry| entry.is_reply_of(Role::Agent))
    }

    /// Returns the last ticket that was merged into this one after the given entry, and still is. Its conversation has
    /// not been answered on this ticket.
    pub fn merged_after(&self, id: Id) -> Option<Id> {
        let sources =
            self.history.iter().rev().take_while(|entry| entry.id > id).filter_map(|entry| match &entry.action {
                Action::Merged { source, .. } => Some(*source),
                _ => None,
            });
        sources.into_iter().find(|source| self.header.merged_from.contains(source))
    }

    /// Returns true if the customer has replied after the given entry.
    pub fn customer_replied_after(&self, id: Id) -> bool {
        self.history.iter().any(|entry| entry.id > id && entry.is_reply_of(Role::Customer))
    }
}
