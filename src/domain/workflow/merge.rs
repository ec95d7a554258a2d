//! Merging: which tickets may be, what it means for the target, and where a merged conversation goes on.

use super::refusal::TicketOwner;
use super::{Decision, DecisionContext, Notice, Refusal, unsolved};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::{Escalation, Header, Ticket};
use crate::domain::vocabulary::{MergeReason, Status};

/// The source goes on in the target: both unsolved and unmerged, of the same customer.
pub(super) fn merge(
    source: &Ticket,
    into: Id,
    reason: MergeReason,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    if source.id == into {
        return Err(Refusal::MergeIntoItself);
    }
    unsolved(source)?;
    let target = context.other.ok_or(Refusal::NotVisible)?;
    if let Some(into) = target.header.merged_into {
        return Err(Refusal::TargetMerged { into });
    }
    if target.header.status == Status::Solved {
        return Err(Refusal::TargetSolved);
    }
    if !same_customer(&source.header, &target.header) {
        let (source, target) = (Box::new(customer(&source.header)), Box::new(customer(&target.header)));
        return Err(Refusal::OtherCustomer { source, target });
    }
    let decision = Decision::entry(Action::Merge { into, reason }, Some(Status::Solved));
    Ok(match (&source.header.escalation, &target.header.escalation) {
        (Some(Escalation { reason, .. }), None) => decision.with(Notice::EscalationStays { into, reason: *reason }),
        _ => decision,
    })
}

fn customer(header: &Header) -> TicketOwner {
    match &header.organization {
        Some(organization) => TicketOwner::Organization(organization.clone()),
        None => TicketOwner::Person(header.requester.clone()),
    }
}

/// The same organisation, or the same requester where there is none.
fn same_customer(source: &Header, target: &Header) -> bool {
    match (&source.organization, &target.organization) {
        (None, None) => source.requester.same_address(&target.requester),
        (source, target) => source == target,
    }
}

/// The other side of a merge: the target's entry, with whom it adds to the people in copy.
pub fn merge_counterpart(source: &Ticket, target: &Ticket) -> Action {
    let is_listed = |person: &Person| person.same_address(&target.header.requester) || person.is_in(&target.header.cc);
    let mut cc: Vec<Person> = Vec::new();
    for person in std::iter::once(&source.header.requester).chain(&source.header.cc) {
        if !is_listed(person) && !person.is_in(&cc) {
            cc.push(person.clone());
        }
    }
    Action::Merged { source: source.id, cc }
}

/// Where the conversation of a merged ticket goes on: links are followed to their end. Two clones may have
/// merged tickets into each other; the ring is then broken at its younger merge entry, the one with the
/// greater id (WORKFLOW, After a merge of two clones).
///
/// # Errors
/// Whatever `read` refuses with.
pub fn resolve_merge_chain<E>(start: &Ticket, mut read: impl FnMut(Id) -> Result<Ticket, E>) -> Result<Id, E> {
    let mut chain: Vec<(Id, Option<Id>)> = vec![(start.id, merge_entry(start))];
    let mut next = start.header.merged_into;
    while let Some(id) = next {
        if let Some(ring) = chain.iter().position(|(ticket, _)| *ticket == id) {
            let youngest = chain[ring..].iter().max_by_key(|(_, entry)| *entry);
            return Ok(youngest.map_or(start.id, |(id, _)| *id));
        }
        let ticket = read(id)?;
        chain.push((id, merge_entry(&ticket)));
        next = ticket.header.merged_into;
    }
    Ok(chain.last().map_or(start.id, |(id, _)| *id))
}

/// The id of the entry that merged the ticket, if it is merged.
fn merge_entry(ticket: &Ticket) -> Option<Id> {
    let merges = |entry: &&crate::domain::ticket::entry::Entry| matches!(entry.action, Action::Merge { .. });
    ticket.header.merged_into.and_then(|_| ticket.history.iter().rev().find(merges)).map(|entry| entry.id)
}
