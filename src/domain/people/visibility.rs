//! The visibility of entries (docs/workflow.md#the-people, docs/visibility.md).

use std::collections::HashSet;

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::ticket::replay::replay;
use crate::domain::value::Value;

/// Returns the internal entries: those that are internal themselves, and corrections and redactions of internal texts or
/// missing entries. A correction repeats the text it corrects, so it is as internal as that text.
pub fn internal_entries(ticket: &Ticket) -> HashSet<Id> {
    // The entries whose texts are public.
    let mut public: HashSet<Id> = ticket
        .history
        .iter()
        .filter(|entry| refers_to(entry).is_none() && !entry.has_internal_text())
        .map(|e| e.id)
        .collect();
    loop {
        let count = public.len();
        for entry in &ticket.history {
            if refers_to(entry).is_some_and(|target| public.contains(&target)) {
                public.insert(entry.id);
            }
        }
        if public.len() == count {
            break;
        }
    }
    let is_hidden = |entry: &&Entry| match refers_to(entry) {
        Some(_) => !public.contains(&entry.id),
        None => entry.is_internal(),
    };
    ticket.history.iter().filter(is_hidden).map(|entry| entry.id).collect()
}

/// Returns the ticket as customers see it: without internal entries, internal texts, tags, and the teams that support
/// waits for. Neither the last activity nor the version then reveals an internal entry.
pub fn customer_view(mut ticket: Ticket) -> Ticket {
    let internal = internal_entries(&ticket);
    ticket.history.retain(|entry| !internal.contains(&entry.id));
    for entry in &mut ticket.history {
        conceal(entry);
    }
    ticket.header.tags.clear();
    if let Some(hold) = &mut ticket.header.hold {
        hold.team = None;
    }
    ticket
}

/// Removes from an entry what customers do not see of it.
fn conceal(entry: &mut Entry) {
    if std::mem::take(&mut entry.internal) {
        entry.text = None;
        entry.attachments.clear();
    }
    match &mut entry.action {
        Action::Open(opening) => opening.tags.clear(),
        Action::Hold(hold) => hold.team = None,
        Action::Tag { add, remove } => {
            add.clear();
            remove.clear();
        }
        _ => {}
    }
}

const fn refers_to(entry: &Entry) -> Option<Id> {
    match entry.action {
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => Some(entry),
        _ => None,
    }
}

/// The text in place of a redacted one that cannot be left out.
pub const REDACTED: &str = "[redacted]";

/// Returns the ticket without the texts of redacted entries. The header has what is true now, and stays.
pub fn without_redacted_texts(mut ticket: Ticket) -> Ticket {
    let redacted = redacted_entries(&ticket, &HashSet::new());
    hide_texts(&mut ticket, &redacted);
    ticket
}

/// Returns an older version of a ticket without the texts that are redacted in it or, as `later` says, after it. Its
/// header has what the rest of the history says.
pub fn without_texts_redacted_later(mut ticket: Ticket, later: &HashSet<Id>) -> Ticket {
    let redacted: HashSet<Id> = redacted_entries(&ticket, &HashSet::new()).union(later).copied().collect();
    if ticket.history.iter().any(|entry| redacted.contains(&entry.id)) {
        hide_texts(&mut ticket, &redacted);
        if let Some(header) = replay(&ticket.history) {
            ticket.header = header;
        }
    }
    ticket
}

fn hide_texts(ticket: &mut Ticket, redacted: &HashSet<Id>) {
    for entry in ticket.history.iter_mut().filter(|entry| redacted.contains(&entry.id)) {
        *entry = without_texts(entry);
    }
}

/// Returns a redacted entry without what a person typed: its text and attachments, and the texts of its action. Its mark
/// stays, so that the redaction of an internal text remains internal.
pub fn without_texts(entry: &Entry) -> Entry {
    let mut entry = Entry { text: None, attachments: Vec::new(), ..entry.clone() };
    match &mut entry.action {
        Action::Open(opening) => {
            REDACTED.clone_into(&mut opening.subject);
            opening.imported.clear();
            opening.fields.clear();
            if let Some(overridden) = &mut opening.overridden {
                REDACTED.clone_into(&mut overridden.reason);
            }
        }
        Action::Hold(hold) => hold.team = None,
        Action::Solve(SolveEvidence::BugReported { bug, .. }) => REDACTED.clone_into(bug),
        Action::Set { set, .. } => {
            let texts = set.iter_mut().filter(|(field, _)| !HeaderField::OF_AGENTS.contains(field));
            texts.for_each(|(_, value)| *value = Value::from(REDACTED));
        }
        Action::Correct { reason, .. } => REDACTED.clone_into(reason),
        Action::Redact { reason, subject, .. } => {
            REDACTED.clone_into(reason);
            *subject = None;
        }
        _ => {}
    }
    entry
}

/// Returns the entries whose texts are redacted, for a viewer to whom the entries in `hidden` are not visible.
pub fn redacted_entries(ticket: &Ticket, hidden: &HashSet<Id>) -> HashSet<Id> {
    let visible = ticket.history.iter().filter(|entry| !hidden.contains(&entry.id));
    visible
        .filter_map(|entry| if matches!(entry.action, Action::Redact { .. }) { refers_to(entry) } else { None })
        .collect()
}
