//! The difference between two versions of a ticket, entry by entry.

use std::collections::{HashMap, HashSet};

use super::Ticket;
use super::entry::Entry;
use crate::domain::id::Id;
use crate::domain::people::visibility::{redacted_entries, without_texts, without_texts_redacted_later};
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
    /// The entries that differ between the versions, sorted by id, without redacted texts.
    pub entries: Vec<(EntryChange, Entry)>,
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

    /// Compares two versions of a ticket, and conceals what either redacts, or what is `redacted` now.
    pub fn between(id: Id, before: Option<Ticket>, after: Option<Ticket>, mut redacted: HashSet<Id>) -> Self {
        let mut entries = differing(&before, &after);
        for ticket in [&before, &after].into_iter().flatten() {
            redacted.extend(redacted_entries(ticket, &HashSet::new()));
        }
        for (_, entry) in entries.iter_mut().filter(|(_, entry)| redacted.contains(&entry.id)) {
            *entry = without_texts(entry);
        }
        let concealed = |ticket| without_texts_redacted_later(ticket, &redacted);
        let [before, after] = [before, after].map(|ticket| ticket.map(concealed));
        Self { id, before, after, entries }
    }
}

/// Returns the entries that differ between two versions, sorted by id; a rewritten entry as it is after.
fn differing(before: &Option<Ticket>, after: &Option<Ticket>) -> Vec<(EntryChange, Entry)> {
    let by_id = |ticket: &'_ Option<Ticket>| -> HashMap<Id, usize> {
        let history = ticket.iter().flat_map(|ticket| &ticket.history).enumerate();
        history.map(|(index, entry)| (entry.id, index)).collect()
    };
    let (old_ids, new_ids) = (by_id(before), by_id(after));
    let old = |id: Id| old_ids.get(&id).and_then(|index| before.as_ref()?.history.get(*index));
    let mut changes = Vec::new();
    for entry in after.iter().flat_map(|ticket| &ticket.history) {
        match old(entry.id) {
            None => changes.push((EntryChange::Added, entry.clone())),
            Some(older) if older != entry => changes.push((EntryChange::Rewritten, entry.clone())),
            Some(_) => {}
        }
    }
    let removed = before.iter().flat_map(|ticket| &ticket.history).filter(|entry| !new_ids.contains_key(&entry.id));
    changes.extend(removed.map(|entry| (EntryChange::Removed, entry.clone())));
    changes.sort_by_key(|(_, entry)| entry.id);
    changes
}
