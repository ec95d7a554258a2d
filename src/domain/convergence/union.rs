//! The union of two histories of one ticket: the entries of both in the order of their ids, with the header that follows
//! from them (docs/format.md#merging-clones).
//!
//! The union is commutative, associative and idempotent, and no entry is lost. Entries that could not have been written
//! on one clone are kept and reported as concurrent.

use crate::domain::id::{Id, LENGTH};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::vocabulary::{Priority, Status};

/// The reason why two histories have no union.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnionError {
    /// They are histories of different tickets.
    #[error("the other side is ticket {theirs}")]
    OtherTicket {
        /// The ticket of the other side.
        theirs: Id,
    },
    /// An entry differs between them.
    #[error("entry {} is not the same on both sides", &.0.to_string()[LENGTH - 6..])]
    Entry(Id),
    /// A history contains an entry twice.
    #[error("entry {0} is in the history twice")]
    Duplicate(Id),
    /// The first entry does not open the ticket.
    #[error("the first entry does not open the ticket")]
    NotOpened,
}

/// Returns the union of two versions of one ticket.
///
/// # Errors
/// The reason why there is none.
pub fn unite(ours: &Ticket, theirs: &Ticket) -> Result<Ticket, UnionError> {
    if ours.id != theirs.id {
        return Err(UnionError::OtherTicket { theirs: theirs.id });
    }
    let mut history: Vec<&Entry> = ordered(ours)?;
    for entry in ordered(theirs)? {
        match history.binary_search_by_key(&entry.id, |other| other.id) {
            Ok(place) if history[place] != entry => return Err(UnionError::Entry(entry.id)),
            Ok(_) => {}
            Err(place) => history.insert(place, entry),
        }
    }
    let history: Vec<Entry> = history.into_iter().cloned().collect();
    let header = replay::replay(&history).ok_or(UnionError::NotOpened)?;
    Ok(Ticket { format: ours.format.max(theirs.format), id: ours.id, header, history })
}

/// Returns the entries in the order of their ids.
fn ordered(ticket: &Ticket) -> Result<Vec<&Entry>, UnionError> {
    let mut entries: Vec<&Entry> = ticket.history.iter().collect();
    entries.sort_by_key(|entry| entry.id);
    match entries.windows(2).find(|pair| pair[0].id == pair[1].id) {
        Some(pair) => Err(UnionError::Duplicate(pair[0].id)),
        None => Ok(entries),
    }
}

/// An entry that was written at the same time as another one on a different clone, and assumed another state of the
/// ticket than it has in the union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcurrentEntry {
    /// The entry.
    pub entry: Id,
    /// The entry it did not know, which changed that state.
    pub other: Id,
    /// The conflict.
    pub kind: ConflictKind,
}

/// The conflict of an entry with the state of the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// It assumed another status.
    Status {
        /// The status it assumed.
        saw: Option<Status>,
        /// The status in the union.
        was: Status,
    },
    /// It assumed another priority.
    Priority {
        /// The priority it assumed.
        saw: Priority,
        /// The priority in the union.
        was: Priority,
    },
    /// It escalated a ticket that was escalated already.
    Escalated,
    /// It ended an escalation that was over.
    NotEscalated,
    /// It solved a ticket into which another one had been merged.
    UnawareSolve,
}

/// Returns the entries of a history that could not have been written on one clone, in order, each with the entry it did
/// not know. A history that was written on one clone has none.
pub fn concurrent(ticket: &Ticket) -> Vec<ConcurrentEntry> {
    let mut found = Vec::new();
    let Some((first, rest)) = ticket.history.split_first() else { return found };
    let Some(mut so_far) = replay::replay(std::slice::from_ref(first)) else { return found };
    let (mut status_entry, mut priority_entry, mut escalation_entry) = (first.id, first.id, first.id);
    for entry in rest {
        let conflict = match &entry.action {
            Action::Unknown(_) => None,
            _ if entry.from != Some(so_far.status) => {
                Some((status_entry, ConflictKind::Status { saw: entry.from, was: so_far.status }))
            }
            Action::Prioritize { was, .. } if *was != so_far.priority => {
                Some((priority_entry, ConflictKind::Priority { saw: *was, was: so_far.priority }))
            }
            Action::Escalate { .. } if so_far.escalation.is_some() => Some((escalation_entry, ConflictKind::Escalated)),
            Action::Deescalate { .. } if so_far.escalation.is_none() => {
                Some((escalation_entry, ConflictKind::NotEscalated))
            }
            _ => None,
        };
        found.extend(conflict.map(|(other, kind)| ConcurrentEntry { entry: entry.id, other, kind }));
        let before = so_far.status;
        replay::apply(&mut so_far, entry);
        if so_far.status != before {
            status_entry = entry.id;
        }
        match entry.action {
            Action::Prioritize { .. } => priority_entry = entry.id,
            Action::Escalate { .. } | Action::Deescalate { .. } => escalation_entry = entry.id,
            _ => {}
        }
    }
    found
}

/// Returns the concurrent entries of a union that are so in neither of its sides.
pub fn newly_concurrent(union: &Ticket, ours: &Ticket, theirs: &Ticket) -> Vec<ConcurrentEntry> {
    let before: Vec<Id> = concurrent(ours).iter().chain(&concurrent(theirs)).map(|found| found.entry).collect();
    let mut new: Vec<ConcurrentEntry> =
        concurrent(union).into_iter().filter(|found| !before.contains(&found.entry)).collect();
    new.extend(unaware_solve(union, ours, theirs));
    new
}

/// Returns the last solve of a union that is solved, if one side has it and does not know that another ticket was merged
/// into this one before.
pub fn unaware_solve(union: &Ticket, ours: &Ticket, theirs: &Ticket) -> Option<ConcurrentEntry> {
    if union.header.status != Status::Solved || union.header.merged_into.is_some() {
        return None;
    }
    let solve = union.history.iter().rev().find(|entry| matches!(entry.action, Action::Solve(_)))?;
    let is_unknown = |merged: &&Entry| {
        let has_only_solve = |side: &Ticket| side.entry(solve.id).is_some() && side.entry(merged.id).is_none();
        let is_merged = |source| union.header.merged_from.contains(source);
        merged.id < solve.id
            && matches!(&merged.action, Action::Merged { source, .. } if is_merged(source))
            && (has_only_solve(ours) || has_only_solve(theirs))
    };
    let merged = union.history.iter().rev().find(is_unknown)?;
    Some(ConcurrentEntry { entry: solve.id, other: merged.id, kind: ConflictKind::UnawareSolve })
}
