//! The visibility of entries (docs/workflow.md#the-people, docs/visibility.md).

use std::collections::HashSet;

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;

/// Returns the internal entries: notes, and corrections and redactions of internal or missing entries. A correction
/// repeats the text it corrects, so it is as internal as that entry.
pub fn internal_entries(ticket: &Ticket) -> HashSet<Id> {
    let mut public: HashSet<Id> = ticket
        .history
        .iter()
        .filter(|entry| refers_to(entry).is_none() && !entry.is_internal())
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
    ticket.history.iter().map(|entry| entry.id).filter(|id| !public.contains(id)).collect()
}

/// Returns the ticket without internal entries, as customers see it. Neither the last activity nor the version then
/// reveals an internal entry. No internal entry changes the header.
pub fn customer_view(mut ticket: Ticket) -> Ticket {
    let internal = internal_entries(&ticket);
    ticket.history.retain(|entry| !internal.contains(&entry.id));
    ticket
}

const fn refers_to(entry: &Entry) -> Option<Id> {
    match entry.action {
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => Some(entry),
        _ => None,
    }
}

/// Returns the entries whose texts are redacted, for a viewer to whom the entries in `hidden` are not visible.
pub fn redacted_entries(ticket: &Ticket, hidden: &HashSet<Id>) -> HashSet<Id> {
    let visible = ticket.history.iter().filter(|entry| !hidden.contains(&entry.id));
    visible
        .filter_map(|entry| if matches!(entry.action, Action::Redact { .. }) { refers_to(entry) } else { None })
        .collect()
}
