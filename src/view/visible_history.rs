//! The history of a ticket as somebody may see it: internal entries left out, redacted words hidden.
//!
//! The one place that does both, for every view. Must not know how an entry is shown.

use std::collections::{HashMap, HashSet};

use crate::domain::convergence::cross_ticket::duplicate_forwards;
use crate::domain::id::Id;
use crate::domain::people::visibility::internal_entries;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::Attachment;
use crate::domain::ticket::entry::Entry;

use super::Viewer;

/// An entry as it is told now.
#[derive(Clone, Copy, Debug)]
pub struct VisibleEntry<'a> {
    /// The entry as it was written.
    pub entry: &'a Entry,
    /// The entry that hides its words.
    pub redaction: Option<&'a Entry>,
    /// The last entry that corrects it.
    pub correction: Option<&'a Entry>,
    /// The earlier entry that says all of it: two clones brought the same words here.
    pub twin_of: Option<Id>,
}

impl<'a> VisibleEntry<'a> {
    /// Its words, where it has any that are not hidden, and that do not stand there already.
    pub fn text(&self) -> Option<&'a str> {
        if self.redaction.is_some() || self.twin_of.is_some() {
            None
        } else {
            self.entry.text.as_ref().map(|text| text.as_str())
        }
    }

    /// Its attachments, where they are not hidden with its words, and do not stand there already.
    pub fn attachments(&self) -> &'a [Attachment] {
        if self.redaction.is_some() || self.twin_of.is_some() { &[] } else { &self.entry.attachments }
    }

    /// The first line of its words, or nothing.
    pub fn first_line(&self) -> &'a str {
        if self.text().is_none() { "" } else { self.entry.text.as_ref().map_or("", |text| text.first_line()) }
    }
}

/// The history, oldest first, as the viewer may see it. Customers see neither notes nor what refers to one.
pub fn thread(ticket: &Ticket, viewer: Viewer) -> Vec<VisibleEntry<'_>> {
    let internal = match viewer {
        Viewer::Support => HashSet::new(),
        Viewer::Customer => internal_entries(ticket),
    };
    let visible = || ticket.history.iter().filter(|entry| !internal.contains(&entry.id));
    let mut redactions = HashMap::new();
    let mut corrections = HashMap::new();
    for entry in visible() {
        match entry.action {
            Action::Redact { entry: target, .. } => _ = redactions.entry(target).or_insert(entry),
            Action::Correct { entry: target, .. } => _ = corrections.insert(target, entry),
            _ => {}
        }
    }
    let twins = duplicate_forwards(ticket);
    let told = |entry: &'_ Entry| (redactions.get(&entry.id).copied(), corrections.get(&entry.id).copied());
    visible()
        .map(|entry| {
            let (redaction, correction) = told(entry);
            VisibleEntry { entry, redaction, correction, twin_of: twins.get(&entry.id).copied() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures::{self, note, reply};

    fn referring(redact: bool, entry: Id) -> Action {
        let reason = "a slip".to_owned();
        if redact { Action::Redact { entry, reason } } else { Action::Correct { entry, reason } }
    }

    #[test]
    fn customers_see_nothing_of_a_note() {
        let mut ticket = test_fixtures::opened();
        let secret = test_fixtures::by_agent(&mut ticket, note(), None, "They pay late.");
        let correction = test_fixtures::by_agent(&mut ticket, referring(false, secret), None, "They pay early.");
        test_fixtures::by_agent(&mut ticket, referring(true, correction), None, "Not here.");
        let public = test_fixtures::by_agent(&mut ticket, reply(), None, "Thank you.");
        test_fixtures::by_agent(&mut ticket, referring(false, public), None, "Thanks.");
        let texts: Vec<_> = thread(&ticket, Viewer::Customer).iter().filter_map(VisibleEntry::text).collect();
        assert_eq!(texts, ["Every tile times out.\nSince today.\n", "Thank you.\n", "Thanks.\n"]);
        assert_eq!(thread(&ticket, Viewer::Support).len(), 6);
    }

    #[test]
    fn a_reference_to_nothing_is_internal() {
        let mut ticket = test_fixtures::opened();
        test_fixtures::by_agent(&mut ticket, referring(false, test_fixtures::id(59, 9)), None, "Whose?");
        assert_eq!(thread(&ticket, Viewer::Customer).len(), 1);
    }

    #[test]
    fn redacted_words_are_hidden_and_the_last_correction_counts() {
        let mut ticket = test_fixtures::opened();
        let first = ticket.id;
        let hiding = test_fixtures::by_agent(&mut ticket, referring(true, first), None, "A password.");
        test_fixtures::by_agent(&mut ticket, referring(false, first), None, "One.");
        let last = test_fixtures::by_agent(&mut ticket, referring(false, first), None, "Two.");
        let told = thread(&ticket, Viewer::Support);
        assert_eq!((told[0].text(), told[0].first_line()), (None, ""));
        assert_eq!(told[0].redaction.map(|entry| entry.id), Some(hiding));
        assert_eq!(told[0].correction.map(|entry| entry.id), Some(last));
    }
}
