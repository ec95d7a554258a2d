//! Two histories of one ticket made into one: their union by entry id, in the order of ids; the header follows
//! (WORKFLOW, After a merge of two clones).
//!
//! Commutative, associative and idempotent, and every entry stays. What could not have been made on one clone is
//! kept and named. Must not know how entries are spelled: whoever writes them keeps their bytes.

use super::cross_ticket::{UnawareSolves, unaware_solve, unaware_solves};
use crate::domain::id::{Id, LENGTH};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::vocabulary::{Priority, Status};

/// Why two histories are not of one ticket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnionError {
    /// They are of different tickets.
    #[error("theirs is the ticket {theirs}")]
    OtherTicket {
        /// The ticket of the other side.
        theirs: Id,
    },
    /// An entry says one thing here and another there.
    #[error("the entry {} is not the same on both sides", &.0.to_string()[LENGTH - 6..])]
    Entry(Id),
    /// A history holds an entry twice.
    #[error("the entry {0} is there twice")]
    Doubled(Id),
    /// The first entry does not open the ticket.
    #[error("the first entry does not open the ticket")]
    NotOpened,
}

/// The union of two histories of one ticket.
///
/// # Errors
/// Why there is none.
pub fn unite(ours: &Ticket, theirs: &Ticket) -> Result<Ticket, UnionError> {
    if ours.id != theirs.id {
        return Err(UnionError::OtherTicket { theirs: theirs.id });
    }
    let mut history: Vec<&Entry> = ordered(ours)?;
    for entry in ordered(theirs)? {
        match history.binary_search_by_key(&entry.id, |known| known.id) {
            Ok(place) if history[place] != entry => return Err(UnionError::Entry(entry.id)),
            Ok(_) => {}
            Err(place) => history.insert(place, entry),
        }
    }
    let history: Vec<Entry> = history.into_iter().cloned().collect();
    let header = replay::replay(&history).ok_or(UnionError::NotOpened)?;
    Ok(Ticket { format: ours.format.max(theirs.format), id: ours.id, header, history })
}

/// The entries in the order of their ids, each once.
fn ordered(ticket: &Ticket) -> Result<Vec<&Entry>, UnionError> {
    let mut entries: Vec<&Entry> = ticket.history.iter().collect();
    entries.sort_by_key(|entry| entry.id);
    match entries.windows(2).find(|pair| pair[0].id == pair[1].id) {
        Some(pair) => Err(UnionError::Doubled(pair[0].id)),
        None => Ok(entries),
    }
}

/// An entry that saw something else than was: written at the same time on another clone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcurrentEntry {
    /// The entry.
    pub entry: Id,
    /// The one it did not know of, which had made it otherwise.
    pub beside: Id,
    /// In what they cross.
    pub about: ConflictKind,
}

/// What an entry saw, and what was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// Another status.
    Status {
        /// What it saw.
        saw: Option<Status>,
        /// What was.
        was: Status,
    },
    /// Another priority.
    Priority {
        /// What it saw.
        saw: Priority,
        /// What was.
        was: Priority,
    },
    /// It escalated what was escalated already.
    Escalated,
    /// It ended an escalation that was over.
    NotEscalated,
    /// It solved the ticket, and another one had come to go on in it.
    Came,
}

/// The entries of a history that could not have been made on one clone, in their order: each with the one that crossed
/// it. A history that one clone made alone has none.
pub fn concurrent(ticket: &Ticket) -> Vec<ConcurrentEntry> {
    let mut found = Vec::new();
    let Some((first, rest)) = ticket.history.split_first() else { return found };
    let Some(mut so_far) = replay::replay(std::slice::from_ref(first)) else { return found };
    let (mut moved, mut ranked, mut escalated) = (first.id, first.id, first.id);
    for entry in rest {
        let crossing = match &entry.action {
            Action::Unknown(_) => None,
            _ if entry.from != Some(so_far.status) => {
                Some((moved, ConflictKind::Status { saw: entry.from, was: so_far.status }))
            }
            Action::Prioritize { was, .. } if *was != so_far.priority => {
                Some((ranked, ConflictKind::Priority { saw: *was, was: so_far.priority }))
            }
            Action::Escalate { .. } if so_far.escalation.is_some() => Some((escalated, ConflictKind::Escalated)),
            Action::Deescalate { .. } if so_far.escalation.is_none() => Some((escalated, ConflictKind::NotEscalated)),
            _ => None,
        };
        found.extend(crossing.map(|(beside, about)| ConcurrentEntry { entry: entry.id, beside, about }));
        let before = so_far.status;
        replay::apply(&mut so_far, entry);
        if so_far.status != before {
            moved = entry.id;
        }
        match entry.action {
            Action::Prioritize { .. } => ranked = entry.id,
            Action::Escalate { .. } | Action::Deescalate { .. } => escalated = entry.id,
            _ => {}
        }
    }
    found
}

/// The entries that cross each other in a union, and did in neither of its sides.
pub fn newly_concurrent(union: &Ticket, ours: &Ticket, theirs: &Ticket) -> Vec<ConcurrentEntry> {
    let known: Vec<Id> = concurrent(ours).iter().chain(&concurrent(theirs)).map(|crossing| crossing.entry).collect();
    let mut new: Vec<ConcurrentEntry> =
        concurrent(union).into_iter().filter(|crossing| !known.contains(&crossing.entry)).collect();
    new.extend(unaware_conflict(union, &unaware_solves(ours, theirs)));
    new
}

/// The solve that crossed what had come to go on in the ticket, as the versions of the ticket tell.
pub fn unaware_conflict(ticket: &Ticket, unseen: &UnawareSolves) -> Option<ConcurrentEntry> {
    let blind = unaware_solve(ticket, unseen)?;
    Some(ConcurrentEntry { entry: blind.solve, beside: blind.merged, about: ConflictKind::Came })
}
