//! The decoder from named values to types. It is strict: an unknown name, a missing name and an invalid value are errors
//! with their paths. In files of a newer format, unknown names are ignored and unknown actions kept as
//! [`Action::Unknown`].

use super::error::Result;
use super::error::{DecodeError, DecodeErrorKind, PathElement};
use super::map_reader::MapReader;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, Override, SolveEvidence};
use crate::domain::ticket::attachment;
use crate::domain::ticket::attachment::Attachment;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Escalation, FORMAT, Header, Hold, Ticket};
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::Resolution;

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
    let id = reader.id("id")?;
    let header = header_from(&mut reader)?;
    let history = history_from(reader.list("history")?, lenient)?;
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

fn header_from(reader: &mut MapReader) -> Result<Header> {
    Ok(Header {
        subject: reader.required_line("subject")?,
        kind: reader.parsed("kind")?,
        status: reader.required("status")?,
        priority: reader.required("priority")?,
        product: reader.line("product")?,
        product_group: reader.line("product_group")?,
        organization: reader.line("organization")?,
        instance: reader.line("instance")?,
        requester: required_person(reader, "requester")?,
        assignee: reader.person("assignee")?,
        cc: reader.people("cc")?,
        channel: reader.line("channel")?,
        language: reader.line("language")?,
        tags: text_list(reader, "tags")?,
        escalation: reader.map("escalation")?.map(escalation_from).transpose()?,
        hold: reader.map("hold")?.map(hold_from_map).transpose()?,
        resolution: reader.parsed("resolution")?,
        merged_into: reader.parsed("merged_into")?,
        merged_from: reader.parsed_list("merged_from", str::parse)?,
        follow_up_of: reader.parsed("follow_up_of")?,
        fields: sorted(reader.open_map("fields")?),
    })
}

fn sorted(mut fields: Fields) -> Fields {
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields
}

fn required_person(reader: &mut MapReader, name: &'static str) -> Result<Person> {
    let person = reader.person(name)?;
    reader.need(name, person)
}

fn text_list(reader: &mut MapReader, name: &'static str) -> Result<Vec<String>> {
    reader.parsed_list(name, |text| match text.trim() {
        "" => Err("empty text"),
        _ => Ok(text.to_owned()),
    })
}

fn escalation_from(mut reader: MapReader) -> Result<Escalation> {
    let reason = reader.required("reason")?;
    let manager = reader.person("manager")?;
    let since = reader.time("since")?;
    let since = reader.need("since", since)?;
    reader.finish()?;
    Ok(Escalation { reason, manager, since })
}

fn hold_from_map(mut reader: MapReader) -> Result<Hold> {
    let hold = hold_from(&mut reader)?;
    reader.finish()?;
    Ok(hold)
}

fn hold_from(reader: &mut MapReader) -> Result<Hold> {
    Ok(Hold { reason: reader.required("reason")?, team: reader.line("team")?, until: reader.time("until")? })
}

fn history_from(items: Vec<Value>, lenient: bool) -> Result<Vec<Entry>> {
    let entry = |(index, item)| {
        let path = vec![PathElement::Name("history".to_owned()), PathElement::Index(index)];
        entry_from(MapReader::of(item, path, lenient)?, index == 0, lenient)
    };
    items.into_iter().enumerate().map(entry).collect()
}

/// Decodes an entry that is not the first one, from its named values.
///
/// # Errors
/// The first invalid value, with its path.
pub fn later_entry_from(value: Value) -> Result<Entry> {
    entry_from(MapReader::of(value, Vec::new(), false)?, false, false)
}

/// Decodes a requested action from its named values, without the values that the ticket determines.
///
/// # Errors
/// The first invalid value, with its path; an action that cannot be requested in this form, such as one that only
/// follows from others.
pub fn requested_action_from(value: Value) -> Result<Action> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let word = reader.required_line("action")?;
    let action = match word.as_str() {
        "prioritize" => {
            let priority = reader.required("priority")?;
            Some(Action::Prioritize { priority, was: priority })
        }
        "open" | "attach" | "merge" | "merged" | "unmerged" | "forward" => None,
        word => action_from(word, &mut reader)?,
    };
    let action =
        action.ok_or_else(|| reader.invalid("action", &format!("action `{word}` cannot be requested here")))?;
    reader.finish()?;
    Ok(action)
}

fn entry_from(mut reader: MapReader, first: bool, lenient: bool) -> Result<Entry> {
    let id = reader.id("id")?;
    let at = reader.time("at")?;
    let at = reader.need("at", at)?;
    let by = required_person(&mut reader, "by")?;
    let role = reader.required("role")?;
    let word = reader.required_line("action")?;
    let from = reader.parsed("from")?;
    if from.is_none() && !first {
        reader.need("from", from)?;
    }
    let to = reader.parsed("to")?;
    let key = reader.line("key")?;
    let message_id = reader.line("message_id")?;
    let action = match action_from(&word, &mut reader)? {
        Some(action) => action,
        None if lenient => Action::Unknown(word),
        None => return Err(reader.invalid("action", &format!("unknown action `{word}`"))),
    };
    let attachments =
        if attachment::may_have_attachments(&action) { attachments_from(&mut reader)? } else { Vec::new() };
    if attachments.is_empty() && matches!(action, Action::Attach) {
        reader.need("attachments", None::<()>)?;
    }
    let text = reader.text()?;
    reader.finish()?;
    Ok(Entry { id, at, by, role, action, from, to, key, message_id, attachments, text })
}

fn attachments_from(reader: &mut MapReader) -> Result<Vec<Attachment>> {
    let mut attachments: Vec<Attachment> = Vec::new();
    for mut map in reader.maps("attachments")? {
        let name = map.required_line("name")?;
        attachment::validate_name(&name).map_err(|why| map.invalid("name", &why))?;
        let size = map.number("size")?;
        let size = map.need("size", size)?;
        let size = u64::try_from(size).map_err(|_| map.invalid("size", &"expected a number of bytes"))?;
        let digest = map.required("sha256")?;
        if attachments.iter().any(|other| other.digest == digest) {
            return Err(map.invalid("sha256", &"duplicate attachment: another one has the same hash"));
        }
        map.finish()?;
        attachments.push(Attachment { name, size, digest });
    }
    Ok(attachments)
}

fn action_from(word: &str, reader: &mut MapReader) -> Result<Option<Action>> {
    Ok(Some(match word {
        "open" => Action::Open(Box::new(opening_from(reader)?)),
        "reply" => Action::Reply { auto: reader.flag("auto")?, via_ticket: reader.parsed("via_ticket")? },
        "note" => Action::Note { auto: reader.flag("auto")?, via_ticket: reader.parsed("via_ticket")? },
        "remind" => Action::Remind { auto: reader.flag("auto")? },
        "hold" => Action::Hold(hold_from(reader)?),
        "resume" => Action::Resume,
        "solve" => Action::Solve(solution_from(reader)?),
        "merge" => Action::Merge { into: reader.id("into")?, reason: reader.required("reason")? },
        "merged" => Action::Merged { source: reader.id("source")?, cc: reader.people("cc")? },
        "forward" => Action::Forward { into: reader.id("into")?, entry: reader.id("entry")? },
        "reopen" => Action::Reopen { reason: reader.required("reason")?, unmerge: reader.flag("unmerge")? },
        "unmerged" => Action::Unmerged { source: reader.id("source")? },
        "escalate" => Action::Escalate { reason: reader.required("reason")?, manager: reader.person("manager")? },
        "deescalate" => Action::Deescalate { reason: reader.parsed("reason")?, manager: reader.person("manager")? },
        "prioritize" => Action::Prioritize { priority: reader.required("priority")?, was: reader.required("was")? },
        "assign" => Action::Assign { assignee: reader.person("assignee")? },
        "set" => changes_from(reader)?,
        "cc" => Action::Cc { add: reader.people("add")?, remove: reader.people("remove")? },
        "attach" => Action::Attach,
        "tag" => Action::Tag { add: text_list(reader, "add")?, remove: text_list(reader, "remove")? },
        "correct" => Action::Correct { entry: reader.id("entry")?, reason: reader.required_line("reason")? },
        "redact" => Action::Redact { entry: reader.id("entry")?, reason: reader.required_line("reason")? },
        _ => return Ok(None),
    }))
}

fn opening_from(reader: &mut MapReader) -> Result<OpenFields> {
    Ok(OpenFields {
        subject: reader.required_line("subject")?,
        kind: reader.parsed("kind")?,
        priority: reader.required("priority")?,
        product: reader.line("product")?,
        product_group: reader.line("product_group")?,
        organization: reader.line("organization")?,
        instance: reader.line("instance")?,
        requester: required_person(reader, "requester")?,
        assignee: reader.person("assignee")?,
        cc: reader.people("cc")?,
        channel: reader.line("channel")?,
        language: reader.line("language")?,
        tags: text_list(reader, "tags")?,
        follow_up_of: reader.parsed("follow_up_of")?,
        fields: sorted(reader.open_map("fields")?),
        approved_by: reader.person("approved_by")?,
        overridden: reader.map("override")?.map(override_from).transpose()?,
        imported_from: reader.line("imported_from")?,
        imported_id: reader.line("imported_id")?,
        imported: reader.open_map("imported")?,
    })
}

fn override_from(mut reader: MapReader) -> Result<Override> {
    let overridden = Override { rule: reader.required_line("rule")?, reason: reader.required_line("reason")? };
    reader.finish()?;
    Ok(overridden)
}

fn solution_from(reader: &mut MapReader) -> Result<SolveEvidence> {
    Ok(match reader.required("resolution")? {
        Resolution::Agreed => SolveEvidence::Agreed { by: reader.person("agreed_by")? },
        Resolution::BugReported => {
            let bug = reader.required_line("bug")?;
            let priority = reader.required("bug_priority")?;
            let eta = reader.time("eta")?;
            SolveEvidence::BugReported { bug, priority, eta: reader.need("eta", eta)? }
        }
        Resolution::NoResponse => SolveEvidence::NoResponse,
        Resolution::Merged => {
            return Err(reader.invalid("resolution", &"invalid resolution `merged`: only the action `merge` has it"));
        }
    })
}

fn changes_from(reader: &mut MapReader) -> Result<Action> {
    let mut set = Vec::new();
    if let Some(mut map) = reader.map("set")? {
        for (name, field) in HeaderField::NAMED {
            if let Some(text) = map.line(name)? {
                set.push((field, Value::String(text)));
            }
        }
        let custom = map.open_map("fields")?;
        set.extend(custom.into_iter().map(|(name, value)| (HeaderField::Field(name), value)));
        map.finish()?;
    }
    let parse = |name: &str| HeaderField::from_name(name).ok_or_else(|| format!("field `{name}` cannot be unset"));
    Ok(Action::Set { set, unset: reader.parsed_list("unset", parse)? })
}
