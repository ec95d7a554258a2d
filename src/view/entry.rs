//! One entry in a sentence: what was done, for the thread of a ticket and for the log.
//!
//! The sentence goes on after the name of whoever did it. Must not know where it is put, nor whether the
//! entry may be seen.

use crate::domain::action::{Action, Fact, Opening, Solution};
use crate::domain::entry::Entry;
use crate::domain::id::{self, Id};
use crate::domain::person::Person;
use crate::domain::ticket::Hold;
use crate::domain::value::Value;
use crate::domain::words::{EscalationReason, MergeReason, ReopenReason};
use crate::domain::zone::Zone;

use super::{Viewer, age, labels, terminal};

/// How much of an entry's id is shown: enough to tell the entries of one ticket apart.
const SHORT: usize = 6;

/// What was done, safe to show, with times in the zone: `replied`, `put it on hold: with engineering`.
pub fn sentence(entry: &Entry, zone: &Zone) -> String {
    let said = match &entry.action {
        Action::Open(opening) => opened(opening, &entry.by),
        Action::Reply { auto, via_ticket } => {
            by_way_of(if *auto { "sent an automatic reply" } else { "replied" }, *via_ticket)
        }
        Action::Note { auto, via_ticket } => by_way_of(
            if *auto { "sent an automatic mail, kept as an internal note" } else { "wrote an internal note" },
            *via_ticket,
        ),
        Action::Remind { auto: false } => "reminded the requester".to_owned(),
        Action::Remind { auto: true } => "reminded the requester automatically".to_owned(),
        Action::Hold(hold) => format!("put it on hold: {}", held(hold, zone)),
        Action::Resume => "went on after the hold".to_owned(),
        Action::Solve(solution) => solved(solution, zone),
        Action::Merge { into, reason } => merged_into(*into, *reason),
        Action::Merged { source, cc } => format!("merged {source} into this{}", listed(", with ", cc, " in copy")),
        Action::Forward { into, entry } if into == entry => {
            format!("wrote to this solved ticket: {into} follows it up")
        }
        Action::Forward { into, entry } => {
            format!("wrote to this merged ticket: recorded on {into} as {}", short_id(*entry))
        }
        Action::Reopen { reason, unmerge } => reopened(*reason, *unmerge),
        Action::Unmerged { source } => format!("took {source} out again"),
        Action::Escalate { reason, manager } => {
            format!("escalated it{}: {}", to(manager.as_ref()), labels::escalation(*reason))
        }
        Action::Deescalate { reason, .. } => deescalated(*reason),
        Action::Prioritize { priority, was } => format!("changed the priority from {was} to {priority}"),
        Action::Assign { assignee: Some(assignee) } => format!("assigned it to {assignee}"),
        Action::Assign { assignee: None } => "assigned it to nobody".to_owned(),
        Action::Set { set, unset } => changed(set, unset),
        Action::Cc { add, remove } => both("took into copy", add, "took out of copy", remove),
        Action::Tag { add, remove } => both("tagged it", add, "took away the tag", remove),
        Action::Correct { entry, reason } => format!("corrected {}: {reason}", short_id(*entry)),
        Action::Redact { entry, reason } => format!("hid the words of {}: {reason}", short_id(*entry)),
        Action::Foreign(word) => format!("did what only a newer version understands: {word}"),
    };
    terminal::one_line(&said).into_owned()
}

/// The end of an entry's id, by which people tell the entries of a ticket apart.
pub fn short_id(entry: Id) -> String {
    entry.to_string().split_off(id::LENGTH - SHORT)
}

/// What it did to the status, `open → awaiting reply`, where it changed it.
pub fn transition(entry: &Entry, viewer: Viewer) -> Option<String> {
    let (from, to) = (entry.from?, entry.to?);
    Some(format!("{} → {}", labels::status(from, viewer), labels::status(to, viewer)))
}

/// What support waits for, on whom and until when.
pub(super) fn held(hold: &Hold, zone: &Zone) -> String {
    let team = hold.team.as_ref().map(|team| format!(", waiting for {team}")).unwrap_or_default();
    let until = hold.until.map(|until| format!(", until {}", age::minute(until, zone))).unwrap_or_default();
    format!("{}{team}{until}", labels::hold(hold.reason))
}

fn opened(opening: &Opening, by: &Person) -> String {
    let mut said = "opened".to_owned();
    if !opening.requester.is(by) {
        said += &format!(" on behalf of {}", opening.requester);
    }
    if let Some(id) = &opening.imported_id {
        said += &format!(" (imported from {} {id})", opening.imported_from.as_deref().unwrap_or("elsewhere"));
    }
    if let Some(person) = &opening.approved_by {
        said += &format!(" with the approval of {person}");
    }
    if let Some(overridden) = &opening.overridden {
        said += &format!(" against the rule {}: {}", overridden.rule, overridden.reason);
    }
    said
}

fn by_way_of(said: &str, ticket: Option<Id>) -> String {
    ticket.map_or_else(|| said.to_owned(), |ticket| format!("{said} by way of {ticket}"))
}

fn solved(solution: &Solution, zone: &Zone) -> String {
    match solution {
        Solution::Agreed { by: Some(by) } => format!("solved it, agreed by {by}"),
        Solution::Agreed { by: None } => "solved it, agreed".to_owned(),
        Solution::BugReported { bug, priority, eta } => {
            format!("solved it: bug {bug} reported, {priority}, expected by {}", age::minute(*eta, zone))
        }
        Solution::NoResponse => "solved it for want of a response".to_owned(),
    }
}

fn merged_into(into: Id, reason: MergeReason) -> String {
    format!("merged it into {into} ({})", labels::merge(reason))
}

fn reopened(reason: ReopenReason, unmerge: bool) -> String {
    let taken_back = if unmerge { " and took the merge back" } else { "" };
    format!("reopened it{taken_back}: {}", labels::reopen(reason))
}

fn deescalated(reason: Option<EscalationReason>) -> String {
    let reason = reason.map(|reason| format!(" ({})", labels::escalation(reason))).unwrap_or_default();
    format!("ended the escalation{reason}")
}

fn to(manager: Option<&Person>) -> String {
    manager.map(|manager| format!(" to {manager}")).unwrap_or_default()
}

fn changed(set: &[(Fact, Value)], unset: &[Fact]) -> String {
    let set: Vec<_> = set.iter().map(|(fact, value)| format!("{} to {}", fact.name(), labels::value(value))).collect();
    let unset: Vec<_> = unset.iter().map(Fact::name).collect();
    both("set", &set, "took away", &unset)
}

/// Two things done, either of which may be nothing.
fn both<T: std::fmt::Display>(added: &str, add: &[T], removed: &str, remove: &[T]) -> String {
    let done = [listed(&format!("{added} "), add, ""), listed(&format!("{removed} "), remove, "")];
    let done: Vec<_> = done.into_iter().filter(|said| !said.is_empty()).collect();
    if done.is_empty() { "changed nothing".to_owned() } else { done.join(" and ") }
}

fn listed<T: std::fmt::Display>(before: &str, items: &[T], after: &str) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    format!("{before}{}{after}", items.join(", "))
}

#[cfg(test)]
mod tests;
