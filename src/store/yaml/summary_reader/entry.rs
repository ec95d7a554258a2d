//! One entry: its lines, and what they say.

use super::lines::{FieldValues, fields};
use super::schema;
use super::values::{attachments_of, id_of, items, known, person_of, some, some_words, time_of, words_of};
use crate::domain::sla::events::{EntryEvent, EventKind};
use crate::domain::text::Text;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::{Action, OpenFields, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::Priority;
use crate::store::yaml::canonical_reader::LineCursor;

/// Blanks before the lines of a text.
const TEXT_COLUMN: usize = 4;

/// The lines of an entry, each fit for its place.
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
    /// Takes the lines of the next entry.
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
        // Bugs have facts of their own, and nobody else may say that a ticket was solved by merging.
        let is_simple = own[0] == Some("agreed") || own[0] == Some("no_response") && own[1].is_none();
        let lines = Self { id: id?, at: at?, action, from, to, common, own, attachments, text };
        (action != "solve" || is_simple).then_some(lines)
    }

    /// Of a reply: whether no person wrote it.
    pub const fn is_automatic(&self) -> bool {
        self.own[0].is_some()
    }

    /// Of an opening: the id it has where it was imported from.
    pub fn imported_id(&self) -> Option<Option<String>> {
        some_words(self.own[15])
    }

    /// Of an opening: whether somebody takes care of it from the start.
    pub const fn opens_assigned(&self) -> bool {
        self.own[8].is_some()
    }

    /// Of an assignment: whether it is to somebody.
    pub const fn assigns(&self) -> bool {
        self.own[0].is_some()
    }

    /// Of an opening: the priority.
    pub fn opening_priority(&self) -> Option<Priority> {
        self.own[2]?.parse().ok()
    }

    /// What the clocks see of it.
    pub fn beat(&self) -> Option<EntryEvent> {
        let kind = match self.action {
            "reply" if !self.is_automatic() => EventKind::Reply,
            "merge" => EventKind::Merge,
            "reopen" if self.own[1].is_some() => EventKind::Unmerge,
            "merged" => EventKind::Merged(id_of(self.own[0]?)?),
            "unmerged" => EventKind::Unmerged(id_of(self.own[0]?)?),
            "prioritize" => EventKind::Prioritize(self.own[0]?.parse().ok()?),
            _ => EventKind::Other,
        };
        Some(EntryEvent { at: time_of(self.at)?, role: self.common[3]?.parse().ok()?, kind, to: known(self.to)? })
    }

    /// The entry; its text as `words` makes it of the lines it stands on.
    pub fn make(&self, words: fn(&str) -> Option<Text>) -> Option<Entry> {
        let [_, _, by, role, _, from, to, key, message_id, ..] = self.common;
        Some(Entry {
            id: id_of(self.id)?,
            at: time_of(self.at)?,
            by: person_of(by?)?,
            role: role?.parse().ok()?,
            action: self.make_action()?,
            from: known(from)?,
            to: known(to)?,
            key: some_words(key)?,
            message_id: some_words(message_id)?,
            attachments: self.attachments.map_or(Some(Vec::new()), attachments_of)?,
            text: some(self.text, words)?,
        })
    }

    fn make_action(&self) -> Option<Action> {
        let [first, second, third, ..] = self.own;
        let (auto, via_ticket) = (first.is_some(), second);
        Some(match self.action {
            "open" => Action::Open(Box::new(self.opening()?)),
            "reply" => Action::Reply { auto, via_ticket: some(via_ticket, id_of)? },
            "note" => Action::Note { auto, via_ticket: some(via_ticket, id_of)? },
            "remind" => Action::Remind { auto },
            "resume" => Action::Resume,
            "hold" => {
                let (team, until) = (some_words(second)?, some(third, time_of)?);
                Action::Hold(Hold { reason: first?.parse().ok()?, team, until })
            }
            "solve" if first? == "agreed" => Action::Solve(SolveEvidence::Agreed { by: some(second, person_of)? }),
            "solve" => Action::Solve(SolveEvidence::NoResponse),
            "merge" => Action::Merge { into: id_of(first?)?, reason: second?.parse().ok()? },
            "merged" => Action::Merged { source: id_of(first?)?, cc: items(second, person_of)? },
            "forward" => Action::Forward { into: id_of(first?)?, entry: id_of(second?)? },
            "reopen" => Action::Reopen { reason: first?.parse().ok()?, unmerge: second.is_some() },
            "unmerged" => Action::Unmerged { source: id_of(first?)? },
            "escalate" => Action::Escalate { reason: first?.parse().ok()?, manager: some(second, person_of)? },
            "deescalate" => Action::Deescalate { reason: known(first)?, manager: some(second, person_of)? },
            "prioritize" => Action::Prioritize { priority: first?.parse().ok()?, was: second?.parse().ok()? },
            "assign" => Action::Assign { assignee: some(first, person_of)? },
            "cc" => Action::Cc { add: items(first, person_of)?, remove: items(second, person_of)? },
            "attach" => Action::Attach,
            "tag" => Action::Tag { add: items(first, words_of)?, remove: items(second, words_of)? },
            "correct" => Action::Correct { entry: id_of(first?)?, reason: words_of(second?)? },
            "redact" => Action::Redact { entry: id_of(first?)?, reason: words_of(second?)? },
            _ => return None,
        })
    }

    fn opening(&self) -> Option<OpenFields> {
        let [subject, kind, priority, product, product_group, organization, instance, requester, rest @ ..] = self.own;
        let [assignee, cc, channel, language, tags, follow_up_of, imported_from, imported_id, ..] = rest;
        Some(OpenFields {
            kind: known(kind)?,
            product: some_words(product)?,
            product_group: some_words(product_group)?,
            organization: some_words(organization)?,
            instance: some_words(instance)?,
            assignee: some(assignee, person_of)?,
            cc: items(cc, person_of)?,
            channel: some_words(channel)?,
            language: some_words(language)?,
            tags: items(tags, words_of)?,
            follow_up_of: some(follow_up_of, id_of)?,
            imported_from: some_words(imported_from)?,
            imported_id: some_words(imported_id)?,
            ..OpenFields::new(words_of(subject?)?, priority?.parse().ok()?, person_of(requester?)?)
        })
    }
}

/// The words of a block that was looked at line by line.
pub(super) fn text_of(lines: &str) -> Option<Text> {
    let mut words = String::with_capacity(lines.len());
    for line in lines.split_inclusive('\n') {
        words.push_str(line.get(TEXT_COLUMN..).unwrap_or("\n"));
    }
    Text::from_clean(words)
}
