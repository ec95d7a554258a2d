//! The action merge: its conditions, its counterpart on the target, and the ticket in which the conversation continues.

use super::refusal::TicketOwner;
use super::{Decision, DecisionContext, Notice, Refusal, unsolved};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Escalation, Header, Ticket};
use crate::domain::vocabulary::{MergeReason, Status};

/// Decides on a merge. Both tickets must be unsolved, unmerged, and of the same customer (docs/workflow.md#merge).
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

/// Returns true if both tickets have the same organization or, if neither has one, the same requester.
fn same_customer(source: &Header, target: &Header) -> bool {
    match (&source.organization, &target.organization) {
        (None, None) => source.requester.same_address(&target.requester),
        (source, target) => source == target,
    }
}

/// Returns the action of the target's entry, with the people that it adds to the people in copy.
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

/// Returns the action of the former target's entry: the people whom merges added leave the people in copy, unless they
/// were added since, or take part in one of the `others`, the headers of the tickets that stay merged into it.
pub fn unmerge_counterpart(source: Id, target: &Ticket, others: &[Header]) -> Action {
    let takes_part =
        |header: &Header, person: &Person| header.requester.same_address(person) || person.is_in(&header.cc);
    let mut cc: Vec<Person> = Vec::new();
    for entry in &target.history {
        match &entry.action {
            Action::Merged { cc: added, .. } => cc.extend(added.iter().cloned()),
            Action::Cc { add, .. } => cc.retain(|person| !person.is_in(add)),
            _ => {}
        }
    }
    cc.retain(|person| person.is_in(&target.header.cc) && !others.iter().any(|header| takes_part(header, person)));
    Action::Unmerged { source, cc }
}

/// Follows merge links from a ticket to the one in which its conversation continues.
///
/// Two clones may have merged tickets into each other. Such a ring ends at the ticket with its youngest merge entry,
/// which is the one with the greatest id (docs/format.md#merging-clones).
///
/// # Errors
///
/// Returns the errors of `read`.
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

/// Returns the id of the entry that merged the ticket, if it is merged.
fn merge_entry(ticket: &Ticket) -> Option<Id> {
    let merges = |entry: &&Entry| matches!(entry.action, Action::Merge { .. });
    ticket.header.merged_into.and_then(|_| ticket.history.iter().rev().find(merges)).map(|entry| entry.id)
}
