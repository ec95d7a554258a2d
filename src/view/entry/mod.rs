//! One entry in a sentence: what was done, for the thread of a ticket and for the log.
//!
//! The sentence goes on after the name of whoever did it. Must not know where it is put, nor whether the
//! entry may be seen.

#[cfg(test)]
mod tests;

use crate::domain::id;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::time::zone::Zone;
use crate::domain::value::Value;
use crate::domain::vocabulary::EscalationReason;

use super::labels::catalogue::{Catalogue, Deeds, fill};
use super::{labels, relative_time, sanitize};

/// How much of an entry's id is shown: enough to tell the entries of one ticket apart.
const SHORT: usize = 6;

/// What was done, safe to show, with times in the zone: `replied`, `put it on hold: with engineering`.
pub fn describe(entry: &Entry, zone: &Zone, words: &Catalogue) -> String {
    let deeds = &words.deeds;
    let said = match &entry.action {
        Action::Open(opening) => opened(opening, &entry.by, deeds),
        Action::Reply { auto, via_ticket } => {
            by_way_of(if *auto { deeds.replied_automatically } else { deeds.replied }, *via_ticket, deeds)
        }
        Action::Note { auto, via_ticket } => {
            by_way_of(if *auto { deeds.noted_automatically } else { deeds.noted }, *via_ticket, deeds)
        }
        Action::Remind { auto: false } => deeds.reminded.to_owned(),
        Action::Remind { auto: true } => deeds.reminded_automatically.to_owned(),
        Action::Hold(hold) => fill(deeds.held, &[("reason", &held(hold, zone, words))]),
        Action::Resume => deeds.resumed.to_owned(),
        Action::Solve(solution) => solved(solution, zone, words),
        Action::Merge { into, reason } => {
            let reason = words.merge_reasons.of(*reason);
            fill(deeds.merged_into, &[("ticket", &into.to_string()), ("reason", reason)])
        }
        Action::Merged { source, cc } => {
            let merged = fill(deeds.merged, &[("ticket", &source.to_string())]);
            merged + &listed(deeds.with_cc, "people", cc)
        }
        Action::Forward { into, entry } if into == entry => fill(deeds.followed_up, &[("ticket", &into.to_string())]),
        Action::Forward { into, entry } => {
            fill(deeds.forwarded, &[("ticket", &into.to_string()), ("entry", &short_id(*entry))])
        }
        Action::Reopen { reason, unmerge } => {
            let done = if *unmerge { deeds.unmerged } else { deeds.reopened };
            fill(done, &[("reason", words.reopen_reasons.of(*reason))])
        }
        Action::Unmerged { source } => fill(deeds.taken_out, &[("ticket", &source.to_string())]),
        Action::Escalate { reason, manager } => escalated(*reason, manager.as_ref(), words),
        Action::Deescalate { reason, .. } => {
            let reason = reason.map(|reason| words.escalation_reasons.of(reason));
            let reason = reason.map(|reason| fill(deeds.for_reason, &[("reason", reason)]));
            deeds.deescalated.to_owned() + &reason.unwrap_or_default()
        }
        Action::Prioritize { priority, was } => {
            fill(deeds.prioritized, &[("was", was.as_str()), ("priority", priority.as_str())])
        }
        Action::Assign { assignee: Some(assignee) } => fill(deeds.assigned, &[("person", assignee.as_str())]),
        Action::Assign { assignee: None } => deeds.unassigned.to_owned(),
        Action::Set { set, unset } => changed(set, unset, deeds),
        Action::Cc { add, remove } => {
            both(listed(deeds.cc_added, "people", add), listed(deeds.cc_removed, "people", remove), deeds)
        }
        Action::Attach => deeds.attached.to_owned(),
        Action::Tag { add, remove } => {
            both(listed(deeds.tagged, "tags", add), listed(deeds.untagged, "tags", remove), deeds)
        }
        Action::Correct { entry, reason } => fill(deeds.corrected, &[("entry", &short_id(*entry)), ("reason", reason)]),
        Action::Redact { entry, reason } => fill(deeds.redacted, &[("entry", &short_id(*entry)), ("reason", reason)]),
        Action::Unknown(word) => fill(deeds.foreign, &[("word", word)]),
    };
    sanitize::one_line(&said).into_owned()
}

/// The end of an entry's id, by which people tell the entries of a ticket apart.
pub fn short_id(entry: Id) -> String {
    entry.to_string().split_off(id::LENGTH - SHORT)
}

/// What it did to the status, `open → awaiting reply`, where it changed it.
pub fn transition(entry: &Entry, words: &Catalogue) -> Option<String> {
    let (from, to) = (entry.from?, entry.to?);
    Some(format!("{} → {}", words.statuses.of(from), words.statuses.of(to)))
}

/// What support waits for, on whom and until when.
pub(super) fn held(hold: &Hold, zone: &Zone, words: &Catalogue) -> String {
    let team = hold.team.as_ref().map(|team| fill(words.remarks.waiting_for, &[("team", team)]));
    let until = hold.until.map(|until| relative_time::minute_in(until, zone, &words.ages));
    let until = until.map(|time| fill(words.remarks.until, &[("time", &time)]));
    format!("{}{}{}", words.hold_reasons.of(hold.reason), team.unwrap_or_default(), until.unwrap_or_default())
}

fn opened(opening: &OpenFields, by: &Person, deeds: &Deeds) -> String {
    let mut said = deeds.opened.to_owned();
    if !opening.requester.same_address(by) {
        said += &fill(deeds.on_behalf_of, &[("person", opening.requester.as_str())]);
    }
    if let Some(id) = &opening.imported_id {
        let system = opening.imported_from.as_deref().unwrap_or(deeds.elsewhere);
        said += &fill(deeds.imported, &[("system", system), ("id", id)]);
    }
    if let Some(person) = &opening.approved_by {
        said += &fill(deeds.approved, &[("person", person.as_str())]);
    }
    if let Some(overridden) = &opening.overridden {
        said += &fill(deeds.overridden, &[("rule", &overridden.rule), ("reason", &overridden.reason)]);
    }
    said
}

fn by_way_of(said: &str, ticket: Option<Id>, deeds: &Deeds) -> String {
    let way = ticket.map(|ticket| fill(deeds.by_way_of, &[("ticket", &ticket.to_string())]));
    said.to_owned() + &way.unwrap_or_default()
}

fn solved(solution: &SolveEvidence, zone: &Zone, words: &Catalogue) -> String {
    let deeds = &words.deeds;
    match solution {
        SolveEvidence::Agreed { by: Some(by) } => fill(deeds.agreed_by, &[("person", by.as_str())]),
        SolveEvidence::Agreed { by: None } => deeds.agreed.to_owned(),
        SolveEvidence::BugReported { bug, priority, eta } => {
            let time = relative_time::minute_in(*eta, zone, &words.ages);
            fill(deeds.bug_reported, &[("bug", bug), ("priority", priority.as_str()), ("time", &time)])
        }
        SolveEvidence::NoResponse => deeds.no_response.to_owned(),
    }
}

fn escalated(reason: EscalationReason, manager: Option<&Person>, words: &Catalogue) -> String {
    let reason = ("reason", words.escalation_reasons.of(reason));
    match manager {
        Some(manager) => fill(words.deeds.escalated_to, &[("manager", manager.as_str()), reason]),
        None => fill(words.deeds.escalated, &[reason]),
    }
}

fn changed(set: &[(HeaderField, Value)], unset: &[HeaderField], deeds: &Deeds) -> String {
    let told = |(fact, value): &(HeaderField, Value)| {
        fill(deeds.set_to, &[("fact", &fact.name().to_string()), ("value", &labels::value(value))])
    };
    let set: Vec<_> = set.iter().map(told).collect();
    let unset: Vec<_> = unset.iter().map(HeaderField::name).collect();
    both(listed(deeds.set, "facts", &set), listed(deeds.unset, "facts", &unset), deeds)
}

/// Two things done, either of which may be nothing.
fn both(added: String, removed: String, deeds: &Deeds) -> String {
    match (added.is_empty(), removed.is_empty()) {
        (true, true) => deeds.nothing.to_owned(),
        (true, false) => removed,
        (false, true) => added,
        (false, false) => added + deeds.and + &removed,
    }
}

/// What was done with several things; nothing where there are none.
fn listed<T: std::fmt::Display>(done: &str, name: &str, items: &[T]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    fill(done, &[(name, &items.join(", "))])
}
