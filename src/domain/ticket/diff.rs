//! Two versions of a ticket beside each other: which entries came, went, or were rewritten.
//!
//! Must not know where the versions come from.

use std::collections::HashMap;

use super::Ticket;
use super::entry::Entry;
use crate::domain::id::Id;

/// A ticket before and after; one of them at least is there.
#[derive(Clone, Debug, PartialEq)]
pub struct TicketDiff {
    /// The ticket.
    pub id: Id,
    /// As it was.
    pub before: Option<Ticket>,
    /// As it is.
    pub after: Option<Ticket>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else than before.
    Rewritten,
}

impl EntryChange {
    /// The word of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Rewritten => "rewritten",
        }
    }
}

impl TicketDiff {
    /// The version there is: the later one, if there are two.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The entries that are not the same on both sides, by their ids; rewritten ones as they are now.
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
