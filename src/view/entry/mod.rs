//! An entry as a sentence, for the history of a ticket and for the log.
//!
//! The sentence is printed after the address of the actor.

#[cfg(test)]
mod tests;

use crate::domain::id;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::Hold;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::time::zone::Zone;
use crate::domain::value::Value;
use crate::domain::vocabulary::EscalationReason;

use super::labels::catalog::{ActionLabels, Catalog, fill};
use super::{labels, relative_time, sanitize};

/// The length of the short id of an entry, enough to distinguish the entries of one ticket.
const SHORT_ID_LENGTH: usize = 6;

/// Describes an action, with times in the zone: `replied`, `put it on hold: with engineering`. The text is sanitized.
pub fn describe(entry: &Entry, zone: &Zone, catalog: &Catalog) -> String {
    let labels = &catalog.actions;
    let sentence = match &entry.action {
        Action::Open(opening) => opened(opening, &entry.by, labels),
        Action::Reply { auto, via_ticket } => {
            with_via_ticket(if *auto { labels.replied_automatically } else { labels.replied }, *via_ticket, labels)
        }
        Action::Note { auto, via_ticket } => {
            with_via_ticket(if *auto { labels.noted_automatically } else { labels.noted }, *via_ticket, labels)
        }
        Action::Remind { auto: false } => labels.reminded.to_owned(),
        Action::Remind { auto: true } => labels.reminded_automatically.to_owned(),
        Action::Hold(hold) => fill(labels.held, &[("reason", &describe_hold(hold, zone, catalog))]),
        Action::Resume => labels.resumed.to_owned(),
        Action::Solve(solution) => solved(solution, zone, catalog),
        Action::Merge { into, reason } => {
            let reason = catalog.merge_reasons.of(*reason);
            fill(labels.merged_into, &[("ticket", &into.to_string()), ("reason", reason)])
        }
        Action::Merged { source, cc } => {
            let merged = fill(labels.merged, &[("ticket", &source.to_string())]);
            merged + &listed(labels.with_cc, "people", cc)
        }
        Action::Forward { into, entry } if into == entry => fill(labels.followed_up, &[("ticket", &into.to_string())]),
        Action::Forward { into, entry } => {
            fill(labels.forwarded, &[("ticket", &into.to_string()), ("entry", &short_id(*entry))])
        }
        Action::Reopen { reason, unmerge } => {
            let label = if *unmerge { labels.unmerged } else { labels.reopened };
            fill(label, &[("reason", catalog.reopen_reasons.of(*reason))])
        }
        Action::Unmerged { source, cc } => {
            let unmerged = fill(labels.source_unmerged, &[("ticket", &source.to_string())]);
            if cc.is_empty() { unmerged } else { unmerged + labels.and + &listed(labels.cc_removed, "people", cc) }
        }
        Action::Escalate { reason, manager } => escalated(*reason, manager.as_ref(), catalog),
        Action::Deescalate { reason, .. } => {
            let reason = reason.map(|reason| catalog.escalation_reasons.of(reason));
            let reason = reason.map(|reason| fill(labels.for_reason, &[("reason", reason)]));
            labels.deescalated.to_owned() + &reason.unwrap_or_default()
        }
        Action::Prioritize { priority, was } => {
            fill(labels.prioritized, &[("was", was.as_str()), ("priority", priority.as_str())])
        }
        Action::Assign { assignee: Some(assignee) } => fill(labels.assigned, &[("person", assignee.as_str())]),
        Action::Assign { assignee: None } => labels.unassigned.to_owned(),
        Action::Set { set, unset } => changed(set, unset, labels),
        Action::Cc { add, remove } => {
            join(listed(labels.cc_added, "people", add), listed(labels.cc_removed, "people", remove), labels)
        }
        Action::Attach => labels.attached.to_owned(),
        Action::Tag { add, remove } if add.is_empty() && remove.is_empty() => labels.retagged.to_owned(),
        Action::Tag { add, remove } => {
            join(listed(labels.tagged, "tags", add), listed(labels.untagged, "tags", remove), labels)
        }
        Action::Correct { entry, reason } => {
            fill(labels.corrected, &[("entry", &short_id(*entry)), ("reason", reason)])
        }
        Action::Redact { entry, reason, .. } => {
            fill(labels.redacted, &[("entry", &short_id(*entry)), ("reason", reason)])
        }
        Action::Unknown(word) => fill(labels.unknown, &[("action", word)]),
    };
    sanitize::one_line(&sentence).into_owned()
}

/// Returns the short id of an entry: the end of its id.
pub fn short_id(entry: Id) -> String {
    entry.to_string().split_off(id::LENGTH - SHORT_ID_LENGTH)
}

/// Formats the change of the status by an entry, if there is one: `open → awaiting reply`.
pub fn transition(entry: &Entry, catalog: &Catalog) -> Option<String> {
    let (from, to) = (entry.from?, entry.to?);
    Some(format!("{} → {}", catalog.statuses.of(from), catalog.statuses.of(to)))
}

/// Formats a hold: its reason, the team, and its end in the zone.
pub(super) fn describe_hold(hold: &Hold, zone: &Zone, catalog: &Catalog) -> String {
    let team = hold.team.as_ref().map(|team| fill(catalog.remarks.waiting_for, &[("team", team)]));
    let until = hold.until.map(|until| relative_time::planned_in(until, zone, &catalog.times));
    let until = until.map(|time| fill(catalog.remarks.until, &[("time", &time)]));
    format!("{}{}{}", catalog.hold_reasons.of(hold.reason), team.unwrap_or_default(), until.unwrap_or_default())
}

/// Describes the opening of a ticket.
fn opened(opening: &OpenFields, by: &Person, labels: &ActionLabels) -> String {
    let mut sentence = labels.opened.to_owned();
    if !opening.requester.same_address(by) {
        sentence += &fill(labels.on_behalf_of, &[("person", opening.requester.as_str())]);
    }
    if let Some(id) = &opening.imported_id {
        let system = opening.imported_from.as_deref().unwrap_or(labels.elsewhere);
        sentence += &fill(labels.imported, &[("system", system), ("id", id)]);
    }
    if let Some(person) = &opening.approved_by {
        sentence += &fill(labels.approved, &[("person", person.as_str())]);
    }
    if let Some(overridden) = &opening.overridden {
        sentence += &fill(labels.overridden, &[("rule", &overridden.rule), ("reason", &overridden.reason)]);
    }
    sentence
}

/// Adds the merged ticket to which a message was written.
fn with_via_ticket(sentence: &str, ticket: Option<Id>, labels: &ActionLabels) -> String {
    let via = ticket.map(|ticket| fill(labels.via_ticket, &[("ticket", &ticket.to_string())]));
    sentence.to_owned() + &via.unwrap_or_default()
}

/// Describes a solve, with its evidence.
fn solved(solution: &SolveEvidence, zone: &Zone, catalog: &Catalog) -> String {
    let labels = &catalog.actions;
    match solution {
        SolveEvidence::Agreed { by: Some(by), .. } => fill(labels.agreed_by, &[("person", by.as_str())]),
        SolveEvidence::Agreed { by: None, .. } => labels.agreed.to_owned(),
        SolveEvidence::BugReported { bug, priority, eta } => {
            let time = relative_time::planned_in(*eta, zone, &catalog.times);
            fill(labels.bug_reported, &[("bug", bug), ("priority", priority), ("time", &time)])
        }
        SolveEvidence::NoResponse => labels.no_response.to_owned(),
        SolveEvidence::Withdrawn => labels.withdrawn.to_owned(),
    }
}

/// Describes an escalation.
fn escalated(reason: EscalationReason, manager: Option<&Person>, catalog: &Catalog) -> String {
    let reason = ("reason", catalog.escalation_reasons.of(reason));
    match manager {
        Some(manager) => fill(catalog.actions.escalated_to, &[("manager", manager.as_str()), reason]),
        None => fill(catalog.actions.escalated, &[reason]),
    }
}

/// Describes a change of fields.
fn changed(set: &[(HeaderField, Value)], unset: &[HeaderField], labels: &ActionLabels) -> String {
    let set_to = |(field, value): &(HeaderField, Value)| {
        fill(labels.set_to, &[("field", &field.name().to_string()), ("value", &labels::format_value(value))])
    };
    let set: Vec<_> = set.iter().map(set_to).collect();
    let unset: Vec<_> = unset.iter().map(HeaderField::name).collect();
    join(listed(labels.set, "fields", &set), listed(labels.unset, "fields", &unset), labels)
}

/// Joins two parts of a sentence, each of which may be empty.
fn join(added: String, removed: String, labels: &ActionLabels) -> String {
    match (added.is_empty(), removed.is_empty()) {
        (true, true) => labels.nothing.to_owned(),
        (true, false) => removed,
        (false, true) => added,
        (false, false) => added + labels.and + &removed,
    }
}

/// Fills a list into a label; the text is empty without items.
fn listed<T: std::fmt::Display>(label: &str, name: &str, items: &[T]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    fill(label, &[(name, &items.join(", "))])
}
