//! The history of a ticket without redacted text. Every view uses it.

use std::collections::HashMap;

use crate::domain::convergence::cross_ticket::duplicate_forwards;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::Attachment;
use crate::domain::ticket::entry::Entry;

/// An entry with the later entries that hide or correct it.
#[derive(Clone, Copy, Debug)]
pub struct VisibleEntry<'a> {
    /// The entry as it was written.
    pub entry: &'a Entry,
    /// The entry that redacts it.
    pub redaction: Option<&'a Entry>,
    /// The last entry that corrects it.
    pub correction: Option<&'a Entry>,
    /// The earlier entry with the same text: two clones forwarded the same reply to this ticket.
    pub duplicate_of: Option<Id>,
}

impl<'a> VisibleEntry<'a> {
    /// Returns the text, unless it is redacted or a duplicate.
    pub fn text(&self) -> Option<&'a str> {
        if self.redaction.is_some() || self.duplicate_of.is_some() {
            None
        } else {
            self.entry.text.as_ref().map(|text| text.as_str())
        }
    }

    /// Returns the attachments, unless the entry is redacted or a duplicate.
    pub fn attachments(&self) -> &'a [Attachment] {
        if self.redaction.is_some() || self.duplicate_of.is_some() { &[] } else { &self.entry.attachments }
    }

    /// Returns the first line of the text, or an empty string.
    pub fn first_line(&self) -> &'a str {
        if self.text().is_none() { "" } else { self.entry.text.as_ref().map_or("", |text| text.first_line()) }
    }
}

/// Returns the entries of a ticket, oldest first. The ticket has only the entries that the viewer sees.
pub fn visible_entries(ticket: &Ticket) -> Vec<VisibleEntry<'_>> {
    let mut redactions = HashMap::new();
    let mut corrections = HashMap::new();
    for entry in &ticket.history {
        match entry.action {
            Action::Redact { entry: target, .. } => _ = redactions.entry(target).or_insert(entry),
            Action::Correct { entry: target, .. } => _ = corrections.insert(target, entry),
            _ => {}
        }
    }
    let duplicates = duplicate_forwards(ticket);
    let visible = |entry| VisibleEntry {
        entry,
        redaction: redactions.get(&entry.id).copied(),
        correction: corrections.get(&entry.id).copied(),
        duplicate_of: duplicates.get(&entry.id).copied(),
    };
    ticket.history.iter().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::visibility::customer_view;
    use crate::view::test_fixtures::{self, note, reply};

    fn referring(redact: bool, entry: Id) -> Action {
        let reason = "a slip".to_owned();
        if redact { Action::Redact { entry, reason, subject: None } } else { Action::Correct { entry, reason } }
    }

    #[test]
    fn customers_do_not_see_a_note_or_references_to_it() {
        let mut ticket = test_fixtures::opened();
        let secret = test_fixtures::by_agent(&mut ticket, note(), None, "They pay late.");
        let correction = test_fixtures::by_agent(&mut ticket, referring(false, secret), None, "They pay early.");
        test_fixtures::by_agent(&mut ticket, referring(true, correction), None, "Not here.");
        let public = test_fixtures::by_agent(&mut ticket, reply(), None, "Thank you.");
        test_fixtures::by_agent(&mut ticket, referring(false, public), None, "Thanks.");
        let visible = customer_view(ticket.clone());
        let texts: Vec<_> = visible_entries(&visible).iter().filter_map(VisibleEntry::text).collect();
        assert_eq!(texts, ["Every tile times out.\nSince today.\n", "Thank you.\n", "Thanks.\n"]);
        assert_eq!(visible_entries(&ticket).len(), 6);
    }

    #[test]
    fn a_reference_to_nothing_is_internal() {
        let mut ticket = test_fixtures::opened();
        test_fixtures::by_agent(&mut ticket, referring(false, test_fixtures::id(59, 9)), None, "Whose?");
        assert_eq!(visible_entries(&customer_view(ticket)).len(), 1);
    }

    #[test]
    fn redacted_text_is_hidden_and_the_last_correction_counts() {
        let mut ticket = test_fixtures::opened();
        let first = ticket.id;
        let redaction = test_fixtures::by_agent(&mut ticket, referring(true, first), None, "A password.");
        test_fixtures::by_agent(&mut ticket, referring(false, first), None, "One.");
        let last = test_fixtures::by_agent(&mut ticket, referring(false, first), None, "Two.");
        let visible = visible_entries(&ticket);
        assert_eq!((visible[0].text(), visible[0].first_line()), (None, ""));
        assert_eq!(visible[0].redaction.map(|entry| entry.id), Some(redaction));
        assert_eq!(visible[0].correction.map(|entry| entry.id), Some(last));
    }
}
