//! The encoder from types to named values. The order of names here is the order in files.

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, SolveEvidence};
use crate::domain::ticket::attachment::Attachment;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Escalation, Header, Hold, Ticket};
use crate::domain::value::{Fields, Value};

/// The names of a header in their order (docs/format.md#the-header).
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

/// A writer of named values, which leaves out empty ones.
#[derive(Default)]
pub(super) struct FieldWriter(pub(super) Fields);

impl FieldWriter {
    pub(super) fn value(&mut self, name: &str, value: Value) {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
    }

    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.value(name, Value::from(text));
    }

    /// Writes a value as it is displayed, if there is one.
    pub(super) fn display<T: std::fmt::Display>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value {
            self.text(name, &value.to_string());
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

/// Encodes the header of a ticket as named values.
pub fn header_fields(ticket: &Ticket) -> Fields {
    let header = &ticket.header;
    let mut writer = FieldWriter::default();
    writer.value("format", Value::Integer(i128::from(ticket.format)));
    writer.display("id", Some(ticket.id));
    writer.text("subject", &header.subject);
    writer.display("kind", header.kind);
    writer.display("status", Some(header.status));
    writer.display("priority", Some(header.priority));
    subject_area(&mut writer, [&header.product, &header.product_group, &header.organization, &header.instance]);
    people(&mut writer, &header.requester, header.assignee.as_ref(), &header.cc);
    writer.display("channel", header.channel.as_ref());
    writer.display("language", header.language.as_ref());
    writer.list("tags", &header.tags);
    state(&mut writer, header);
    writer.display("follow_up_of", header.follow_up_of);
    writer.map("fields", header.fields.clone());
    writer.0
}

fn subject_area(writer: &mut FieldWriter, values: [&Option<String>; 4]) {
    for (name, value) in ["product", "product_group", "organization", "instance"].into_iter().zip(values) {
        writer.display(name, value.as_ref());
    }
}

fn people(writer: &mut FieldWriter, requester: &Person, assignee: Option<&Person>, cc: &[Person]) {
    writer.text("requester", requester.as_str());
    writer.display("assignee", assignee);
    writer.list("cc", cc);
}

fn state(writer: &mut FieldWriter, header: &Header) {
    writer.map("escalation", header.escalation.as_ref().map(escalation_fields).unwrap_or_default());
    writer.map("hold", header.hold.as_ref().map(hold_fields).unwrap_or_default());
    writer.display("resolution", header.resolution);
    writer.display("merged_into", header.merged_into);
    writer.list("merged_from", &header.merged_from);
}

fn escalation_fields(escalation: &Escalation) -> Fields {
    let mut writer = FieldWriter::default();
    writer.display("reason", Some(escalation.reason));
    writer.display("manager", escalation.manager.as_ref());
    writer.value("since", Value::Time(escalation.since));
    writer.0
}

fn hold_fields(hold: &Hold) -> Fields {
    let mut writer = FieldWriter::default();
    writer.display("reason", Some(hold.reason));
    writer.display("team", hold.team.as_ref());
    if let Some(until) = hold.until {
        writer.value("until", Value::Time(until));
    }
    writer.0
}

/// Encodes an entry as named values (docs/format.md#an-entry).
pub fn entry_fields(entry: &Entry) -> Fields {
    let mut writer = FieldWriter::default();
    writer.display("id", Some(entry.id));
    writer.value("at", Value::Time(entry.at));
    writer.text("by", entry.by.as_str());
    writer.display("role", Some(entry.role));
    writer.text("action", entry.action.as_str());
    writer.display("from", entry.from);
    writer.display("to", entry.to);
    writer.display("key", entry.key.as_ref());
    writer.display("message_id", entry.message_id.as_ref());
    action_fields(&mut writer, &entry.action);
    writer.value("attachments", Value::List(entry.attachments.iter().map(attachment_fields).collect()));
    if let Some(text) = &entry.text {
        writer.value("text", Value::Text(text.as_str().to_owned()));
    }
    writer.0
}

fn attachment_fields(attachment: &Attachment) -> Value {
    let mut writer = FieldWriter::default();
    writer.text("name", &attachment.name);
    writer.value("size", Value::Integer(attachment.size.into()));
    writer.display("sha256", Some(attachment.digest));
    Value::Map(writer.0)
}

fn action_fields(writer: &mut FieldWriter, action: &Action) {
    match action {
        Action::Open(opening) => opening_fields(writer, opening),
        Action::Reply { auto, via_ticket } | Action::Note { auto, via_ticket } => {
            writer.flag("auto", *auto);
            writer.display("via_ticket", *via_ticket);
        }
        Action::Hold(hold) => hold_fields(hold).into_iter().for_each(|(name, value)| writer.value(&name, value)),
        Action::Solve(evidence) => evidence_fields(writer, evidence),
        Action::Merge { into, reason } => {
            writer.display("into", Some(*into));
            writer.display("reason", Some(*reason));
        }
        Action::Merged { source, cc } => {
            writer.display("source", Some(*source));
            writer.list("cc", cc);
        }
        Action::Forward { into, entry } => {
            writer.display("into", Some(*into));
            writer.display("entry", Some(*entry));
        }
        Action::Reopen { reason, unmerge } => {
            writer.display("reason", Some(*reason));
            writer.flag("unmerge", *unmerge);
        }
        Action::Unmerged { source } => writer.display("source", Some(*source)),
        Action::Escalate { reason, manager } => escalate_fields(writer, Some(*reason), manager.as_ref()),
        Action::Deescalate { reason, manager } => escalate_fields(writer, *reason, manager.as_ref()),
        Action::Prioritize { priority, was } => {
            writer.display("priority", Some(*priority));
            writer.display("was", Some(*was));
        }
        Action::Assign { assignee } => writer.display("assignee", assignee.as_ref()),
        Action::Set { set, unset } => set_fields(writer, set, unset),
        Action::Cc { add, remove } => add_and_remove(writer, add, remove),
        Action::Tag { add, remove } => add_and_remove(writer, add, remove),
        Action::Correct { entry, reason } | Action::Redact { entry, reason } => {
            writer.display("entry", Some::<Id>(*entry));
            writer.text("reason", reason);
        }
        Action::Remind { auto } => writer.flag("auto", *auto),
        Action::Resume | Action::Attach | Action::Unknown(_) => {}
    }
}

fn escalate_fields(
    writer: &mut FieldWriter,
    reason: Option<crate::domain::vocabulary::EscalationReason>,
    manager: Option<&Person>,
) {
    writer.display("reason", reason);
    writer.display("manager", manager);
}

fn add_and_remove<T: std::fmt::Display>(writer: &mut FieldWriter, add: &[T], remove: &[T]) {
    writer.list("add", add);
    writer.list("remove", remove);
}

fn opening_fields(writer: &mut FieldWriter, opening: &OpenFields) {
    writer.text("subject", &opening.subject);
    writer.display("kind", opening.kind);
    writer.display("priority", Some(opening.priority));
    subject_area(writer, [&opening.product, &opening.product_group, &opening.organization, &opening.instance]);
    people(writer, &opening.requester, opening.assignee.as_ref(), &opening.cc);
    writer.display("channel", opening.channel.as_ref());
    writer.display("language", opening.language.as_ref());
    writer.list("tags", &opening.tags);
    writer.display("follow_up_of", opening.follow_up_of);
    writer.map("fields", opening.fields.clone());
    writer.display("approved_by", opening.approved_by.as_ref());
    if let Some(overridden) = &opening.overridden {
        let mut inner = FieldWriter::default();
        inner.text("rule", &overridden.rule);
        inner.text("reason", &overridden.reason);
        writer.map("override", inner.0);
    }
    writer.display("imported_from", opening.imported_from.as_ref());
    writer.display("imported_id", opening.imported_id.as_ref());
    writer.map("imported", opening.imported.clone());
}

fn evidence_fields(writer: &mut FieldWriter, evidence: &SolveEvidence) {
    writer.display("resolution", Some(evidence.resolution()));
    match evidence {
        SolveEvidence::Agreed { by } => writer.display("agreed_by", by.as_ref()),
        SolveEvidence::BugReported { bug, priority, eta } => {
            writer.text("bug", bug);
            writer.display("bug_priority", Some(*priority));
            writer.value("eta", Value::Time(*eta));
        }
        SolveEvidence::NoResponse => {}
    }
}

/// Writes the changed header fields by their names; custom fields are under `fields`.
fn set_fields(writer: &mut FieldWriter, set: &[(HeaderField, Value)], unset: &[HeaderField]) {
    let mut fields = FieldWriter::default();
    let mut custom = Fields::new();
    for (field, value) in set {
        match field {
            HeaderField::Field(name) => custom.push((name.clone(), value.clone())),
            named => fields.value(&named.name(), value.clone()),
        }
    }
    fields.map("fields", custom);
    writer.map("set", fields.0);
    writer.list("unset", &unset.iter().map(HeaderField::name).collect::<Vec<_>>());
}
