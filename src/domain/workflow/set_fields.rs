//! Facts that move no status: assignee, people in copy, tags, attributes, corrections. What is so already is
//! no change, and makes no entry.

use super::{Decision, DecisionContext, Notice, Refusal, Request};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::{Action, HeaderField};
use crate::domain::ticket::replay;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::value::Value;

pub(super) fn assign(ticket: &Ticket, assignee: Option<&Person>, around: &DecisionContext<'_>) -> Decision {
    if ticket.header.assignee.as_ref() == assignee {
        return Decision::Nothing;
    }
    let decision = Decision::entry(Action::Assign { assignee: assignee.cloned() }, None);
    match assignee {
        Some(person) if !around.team.has_agent(person) => decision.with(Notice::AssigneeNotInTeam(person.clone())),
        _ => decision,
    }
}

/// What joins and leaves at once stays as it is.
pub(super) fn cc(ticket: &Ticket, add: &[Person], remove: &[Person]) -> Decision {
    let header = &ticket.header;
    let known = |person: &Person| person.is_in(&header.cc) || person.same_address(&header.requester);
    let joining = once(add, Person::same_address, |person| !known(person) && !person.is_in(remove));
    let leaving = once(remove, Person::same_address, |person| person.is_in(&header.cc) && !person.is_in(add));
    nonempty(joining.is_empty() && leaving.is_empty(), Action::Cc { add: joining, remove: leaving })
}

/// As with people in copy.
pub(super) fn tag(ticket: &Ticket, add: &[String], remove: &[String]) -> Decision {
    let tags = &ticket.header.tags;
    let joining = once(add, String::eq, |tag| !tags.contains(tag) && !remove.contains(tag));
    let leaving = once(remove, String::eq, |tag| tags.contains(tag) && !add.contains(tag));
    nonempty(joining.is_empty() && leaving.is_empty(), Action::Tag { add: joining, remove: leaving })
}

/// The items that are wanted, each once, in their order.
fn once<T: Clone>(items: &[T], same: impl Fn(&T, &T) -> bool, wanted: impl Fn(&T) -> bool) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if wanted(item) && !kept.iter().any(|known| same(known, item)) {
            kept.push(item.clone());
        }
    }
    kept
}

fn nonempty(empty: bool, action: Action) -> Decision {
    if empty { Decision::Nothing } else { Decision::entry(action, None) }
}

/// Sets facts; only those that differ are recorded.
pub(super) fn set(ticket: &Ticket, set: &[(HeaderField, Value)], unset: &[HeaderField]) -> Result<Decision, Refusal> {
    for (fact, value) in set {
        fits(fact, value)?;
    }
    if let Some(fact) = unset.iter().find(|fact| fact.is_required()) {
        return Err(Refusal::RequiredFact { name: fact.name() });
    }
    let mut set: Vec<_> =
        set.iter().filter(|(fact, value)| differs(&ticket.header, fact, Some(value))).cloned().collect();
    set.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut unset: Vec<_> = unset.iter().filter(|fact| differs(&ticket.header, fact, None)).cloned().collect();
    unset.sort();
    Ok(nonempty(set.is_empty() && unset.is_empty(), Action::Set { set, unset }))
}

fn fits(fact: &HeaderField, value: &Value) -> Result<(), Refusal> {
    let fit = match (fact, value) {
        (HeaderField::Requester, Value::String(words)) => Person::from_name(words).is_ok(),
        (HeaderField::Field(_), value) => !matches!(value, Value::Null | Value::List(_) | Value::Map(_)),
        (_, Value::String(words)) => !words.trim().is_empty() && !words.contains('\n'),
        _ => false,
    };
    if fit { Ok(()) } else { Err(Refusal::UnfitFact { name: fact.name() }) }
}

/// Whether a header would change; asked of the one function that changes it.
fn differs(header: &Header, fact: &HeaderField, value: Option<&Value>) -> bool {
    let mut after = header.clone();
    replay::set_fact(&mut after, fact, value);
    after != *header
}

/// A correction or redaction has to name an entry of the ticket.
pub(super) fn refer(ticket: &Ticket, entry: Id, request: &Request) -> Result<Decision, Refusal> {
    ticket.entry(entry).ok_or(Refusal::NoSuchEntry { entry })?;
    Ok(Decision::entry(request.action.clone(), None))
}
