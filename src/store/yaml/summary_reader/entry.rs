//! The lines of an entry, and their values.

use super::lines::{FieldValues, attachments_of, fields};
use super::schema;
use super::values::{id_of, items, optional, optional_text, optional_word, person_of, text_value, time_of};
use crate::domain::sla::events::{EntryEvent, EventKind};
use crate::domain::text::Text;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::{Action, OpenFields, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::Priority;
use crate::store::yaml::canonical_reader::LineCursor;

/// The number of blanks before the lines of a text.
const TEXT_COLUMN: usize = 4;

/// The lines of an entry, each allowed at its place.
pub(super) struct EntryFields<'a> {
    pub id: &'a str,
    pub at: &'a str,
    pub action: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    common: FieldValues<'a>,
    own: FieldValues<'a>,
    attachments: Option<&'a str>,
    text: Option<&'a str>,
}

impl<'a> EntryFields<'a> {
    /// Takes the lines of the next entry. `None` if they are left to the full reader.
    pub fn take(cursor: &mut LineCursor<'a>) -> Option<Self> {
        let first = cursor.take()?.strip_prefix("- ")?;
        let mut common = FieldValues::default();
        fields(cursor, 2, Some(first), schema::ENTRY, &mut common)?;
        let [id, at, _, _, action, from, to, ..] = common;
        let action = action?;
        let mut own = FieldValues::default();
        fields(cursor, 2, None, schema::of_action(action)?, &mut own)?;
        let mut end = FieldValues::default();
        let ends = schema::end_of(action);
        fields(cursor, 2, None, ends, &mut end)?;
        let (attachments, text) = if ends.len() > 1 { (end[0], end[1]) } else { (None, end[0]) };
        // Other solves, with more fields or by merging, are left to the full reader.
        let is_simple = own[0] == Some("agreed") || own[0] == Some("no_response") && own[1].is_none();
        let lines = Self { id: id?, at: at?, action, from, to, common, own, attachments, text };
        (action != "solve" || is_simple).then_some(lines)
    }

    /// For a reply: returns true if a program wrote it.
    pub const fn is_automatic(&self) -> bool {
        self.own[0].is_some()
    }

    /// For an opening: returns the id of the ticket in the system from which it was imported.
    pub fn imported_id(&self) -> Option<Option<String>> {
        optional_text(self.own[15])
    }

    /// For an opening: returns true if the ticket has an assignee from the start.
    pub const fn opens_assigned(&self) -> bool {
        self.own[8].is_some()
    }

    /// For an assignment: returns true if it assigns the ticket to an agent, false if it removes the assignee.
    pub const fn assigns(&self) -> bool {
        self.own[0].is_some()
    }

    /// For an opening: returns the priority.
    pub fn opening_priority(&self) -> Option<Priority> {
        self.own[2]?.parse().ok()
    }

    /// Returns the event for the clocks.
    pub fn event(&self) -> Option<EntryEvent> {
        let kind = match self.action {
            "reply" if !self.is_automatic() => EventKind::Reply,
            "merge" => EventKind::Merge,
            "reopen" if self.own[1].is_some() => EventKind::Unmerge,
            "merged" => EventKind::Merged(id_of(self.own[0]?)?),
            "unmerged" => EventKind::Unmerged(id_of(self.own[0]?)?),
            "prioritize" => EventKind::Prioritize(self.own[0]?.parse().ok()?),
            _ => EventKind::Other,
        };
        Some(EntryEvent {
            at: time_of(self.at)?,
            role: self.common[3]?.parse().ok()?,
            kind,
            to: optional_word(self.to)?,
        })
    }

    /// Returns the entry. Its text is made from its lines by `text`.
    pub fn make(&self, text: fn(&str) -> Option<Text>) -> Option<Entry> {
        let [_, _, by, role, _, from, to, key, message_id, ..] = self.common;
        Some(Entry {
            id: id_of(self.id)?,
            at: time_of(self.at)?,
            by: person_of(by?)?,
            role: role?.parse().ok()?,
            action: self.make_action()?,
            from: optional_word(from)?,
            to: optional_word(to)?,
            key: optional_text(key)?,
            message_id: optional_text(message_id)?,
            attachments: self.attachments.map_or(Some(Vec::new()), attachments_of)?,
            text: optional(self.text, text)?,
        })
    }

    fn make_action(&self) -> Option<Action> {
        let [first, second, third, ..] = self.own;
        let (auto, via_ticket) = (first.is_some(), second);
        Some(match self.action {
            "open" => Action::Open(Box::new(self.opening()?)),
            "reply" => Action::Reply { auto, via_ticket: optional(via_ticket, id_of)? },
            "note" => Action::Note { auto, via_ticket: optional(via_ticket, id_of)? },
            "remind" => Action::Remind { auto },
            "resume" => Action::Resume,
            "hold" => {
                let (team, until) = (optional_text(second)?, optional(third, time_of)?);
                Action::Hold(Hold { reason: first?.parse().ok()?, team, until })
            }
            "solve" if first? == "agreed" => Action::Solve(SolveEvidence::Agreed { by: optional(second, person_of)? }),
            "solve" => Action::Solve(SolveEvidence::NoResponse),
            "merge" => Action::Merge { into: id_of(first?)?, reason: second?.parse().ok()? },
            "merged" => Action::Merged { source: id_of(first?)?, cc: items(second, person_of)? },
            "forward" => Action::Forward { into: id_of(first?)?, entry: id_of(second?)? },
            "reopen" => Action::Reopen { reason: first?.parse().ok()?, unmerge: second.is_some() },
            "unmerged" => Action::Unmerged { source: id_of(first?)? },
            "escalate" => Action::Escalate { reason: first?.parse().ok()?, manager: optional(second, person_of)? },
            "deescalate" => Action::Deescalate { reason: optional_word(first)?, manager: optional(second, person_of)? },
            "prioritize" => Action::Prioritize { priority: first?.parse().ok()?, was: second?.parse().ok()? },
            "assign" => Action::Assign { assignee: optional(first, person_of)? },
            "cc" => Action::Cc { add: items(first, person_of)?, remove: items(second, person_of)? },
            "attach" => Action::Attach,
            "tag" => Action::Tag { add: items(first, text_value)?, remove: items(second, text_value)? },
            "correct" => Action::Correct { entry: id_of(first?)?, reason: text_value(second?)? },
            "redact" => Action::Redact { entry: id_of(first?)?, reason: text_value(second?)? },
            _ => return None,
        })
    }

    fn opening(&self) -> Option<OpenFields> {
        let [subject, kind, priority, product, product_group, organization, instance, requester, rest @ ..] = self.own;
        let [assignee, cc, channel, language, tags, follow_up_of, imported_from, imported_id, ..] = rest;
        Some(OpenFields {
            kind: optional_word(kind)?,
            product: optional_text(product)?,
            product_group: optional_text(product_group)?,
            organization: optional_text(organization)?,
            instance: optional_text(instance)?,
            assignee: optional(assignee, person_of)?,
            cc: items(cc, person_of)?,
            channel: optional_text(channel)?,
            language: optional_text(language)?,
            tags: items(tags, text_value)?,
            follow_up_of: optional(follow_up_of, id_of)?,
            imported_from: optional_text(imported_from)?,
            imported_id: optional_text(imported_id)?,
            ..OpenFields::new(text_value(subject?)?, priority?.parse().ok()?, person_of(requester?)?)
        })
    }
}

/// Returns the text of a block whose lines were checked.
pub(super) fn text_of(lines: &str) -> Option<Text> {
    let mut text = String::with_capacity(lines.len());
    for line in lines.split_inclusive('\n') {
        text.push_str(line.get(TEXT_COLUMN..).unwrap_or("\n"));
    }
    Text::from_clean(text)
}
