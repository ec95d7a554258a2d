//! Inconsistencies between tickets after a merge of two clones: rings of merges, links that only one of two tickets has,
//! replies on merged tickets, and solved tickets into which another one was merged
//! (docs/format.md#merging-clones).
//!
//! Each file is consistent with its own history; this module compares several. `casebook resolve` relinks the tickets
//! by entries, and removes nothing.

use std::collections::BTreeMap;

use crate::domain::id::Id;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::vocabulary::Status;
use crate::domain::workflow::resolve_merge_chain;

/// An inconsistency between tickets, which one kind of entry repairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inconsistency {
    /// Tickets are merged in a ring; the newest merge, that of this ticket, must be undone.
    Ring {
        /// The ticket.
        ticket: Id,
        /// The ticket it was merged into.
        into: Id,
    },
    /// A ticket is merged into another one that has no entry about it.
    UnknownSource {
        /// The merged ticket.
        source: Id,
        /// The ticket without the entry.
        target: Id,
    },
    /// A ticket names another one as merged into it, which is not.
    UnknownTarget {
        /// The ticket that is not merged into it.
        source: Id,
        /// The ticket that names it.
        target: Id,
    },
    /// A reply was written to a ticket after it had been merged.
    StrandedReply {
        /// The merged ticket.
        ticket: Id,
        /// The reply.
        reply: Id,
        /// The ticket that has the conversation.
        into: Id,
    },
    /// A ticket is solved, and another one was merged into it after that.
    SolvedMeanwhile {
        /// The solved ticket.
        ticket: Id,
        /// The ticket that was merged into it.
        source: Id,
    },
}

/// The prefix of the keys of entries that forward a stranded reply.
pub const FORWARD_PREFIX: &str = "resolve-";

/// Returns the key of the entries that forward a stranded reply. A reply that was forwarded before, and is stranded
/// again, keeps its key.
pub fn forwarding_key(reply: &Entry) -> String {
    match &reply.key {
        Some(key) if key.starts_with(FORWARD_PREFIX) => key.clone(),
        _ => format!("{FORWARD_PREFIX}{}", reply.id),
    }
}

/// Returns the reply that was forwarded to this ticket with a key.
pub fn find_forwarded<'a>(ticket: &'a Ticket, key: &str) -> Option<&'a Entry> {
    let has_key = |entry: &&Entry| entry.key.as_deref() == Some(key) && matches!(entry.action, Action::Reply { .. });
    ticket.history.iter().find(has_key)
}

/// Returns the entries by which a second clone forwarded a reply that a first clone had forwarded already, each with the
/// entry of the first: the same text of the same person with the same key, on another state of the ticket. A reader
/// needs only the first.
pub fn duplicate_forwards(ticket: &Ticket) -> BTreeMap<Id, Id> {
    let mut firsts: Vec<&Entry> = Vec::new();
    let mut duplicates = BTreeMap::new();
    for entry in &ticket.history {
        if entry.key.as_ref().is_none_or(|key| !key.starts_with(FORWARD_PREFIX)) {
            continue;
        }
        match firsts.iter().find(|first| is_duplicate_forward(first, entry)) {
            Some(first) => _ = duplicates.insert(entry.id, first.id),
            None => firsts.push(entry),
        }
    }
    duplicates
}

/// Returns true if an entry forwards the same reply as an earlier one.
fn is_duplicate_forward(first: &Entry, entry: &Entry) -> bool {
    let is_same_action = match (&first.action, &entry.action) {
        (Action::Reply { auto, .. }, Action::Reply { auto: other_auto, .. }) => {
            auto == other_auto && first.text == entry.text && first.attachments == entry.attachments
        }
        // The forwarded entries differ, because each clone made another one.
        (Action::Forward { into, .. }, Action::Forward { into: other_into, .. }) => into == other_into,
        _ => false,
    };
    is_same_action && first.key == entry.key && first.by == entry.by && first.role == entry.role
}

/// Returns true if several entries of a ticket may have a key: the copies of a forwarded reply and the `forward` entries
/// that name them share it.
pub fn may_share_key(key: &str, entry: &Entry) -> bool {
    key.starts_with(FORWARD_PREFIX) && matches!(entry.action, Action::Reply { .. } | Action::Forward { .. })
}

/// Returns the inconsistencies between tickets in a fixed order; only the rings if there are any, since undoing one
/// changes the others. Stranded replies come first: the entry that forwards one depends on the version of the ticket it
/// is forwarded to, which the other repairs change. Tickets without links may be left out.
pub fn inconsistencies(tickets: &BTreeMap<Id, Ticket>) -> Vec<Inconsistency> {
    let rings = rings(tickets);
    if !rings.is_empty() {
        return rings;
    }
    let mut found = Vec::new();
    for (id, ticket) in tickets {
        let header = &ticket.header;
        if let Some(target) = header.merged_into {
            if tickets.get(&target).is_some_and(|target| !target.header.merged_from.contains(id)) {
                found.push(Inconsistency::UnknownSource { source: *id, target });
            }
            if let Ok(into) = resolve_merge_chain(ticket, |id| tickets.get(&id).cloned().ok_or(())) {
                found.extend(unread_replies(ticket).into_iter().map(|reply| Inconsistency::StrandedReply {
                    ticket: *id,
                    reply,
                    into,
                }));
            }
        }
        for source in &header.merged_from {
            // A ticket that is not among them cannot contradict.
            if tickets.get(source).is_some_and(|source| source.header.merged_into != Some(*id)) {
                found.push(Inconsistency::UnknownTarget { source: *source, target: *id });
            }
        }
        found.extend(merged_after_solve(ticket).map(|source| Inconsistency::SolvedMeanwhile { ticket: *id, source }));
    }
    found.sort_by_key(|one| !matches!(one, Inconsistency::StrandedReply { .. }));
    found
}

/// Returns the rings of merges, each at its newest merge.
fn rings(tickets: &BTreeMap<Id, Ticket>) -> Vec<Inconsistency> {
    let next = |id: Id| tickets.get(&id).and_then(|ticket| ticket.header.merged_into);
    let mut rings = Vec::new();
    for (id, ticket) in tickets {
        let Some(into) = ticket.header.merged_into else { continue };
        // Follows the merges until they come back to this ticket, which is reported if its merge closed the ring.
        let mut members = vec![*id];
        let mut here = into;
        while here != *id && !members.contains(&here) {
            members.push(here);
            match next(here) {
                Some(there) => here = there,
                None => break,
            }
        }
        let merged_at = |id: &Id| tickets.get(id).and_then(merge_entry);
        if here == *id && members.iter().max_by_key(|member| merged_at(member)) == Some(id) {
            rings.push(Inconsistency::Ring { ticket: *id, into });
        }
    }
    rings
}

/// Returns the last entry that merged a ticket into another one.
fn merge_entry(ticket: &Ticket) -> Option<Id> {
    let is_merge = |entry: &&Entry| matches!(entry.action, Action::Merge { .. });
    ticket.history.iter().rev().find(is_merge).map(|entry| entry.id)
}

/// Returns the replies that were written to a merged ticket and not forwarded, so that no reader of the conversation
/// sees them.
pub fn unread_replies(ticket: &Ticket) -> Vec<Id> {
    if ticket.header.merged_into.is_none() {
        return Vec::new();
    }
    let mut merged = false;
    let mut found = Vec::new();
    for entry in &ticket.history {
        match entry.action {
            Action::Merge { .. } => merged = true,
            Action::Reopen { unmerge: true, .. } => merged = false,
            Action::Reply { auto: false, .. } if merged => found.push(entry),
            _ => {}
        }
    }
    let duplicates = duplicate_forwards(ticket);
    let is_forwarded = |key: &str| {
        let is_forward = |entry: &Entry| matches!(entry.action, Action::Forward { .. });
        ticket.history.iter().any(|entry| is_forward(entry) && entry.key.as_deref() == Some(key))
    };
    found.retain(|reply: &&Entry| !is_forwarded(&forwarding_key(reply)) && !duplicates.contains_key(&reply.id));
    found.into_iter().map(|reply| reply.id).collect()
}

/// Returns the ticket that was merged into this one after it had been solved, if it is still solved.
fn merged_after_solve(ticket: &Ticket) -> Option<Id> {
    if !is_solved(&ticket.header) {
        return None;
    }
    let mut merged = None;
    let mut so_far = replay::replay(ticket.history.get(..1)?)?;
    for entry in &ticket.history[1..] {
        let was_solved = is_solved(&so_far);
        replay::apply(&mut so_far, entry);
        match &entry.action {
            Action::Merged { source, .. } if was_solved && ticket.header.merged_from.contains(source) => {
                merged = Some(*source);
            }
            _ if !is_solved(&so_far) => merged = None,
            _ => {}
        }
    }
    merged
}

/// Returns true if a ticket is solved and not merged.
fn is_solved(header: &Header) -> bool {
    header.status == Status::Solved && header.merged_into.is_none()
}
