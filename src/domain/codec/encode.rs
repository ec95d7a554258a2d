//! From types to named values. The order of names here is the order in files.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, SolveEvidence};
use crate::domain::ticket::attachment::Attachment;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Escalation, Header, Hold, Ticket};
use crate::domain::value::{Fields, Value};

/// The names of a header in their order (FORMAT, A ticket).
pub const HEADER_NAMES: [&str; 23] = [
    "format",
    "id",
    "subject",
    "kind",
    "status",
    "priority",
    "product",
    "product_group",
    "organization",
    "instance",
    "requester",
    "assignee",
    "cc",
    "channel",
    "language",
    "tags",
    "escalation",
    "hold",
    "resolution",
    "merged_into",
    "merged_from",
    "follow_up_of",
    "fields",
];

/// Named values in the making: what says nothing is left out.
#[derive(Default)]
pub(super) struct FieldWriter(pub(super) Fields);

impl FieldWriter {
    pub(super) fn value(&mut self, name: &str, value: Value) {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
    }

    pub(super) fn words(&mut self, name: &str, words: &str) {
        self.value(name, Value::from(words));
    }

    pub(super) fn word<T: std::fmt::Display>(&mut self, name: &str, word: Option<T>) {
        if let Some(word) = word {
            self.words(name, &word.to_string());
        }
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.value(name, Value::Bool(true));
        }
    }

    pub(super) fn list<T: std::fmt::Display>(&mut self, name: &str, items: &[T]) {
        self.value(name, Value::List(items.iter().map(|item| Value::String(item.to_string())).collect()));
    }

    fn map(&mut self, name: &str, fields: Fields) {
        self.value(name, Value::Map(fields));
    }
}

/// The header of a ticket as named values.
pub fn header_fields(ticket: &Ticket) -> Fields {
    let header = &ticket.header;
    let mut writer = FieldWriter::default();
    writer.value("format", Value::Integer(i128::from(ticket.format)));
    writer.word("id", Some(ticket.id));
    writer.words("subject", &header.subject);
    writer.word("kind", header.kind);
    writer.word("status", Some(header.status));
    writer.word("priority", Some(header.priority));
    place(&mut writer, [&header.product, &header.product_group, &header.organization, &header.instance]);
    people(&mut writer, &header.requester, header.assignee.as_ref(), &header.cc);
    writer.word("channel", header.channel.as_ref());
    writer.word("language", header.language.as_ref());
    writer.list("tags", &header.tags);
    states(&mut writer, header);
    writer.word("follow_up_of", header.follow_up_of);
    writer.map("fields", header.fields.clone());
    writer.0
}

fn place(writer: &mut FieldWriter, facts: [&Option<String>; 4]) {
    for (name, fact) in ["product", "product_group", "organization", "instance"].into_iter().zip(facts) {
        writer.word(name, fact.as_ref());
    }
}

fn people(writer: &mut FieldWriter, requester: &Person, assignee: Option<&Person>, cc: &[Person]) {
    writer.words("requester", requester.as_str());
    writer.word("assignee", assignee);
    writer.list("cc", cc);
}

fn states(writer: &mut FieldWriter, header: &Header) {
    writer.map("escalation", header.escalation.as_ref().map(escalation_fields).unwrap_or_default());
    writer.map("hold", header.hold.as_ref().map(hold_fields).unwrap_or_default());
    writer.word("resolution", header.resolution);
    writer.word("merged_into", header.merged_into);
    writer.list("merged_from", &header.merged_from);
}

fn escalation_fields(escalation: &Escalation) -> Fields {
    let mut writer = FieldWriter::default();
    writer.word("reason", Some(escalation.reason));
    writer.word("manager", escalation.manager.as_ref());
    writer.value("since", Value::Time(escalation.since));
    writer.0
}

fn hold_fields(hold: &Hold) -> Fields {
    let mut writer = FieldWriter::default();
    writer.word("reason", Some(hold.reason));
    writer.word("team", hold.team.as_ref());
    if let Some(until) = hold.until {
        writer.value("until", Value::Time(until));
    }
    writer.0
}

/// An entry as named values (FORMAT, Entry fields).
pub fn entry_fields(entry: &Entry) -> Fields {
    let mut writer = FieldWriter::default();
    writer.word("id", Some(entry.id));
    writer.value("at", Value::Time(entry.at));
    writer.words("by", entry.by.as_str());
    writer.word("role", Some(entry.role));
    writer.words("action", entry.action.as_str());
    writer.word("from", entry.from);
    writer.word("to", entry.to);
    writer.word("key", entry.key.as_ref());
    writer.word("message_id", entry.message_id.as_ref());
    action_fields(&mut writer, &entry.action);
    writer.value("attachments", Value::List(entry.attachments.iter().map(attachment_fields).collect()));
    if let Some(text) = &entry.text {
        writer.value("text", Value::Text(text.as_str().to_owned()));
    }
    writer.0
}

fn attachment_fields(attachment: &Attachment) -> Value {
    let mut writer = FieldWriter::default();
    writer.words("name", &attachment.name);
    writer.value("size", Value::Integer(attachment.size.into()));
    writer.word("sha256", Some(attachment.digest));
    Value::Map(writer.0)
}

fn action_fields(writer: &mut FieldWriter, action: &Action) {
    match action {
        Action::Open(opening) => opening_fields(writer, opening),
        Action::Reply { auto, via_ticket } | Action::Note { auto, via_ticket } => {
            writer.flag("auto", *auto);
            writer.word("via_ticket", *via_ticket);
        }
        Action::Hold(hold) => hold_fields(hold).into_iter().for_each(|(name, value)| writer.value(&name, value)),
        Action::Solve(solution) => solution_fields(writer, solution),
        Action::Merge { into, reason } => {
            writer.word("into", Some(*into));
            writer.word("reason", Some(*reason));
        }
        Action::Merged { source, cc } => {
            writer.word("source", Some(*source));
            writer.list("cc", cc);
        }
        Action::Forward { into, entry } => {
            writer.word("into", Some(*into));
            writer.word("entry", Some(*entry));
        }
        Action::Reopen { reason, unmerge } => {
            writer.word("reason", Some(*reason));
            writer.flag("unmerge", *unmerge);
        }
        Action::Unmerged { source } => writer.word("source", Some(*source)),
        Action::Escalate { reason, manager } => escalated(writer, Some(*reason), manager.as_ref()),
        Action::Deescalate { reason, manager } => escalated(writer, *reason, manager.as_ref()),
        Action::Prioritize { priority, was } => {
            writer.word("priority", Some(*priority));
            writer.word("was", Some(*was));
        }
        Action::Assign { assignee } => writer.word("assignee", assignee.as_ref()),
        Action::Set { set, unset } => set_fields(writer, set, unset),
        Action::Cc { add, remove } => both_lists(writer, add, remove),
        Action::Tag { add, remove } => both_lists(writer, add, remove),
        Action::Correct { entry, reason } | Action::Redact { entry, reason } => {
            writer.word("entry", Some::<Id>(*entry));
            writer.words("reason", reason);
        }
        Action::Remind { auto } => writer.flag("auto", *auto),
        Action::Resume | Action::Attach | Action::Unknown(_) => {}
    }
}

fn escalated(
    writer: &mut FieldWriter,
    reason: Option<crate::domain::vocabulary::EscalationReason>,
    manager: Option<&Person>,
) {
    writer.word("reason", reason);
    writer.word("manager", manager);
}

fn both_lists<T: std::fmt::Display>(writer: &mut FieldWriter, add: &[T], remove: &[T]) {
    writer.list("add", add);
    writer.list("remove", remove);
}

fn opening_fields(writer: &mut FieldWriter, opening: &OpenFields) {
    writer.words("subject", &opening.subject);
    writer.word("kind", opening.kind);
    writer.word("priority", Some(opening.priority));
    place(writer, [&opening.product, &opening.product_group, &opening.organization, &opening.instance]);
    people(writer, &opening.requester, opening.assignee.as_ref(), &opening.cc);
    writer.word("channel", opening.channel.as_ref());
    writer.word("language", opening.language.as_ref());
    writer.list("tags", &opening.tags);
    writer.word("follow_up_of", opening.follow_up_of);
    writer.map("fields", opening.fields.clone());
    writer.word("approved_by", opening.approved_by.as_ref());
    if let Some(overridden) = &opening.overridden {
        let mut inner = FieldWriter::default();
        inner.words("rule", &overridden.rule);
        inner.words("reason", &overridden.reason);
        writer.map("override", inner.0);
    }
    writer.word("imported_from", opening.imported_from.as_ref());
    writer.word("imported_id", opening.imported_id.as_ref());
    writer.map("imported", opening.imported.clone());
}

fn solution_fields(writer: &mut FieldWriter, solution: &SolveEvidence) {
    writer.word("resolution", Some(solution.resolution()));
    match solution {
        SolveEvidence::Agreed { by } => writer.word("agreed_by", by.as_ref()),
        SolveEvidence::BugReported { bug, priority, eta } => {
            writer.words("bug", bug);
            writer.word("bug_priority", Some(*priority));
            writer.value("eta", Value::Time(*eta));
        }
        SolveEvidence::NoResponse => {}
    }
}

/// Facts by their header names; the desk's own fields gather under `fields`.
fn set_fields(writer: &mut FieldWriter, set: &[(HeaderField, Value)], unset: &[HeaderField]) {
    let mut facts = FieldWriter::default();
    let mut own = Fields::new();
    for (fact, value) in set {
        match fact {
            HeaderField::Field(name) => own.push((name.clone(), value.clone())),
            named => facts.value(&named.name(), value.clone()),
        }
    }
    facts.map("fields", own);
    writer.map("set", facts.0);
    writer.list("unset", &unset.iter().map(HeaderField::name).collect::<Vec<_>>());
}
