//! The difference between two versions of a ticket, entry by entry.

use std::collections::HashMap;

use super::Ticket;
use super::entry::Entry;
use crate::domain::id::Id;
use crate::domain::vocabulary::vocabulary;

/// A ticket before and after a change. At least one of the two versions exists.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketDiff {
    /// The ticket.
    pub id: Id,
    /// The version before.
    pub before: Option<Ticket>,
    /// The version after.
    pub after: Option<Ticket>,
}

vocabulary! {
    /// A kind of change of an entry.
    EntryChange, "change" {
        /// The entry is only in the new version.
        Added = "added",
        /// The entry is only in the old version.
        Removed = "removed",
        /// The entry differs between the versions.
        Rewritten = "rewritten",
    }
}

impl TicketDiff {
    /// Returns the version after, or the one before if the ticket was removed.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// Returns the entries that differ between the versions, sorted by id; a rewritten entry as it is after.
    pub fn entries(&self) -> Vec<(EntryChange, &Entry)> {
        let by_id = |ticket: &'_ Option<Ticket>| -> HashMap<Id, usize> {
            let history = ticket.iter().flat_map(|ticket| &ticket.history).enumerate();
            history.map(|(index, entry)| (entry.id, index)).collect()
        };
        let (before, after) = (by_id(&self.before), by_id(&self.after));
        let old = |id: Id| before.get(&id).and_then(|index| self.before.as_ref()?.history.get(*index));
        let mut changes: Vec<(EntryChange, &Entry)> = Vec::new();
        for entry in self.after.iter().flat_map(|ticket| &ticket.history) {
            match old(entry.id) {
                None => changes.push((EntryChange::Added, entry)),
                Some(older) if older != entry => changes.push((EntryChange::Rewritten, entry)),
                Some(_) => {}
            }
        }
        let removed =
            self.before.iter().flat_map(|ticket| &ticket.history).filter(|entry| !after.contains_key(&entry.id));
        changes.extend(removed.map(|entry| (EntryChange::Removed, entry)));
        changes.sort_by_key(|(_, entry)| entry.id);
        changes
    }
}
