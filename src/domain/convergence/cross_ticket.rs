//! What two clones leave between tickets when they meet, and what mends it: rings of merges, links that one side does
//! not know of, replies nobody reads, and conversations that went on in a solved ticket.
//!
//! Each file by itself is what its history says; this looks at several together (WORKFLOW, After a merge of two
//! clones). What mends is always an entry, and nothing is taken away.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::resolve_merge_chain;

/// What has come apart, and so what is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Inconsistency {
    /// Tickets are merged in a ring; the youngest merge, of this ticket, is to be taken back.
    Ring {
        /// The ticket.
        ticket: Id,
        /// Where it was merged into.
        into: Id,
    },
    /// A ticket is merged into another that does not know of it.
    UnknownSource {
        /// The ticket that is merged.
        source: Id,
        /// The one that does not know.
        target: Id,
    },
    /// A ticket says that another is merged into it, which is not.
    UnknownTarget {
        /// The ticket that is not merged, or not there.
        source: Id,
        /// The one that says so.
        target: Id,
    },
    /// A reply was written to a ticket that had been merged elsewhere.
    Stranded {
        /// The merged ticket.
        ticket: Id,
        /// The reply.
        reply: Id,
        /// Where the conversation goes on.
        into: Id,
    },
    /// A ticket was solved by somebody who did not know that another went on in it.
    SolvedMeanwhile {
        /// The solved ticket.
        ticket: Id,
        /// The one that goes on in it.
        source: Id,
    },
}

/// What such a key begins with.
pub const FORWARDING: &str = "resolve-";

/// The key of the entries that bring a stranded reply to where it is read. One that was brought before, and is stranded
/// again, keeps the key of the first.
pub fn forwarding_key(reply: &Entry) -> String {
    match &reply.key {
        Some(key) if key.starts_with(FORWARDING) => key.clone(),
        _ => format!("{FORWARDING}{}", reply.id),
    }
}

/// The reply of this ticket that has been brought here with a key.
pub fn find_forwarded<'a>(ticket: &'a Ticket, key: &str) -> Option<&'a Entry> {
    let has_key = |entry: &&Entry| entry.key.as_deref() == Some(key) && matches!(entry.action, Action::Reply { .. });
    ticket.history.iter().find(has_key)
}

/// The entries by which a second clone brought what a first one had brought already, each with the entry of the first:
/// the same words of the same person under the same key, on a ticket that looked otherwise there. Nothing is lost by
/// reading the first alone.
pub fn duplicate_forwards(ticket: &Ticket) -> BTreeMap<Id, Id> {
    let mut firsts: Vec<&Entry> = Vec::new();
    let mut twins = BTreeMap::new();
    for entry in &ticket.history {
        if entry.key.as_ref().is_none_or(|key| !key.starts_with(FORWARDING)) {
            continue;
        }
        match firsts.iter().find(|first| is_duplicate_forward(first, entry)) {
            Some(first) => _ = twins.insert(entry.id, first.id),
            None => firsts.push(entry),
        }
    }
    twins
}

/// Whether an entry says what an earlier one does.
fn is_duplicate_forward(first: &Entry, entry: &Entry) -> bool {
    let does_the_same = match (&first.action, &entry.action) {
        (Action::Reply { auto, .. }, Action::Reply { auto: too, .. }) => {
            auto == too && first.text == entry.text && first.attachments == entry.attachments
        }
        // Which entry it leads to differs: each clone made its own.
        (Action::Forward { into, .. }, Action::Forward { into: same, .. }) => into == same,
        _ => false,
    };
    does_the_same && first.key == entry.key && first.by == entry.by && first.role == entry.role
}

/// Whether two entries of a ticket may have one key: it names a reply, and its copies and pointers have it.
pub fn may_share_key(key: &str, entry: &Entry) -> bool {
    key.starts_with(FORWARDING) && matches!(entry.action, Action::Reply { .. } | Action::Forward { .. })
}

/// Solves and entries by which another ticket had come (`merged`), each pair where whoever solved the ticket had not
/// seen the other: it was made on another clone, and stands before the solve since. A history does not tell these from
/// solves that have seen it; the versions that git keeps of the ticket do.
pub type UnawareSolves = BTreeSet<(Id, Id)>;

/// What each of two versions of a ticket had not seen of the other one.
pub fn unaware_solves(one: &Ticket, other: &Ticket) -> UnawareSolves {
    let mut unseen = UnawareSolves::new();
    for (here, there) in [(one, other), (other, one)] {
        let is_new = |entry: &&Entry| there.entry(entry.id).is_none();
        let solves = here.history.iter().filter(|entry| matches!(entry.action, Action::Solve(_))).filter(is_new);
        for solve in solves {
            let came = |entry: &&Entry| matches!(entry.action, Action::Merged { .. }) && entry.id < solve.id;
            let came = there.history.iter().filter(came).filter(|entry| here.entry(entry.id).is_none());
            unseen.extend(came.map(|entry| (solve.id, entry.id)));
        }
    }
    unseen
}

/// A solve that ended a conversation it had not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnawareSolve {
    /// The solve.
    pub solve: Id,
    /// The entry by which the other ticket had come.
    pub merged: Id,
    /// That ticket.
    pub source: Id,
}

/// The solve that holds still, and ended what had come to go on in the ticket without having seen it. Solved again by
/// somebody who had, it is as they say.
pub fn unaware_solve(ticket: &Ticket, unseen: &UnawareSolves) -> Option<UnawareSolve> {
    blind(ticket, &|solve, merged| unseen.contains(&(solve, merged)))
}

/// Whether it is solved by an entry behind one by which another ticket came: only git can tell whether that was seen.
pub fn may_have_unaware_solve(ticket: &Ticket) -> bool {
    blind(ticket, &|_, _| true).is_some()
}

fn blind(ticket: &Ticket, is_unseen: &dyn Fn(Id, Id) -> bool) -> Option<UnawareSolve> {
    let is_solved =
        |header: &crate::domain::ticket::Header| header.status == Status::Solved && header.merged_into.is_none();
    if !is_solved(&ticket.header) || ticket.header.merged_from.is_empty() {
        return None;
    }
    let mut came: Vec<(Id, Id)> = Vec::new();
    let mut found: Option<UnawareSolve> = None;
    let mut so_far = replay::replay(ticket.history.get(..1)?)?;
    for entry in &ticket.history[1..] {
        let was_solved = is_solved(&so_far);
        replay::apply(&mut so_far, entry);
        match &entry.action {
            Action::Merged { source, .. } if ticket.header.merged_from.contains(source) => {
                came.push((entry.id, *source));
            }
            Action::Solve(_) if was_solved => found = found.filter(|blind| is_unseen(entry.id, blind.merged)),
            Action::Solve(_) => {
                let last = came.iter().rev().find(|(merged, _)| is_unseen(entry.id, *merged));
                found = last.map(|(merged, source)| UnawareSolve { solve: entry.id, merged: *merged, source: *source });
            }
            _ if !is_solved(&so_far) => found = None,
            _ => {}
        }
    }
    found
}

/// Everything that has come apart between some tickets, in a fixed order; rings alone where there are any, since
/// taking one back changes what else is true. Stranded replies come first: what brings one follows from the version of
/// the ticket it comes to, which every other mend changes. Tickets without a link need not be among them.
pub fn inconsistencies(tickets: &BTreeMap<Id, Ticket>, unseen: &UnawareSolves) -> Vec<Inconsistency> {
    let rings = rings(tickets);
    if !rings.is_empty() {
        return rings;
    }
    let mut found = Vec::new();
    for (id, ticket) in tickets {
        let header = &ticket.header;
        if let Some(target) = header.merged_into {
            let knows = |target: &Ticket| target.header.merged_from.contains(id);
            if tickets.get(&target).is_some_and(|target| !knows(target)) {
                found.push(Inconsistency::UnknownSource { source: *id, target });
            }
            if let Ok(into) = resolve_merge_chain(ticket, |id| tickets.get(&id).cloned().ok_or(())) {
                found.extend(unread_replies(ticket).into_iter().map(|reply| Inconsistency::Stranded {
                    ticket: *id,
                    reply,
                    into,
                }));
            }
        }
        for source in &header.merged_from {
            // One that is not there says nothing.
            if tickets.get(source).is_some_and(|source| source.header.merged_into != Some(*id)) {
                found.push(Inconsistency::UnknownTarget { source: *source, target: *id });
            }
        }
        let unknown = || unaware_solve(ticket, unseen).map(|blind| blind.source);
        found.extend(
            solved_meanwhile(ticket)
                .or_else(unknown)
                .map(|source| Inconsistency::SolvedMeanwhile { ticket: *id, source }),
        );
    }
    found.sort_by_key(|one| !matches!(one, Inconsistency::Stranded { .. }));
    found
}

/// The rings of merges, each at its youngest merge.
fn rings(tickets: &BTreeMap<Id, Ticket>) -> Vec<Inconsistency> {
    let next = |id: Id| tickets.get(&id).and_then(|ticket| ticket.header.merged_into);
    let mut rings = Vec::new();
    for (id, ticket) in tickets {
        let Some(into) = ticket.header.merged_into else { continue };
        // Walks from this ticket until it comes back, and then says whether this one closed the ring.
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

/// The entry that merged a ticket elsewhere.
fn merge_entry(ticket: &Ticket) -> Option<Id> {
    let merges = |entry: &&crate::domain::ticket::entry::Entry| matches!(entry.action, Action::Merge { .. });
    ticket.history.iter().rev().find(merges).map(|entry| entry.id)
}

/// The replies that were written to a ticket while it was merged elsewhere, still are there alone, and would be read
/// nowhere.
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
    let twins = duplicate_forwards(ticket);
    let is_forwarded = |key: &str| {
        let forwards = |entry: &Entry| matches!(entry.action, Action::Forward { .. });
        ticket.history.iter().any(|entry| forwards(entry) && entry.key.as_deref() == Some(key))
    };
    found.retain(|reply: &&Entry| !is_forwarded(&forwarding_key(reply)) && !twins.contains_key(&reply.id));
    found.into_iter().map(|reply| reply.id).collect()
}

/// The ticket that came to go on in this one after it had been solved, if it is solved still.
fn solved_meanwhile(ticket: &Ticket) -> Option<Id> {
    let is_solved =
        |header: &crate::domain::ticket::Header| header.status == Status::Solved && header.merged_into.is_none();
    if !is_solved(&ticket.header) {
        return None;
    }
    let mut came = None;
    let mut so_far = replay::replay(ticket.history.get(..1)?)?;
    for entry in &ticket.history[1..] {
        let was_solved = is_solved(&so_far);
        replay::apply(&mut so_far, entry);
        match &entry.action {
            Action::Merged { source, .. } if was_solved && ticket.header.merged_from.contains(source) => {
                came = Some(*source);
            }
            _ if !is_solved(&so_far) => came = None,
            _ => {}
        }
    }
    came
}
