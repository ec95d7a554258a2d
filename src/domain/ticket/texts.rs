//! The texts of a ticket that a search can find, without the rest of the ticket.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::Ticket;
use crate::domain::convergence::cross_ticket::duplicate_forwards;
use crate::domain::id::Id;
use crate::domain::people::visibility::{internal_entries, redacted_entries};

/// The texts of a ticket that a search can find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketTexts<'a> {
    /// The ticket.
    pub id: Id,
    /// The subject.
    pub subject: Cow<'a, str>,
    /// The entries with a text that is neither redacted nor the duplicate of another one, oldest first.
    pub entries: Vec<EntryText<'a>>,
}

/// The text of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryText<'a> {
    /// The entry.
    pub id: Id,
    /// The time of the action, UTC.
    pub at: DateTime<Utc>,
    /// The actor.
    pub by: Cow<'a, str>,
    /// True if customers never see the text.
    pub is_internal: bool,
    /// The text.
    pub text: Cow<'a, str>,
}

impl<'a> From<&'a Ticket> for TicketTexts<'a> {
    /// The redaction of a public entry is public, so an entry that customers see is redacted for them if it is redacted
    /// for support.
    fn from(ticket: &'a Ticket) -> Self {
        let internal = internal_entries(ticket);
        let redacted = redacted_entries(ticket, &HashSet::new());
        let duplicates = duplicate_forwards(ticket);
        let is_shown = |id: &Id| !redacted.contains(id) && !duplicates.contains_key(id);
        let entries = ticket.history.iter().filter(|entry| is_shown(&entry.id)).filter_map(|entry| {
            Some(EntryText {
                id: entry.id,
                at: entry.at,
                by: Cow::Borrowed(entry.by.as_str()),
                is_internal: entry.internal || internal.contains(&entry.id),
                text: Cow::Borrowed(entry.text.as_ref()?.as_str()),
            })
        });
        Self { id: ticket.id, subject: Cow::Borrowed(&ticket.header.subject), entries: entries.collect() }
    }
}
