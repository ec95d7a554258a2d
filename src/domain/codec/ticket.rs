//! Tickets and entries as named values, and back. Reading is strict: an unknown name, a missing name and an invalid value
//! are errors with their paths. In files of a newer format, unknown names are ignored and unknown actions kept as
//! [`Action::Unknown`].

use chrono::{DateTime, Utc};

use super::error::{DecodeError, DecodeErrorKind, PathElement, Result};
use super::field::{FieldType, FieldWriter, Record};
use super::leaf::{Field, Leaf, Shape};
use super::map_reader::MapReader;
use super::record::field_of;
use super::source::FieldSource;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::attachment::{self, Attachment};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{FORMAT, Header, Ticket};
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::{Role, Status};

/// The fields of every entry that come before those of its action (docs/format.md#an-entry). Only the first entry has
/// no `from`.
pub const ENTRY_FIELDS: &[Field] = &[
    field_of!(Id, id, " The id, greater than the id of the previous entry."),
    field_of!(DateTime<Utc>, at, " The time of the action, UTC."),
    field_of!(Person, by, " The actor."),
    field_of!(Role, role, " The role of the actor at that time."),
    field_of!(String, action, " The action."),
    field_of!(Option<Status>, from, " The status before the action; absent only on the first entry."),
    field_of!(Option<Status>, to, " The status after the action, if the action changed it."),
    field_of!(Option<String>, key, " The idempotency key of the command, unique within the ticket."),
    field_of!(Option<String>, message_id, " The Message-ID of the mail that contained the entry."),
    field_of!(bool, internal, " True if only support reads the text and the attachments; customers see the action."),
];

/// The word of an action.
enum ActionWord {
    Known(&'static str),
    Unknown(String),
}

impl Leaf for ActionWord {
    const SHAPE: Shape = Shape::Line;

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let known = Action::ALL.iter().find(|action| action.word == text);
        Ok(known.map_or_else(|| Self::Unknown(text.to_owned()), |action| Self::Known(action.word)))
    }

    fn value(&self) -> Value {
        match self {
            Self::Known(word) => Value::from(*word),
            Self::Unknown(word) => Value::from(word.as_str()),
        }
    }
}

/// Returns the names of a header in their order (docs/format.md#the-header).
pub fn header_names() -> impl Iterator<Item = &'static str> {
    ["format", "id"].into_iter().chain(Header::FIELDS.iter().map(|field| field.name))
}

/// Returns the header of a ticket as named values.
pub fn header_fields(ticket: &Ticket) -> Fields {
    let mut writer = FieldWriter::default();
    writer.value("format", Value::Integer(i128::from(ticket.format)));
    ticket.id.write("id", &mut writer);
    ticket.header.write(&mut writer);
    writer.into_fields()
}

/// Returns an entry as named values (docs/format.md#an-entry).
pub fn entry_fields(entry: &Entry) -> Fields {
    let mut writer = FieldWriter::default();
    entry.id.write("id", &mut writer);
    entry.at.write("at", &mut writer);
    entry.by.write("by", &mut writer);
    entry.role.write("role", &mut writer);
    writer.value("action", Value::from(entry.action.as_str()));
    entry.from.write("from", &mut writer);
    entry.to.write("to", &mut writer);
    entry.key.write("key", &mut writer);
    entry.message_id.write("message_id", &mut writer);
    entry.internal.write("internal", &mut writer);
    entry.action.write(&mut writer);
    entry.attachments.write("attachments", &mut writer);
    if let Some(text) = &entry.text {
        writer.value("text", Value::Text(text.as_str().to_owned()));
    }
    writer.into_fields()
}

/// Decodes a ticket from its named values.
///
/// # Errors
/// The first invalid value, with its path.
pub fn ticket_from(value: Value) -> Result<Ticket> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let format = reader.number("format")?;
    let format = reader.need("format", format)?;
    let invalid = || format!("invalid format {format}: expected a number from 1; the newest is {FORMAT}");
    let format = u32::try_from(format).ok().filter(|&format| format >= 1);
    let format = format.ok_or_else(|| reader.invalid("format", &invalid()))?;
    let lenient = format > FORMAT;
    let mut reader = MapReader::of(Value::Map(reader.rest()), Vec::new(), lenient)?;
    let id: Id = reader.required("id")?;
    let header = Header::take(&mut reader)?;
    let mut history = Vec::new();
    reader.maps("history", |reader| {
        history.push(take_entry(reader, history.is_empty(), lenient)?);
        Ok(())
    })?;
    reader.finish()?;
    let first = history.first().ok_or(DecodeError { path: Vec::new(), kind: DecodeErrorKind::Missing("history") })?;
    let first_entry = |name: &str, message: String| DecodeError {
        path: vec![PathElement::Name("history".to_owned()), PathElement::Index(0), PathElement::Name(name.to_owned())],
        kind: DecodeErrorKind::Invalid(message),
    };
    if !matches!(first.action, Action::Open(_)) {
        return Err(first_entry("action", "the first entry must open the ticket".to_owned()));
    }
    if first.id != id {
        return Err(first_entry("id", format!("the id of the first entry must be that of the ticket, {id}")));
    }
    Ok(Ticket { format, id, header, history })
}

/// Decodes an entry that is not the first one, from its named values.
///
/// # Errors
/// The first invalid value, with its path.
pub fn later_entry_from(value: Value) -> Result<Entry> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let entry = take_entry(&mut reader, false, false)?;
    reader.finish()?;
    Ok(entry)
}

/// Decodes a requested action from its named values, without the values that the ticket determines.
///
/// # Errors
/// The first invalid value, with its path; an action that cannot be requested in this form, such as one that only
/// follows from others.
pub fn requested_action_from(value: Value) -> Result<Action> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let word: String = reader.required("action")?;
    let action = match word.as_str() {
        "prioritize" => {
            let priority = reader.required("priority")?;
            Some(Action::Prioritize { priority, was: priority })
        }
        "open" | "attach" | "merge" | "merged" | "unmerged" | "forward" => None,
        word => Action::take(word, &mut reader)?,
    };
    let action =
        action.ok_or_else(|| reader.invalid("action", &format!("action `{word}` cannot be requested here")))?;
    reader.finish()?;
    Ok(action)
}

/// Takes an entry. If the source is lenient, an unknown action is kept.
///
/// # Errors
/// A value is missing or invalid.
pub fn take_entry<S: FieldSource>(
    source: &mut S,
    is_first: bool,
    lenient: bool,
) -> std::result::Result<Entry, S::Error> {
    let (id, at) = (source.required("id")?, source.required("at")?);
    let (by, role) = (source.required("by")?, source.required("role")?);
    let word = source.required("action")?;
    let from = source.leaf("from")?;
    if !is_first {
        source.need("from", from)?;
    }
    let (to, key, message_id) = (source.leaf("to")?, source.leaf("key")?, source.leaf("message_id")?);
    let internal = source.flag("internal")?;
    let action = match word {
        ActionWord::Known(word) => Action::take(word, source)?,
        ActionWord::Unknown(word) if lenient => Some(Action::Unknown(word)),
        ActionWord::Unknown(word) => return Err(source.invalid("action", &format!("unknown action `{word}`"))),
    };
    let action = action.expect("every known action has fields");
    let attachments =
        if attachment::may_have_attachments(action.as_str()) { take_attachments(source)? } else { Vec::new() };
    if attachments.is_empty() && matches!(action, Action::Attach) {
        return Err(source.missing("attachments"));
    }
    let text = source.text()?;
    if internal && text.is_none() && attachments.is_empty() {
        return Err(source.invalid("internal", "only an entry with a text or attachments can be internal"));
    }
    Ok(Entry { id, at, by, role, action, from, to, key, message_id, internal, attachments, text })
}

fn take_attachments<S: FieldSource>(source: &mut S) -> std::result::Result<Vec<Attachment>, S::Error> {
    let mut digests = Vec::new();
    source.maps("attachments", |source| {
        let attachment = Attachment::take(source)?;
        attachment::validate_name(&attachment.name).map_err(|why| source.invalid("name", why))?;
        if digests.contains(&attachment.digest) {
            return Err(source.invalid("sha256", "duplicate attachment: another one has the same hash"));
        }
        digests.push(attachment.digest);
        Ok(attachment)
    })
}
