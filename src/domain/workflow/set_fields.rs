//! The actions that change header fields but not the status: assign, set, cc, tag, correct and redact.
//!
//! A change to the present value adds no entry.

use super::{Decision, DecisionContext, Notice, Refusal, Request};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::query::NONE;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::ticket::replay;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::value::Value;

pub(super) fn assign(ticket: &Ticket, assignee: Option<&Person>, context: &DecisionContext<'_>) -> Decision {
    if ticket.header.assignee.as_ref() == assignee {
        return Decision::Nothing;
    }
    let decision = Decision::entry(Action::Assign { assignee: assignee.cloned() }, None);
    match assignee {
        Some(person) if !context.team.has_agent(person) => decision.with(Notice::AssigneeNotInTeam(person.clone())),
        _ => decision,
    }
}

/// Decides on a change of the people in copy. A person who is both added and removed stays as before.
pub(super) fn cc(ticket: &Ticket, add: &[Person], remove: &[Person]) -> Decision {
    let header = &ticket.header;
    let is_listed = |person: &Person| person.is_in(&header.cc) || person.same_address(&header.requester);
    let added = unique(add, Person::same_address, |person| !is_listed(person) && !person.is_in(remove));
    let removed = unique(remove, Person::same_address, |person| person.is_in(&header.cc) && !person.is_in(add));
    unless_empty(added.is_empty() && removed.is_empty(), Action::Cc { add: added, remove: removed })
}

/// Decides on a change of tags. A tag that is both added and removed stays as before.
pub(super) fn tag(ticket: &Ticket, add: &[String], remove: &[String]) -> Result<Decision, Refusal> {
    if add.iter().any(|tag| tag == NONE) {
        return Err(Refusal::ReservedValue { name: "tags".to_owned() });
    }
    let tags = &ticket.header.tags;
    let added = unique(add, String::eq, |tag| !tags.contains(tag) && !remove.contains(tag));
    let removed = unique(remove, String::eq, |tag| tags.contains(tag) && !add.contains(tag));
    Ok(unless_empty(added.is_empty() && removed.is_empty(), Action::Tag { add: added, remove: removed }))
}

/// Returns the wanted items, each once, in their order.
fn unique<T: Clone>(items: &[T], same: impl Fn(&T, &T) -> bool, is_wanted: impl Fn(&T) -> bool) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if is_wanted(item) && !kept.iter().any(|other| same(other, item)) {
            kept.push(item.clone());
        }
    }
    kept
}

fn unless_empty(empty: bool, action: Action) -> Decision {
    if empty { Decision::Nothing } else { Decision::entry(action, None) }
}

/// Decides on a change of header fields. The entry records only fields that change.
pub(super) fn set(ticket: &Ticket, set: &[(HeaderField, Value)], unset: &[HeaderField]) -> Result<Decision, Refusal> {
    for (field, value) in set {
        validate_value(field, value)?;
    }
    if let Some(field) = unset.iter().find(|field| field.is_required()) {
        return Err(Refusal::RequiredField { name: field.name() });
    }
    let mut set: Vec<_> =
        set.iter().filter(|(field, value)| differs(&ticket.header, field, Some(value))).cloned().collect();
    set.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut unset: Vec<_> = unset.iter().filter(|field| differs(&ticket.header, field, None)).cloned().collect();
    unset.sort();
    Ok(unless_empty(set.is_empty() && unset.is_empty(), Action::Set { set, unset }))
}

fn validate_value(field: &HeaderField, value: &Value) -> Result<(), Refusal> {
    if *field != HeaderField::SUBJECT && *value == Value::from(NONE) {
        return Err(Refusal::ReservedValue { name: field.name() });
    }
    let is_valid = match (field, value) {
        (field, Value::String(text)) if *field == HeaderField::REQUESTER => Person::from_name(text).is_ok(),
        (HeaderField::Field(_), value) => !matches!(value, Value::Null | Value::List(_) | Value::Map(_)),
        (_, Value::String(text)) => !text.trim().is_empty() && !text.contains('\n'),
        _ => false,
    };
    if is_valid { Ok(()) } else { Err(Refusal::InvalidField { name: field.name() }) }
}

/// Returns true if the header would change, as replay determines it.
fn differs(header: &Header, field: &HeaderField, value: Option<&Value>) -> bool {
    let mut after = header.clone();
    replay::set_header_field(&mut after, field, value);
    after != *header
}

/// Decides on a correction or redaction, which must name an entry of the ticket.
pub(super) fn refer(ticket: &Ticket, entry: Id, request: &Request<'_>) -> Result<Decision, Refusal> {
    let referred = ticket.entry(entry).ok_or(Refusal::NoSuchEntry { entry })?;
    if matches!(request.action, Action::Redact { subject: Some(_), .. }) && !referred.has_subject() {
        return Err(Refusal::NoSubjectInEntry);
    }
    Ok(Decision::entry(request.action.clone(), None))
}
