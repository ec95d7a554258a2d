//! From named values to types, strictly: a name too many, a missing one or a value that does not fit is a
//! flaw with its place. Files of a newer format are read leniently, as far as they are understood.

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

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads a ticket from its named values.
///
/// # Errors
/// The first flaw, with its path.
pub fn ticket_from(value: Value) -> Result<Ticket> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let format = reader.number("format")?;
    let format = reader.need("format", format)?;
    let format = u32::try_from(format).ok().filter(|&format| format >= 1);
    let format =
        format.ok_or_else(|| reader.unfit("format", &format!("formats are numbered from 1 to {FORMAT} so far")))?;
    let lenient = format > FORMAT;
    let mut reader = MapReader::of(Value::Map(reader.rest()), Vec::new(), lenient)?;
    let id = reader.id("id")?;
    let header = header_from(&mut reader)?;
    let history = history_from(reader.list("history")?, lenient)?;
    reader.finish()?;
    let first = history.first().ok_or(DecodeError { path: Vec::new(), kind: DecodeErrorKind::Missing("history") })?;
    let first_entry = |name: &str, sentence: String| DecodeError {
        path: vec![PathElement::Name("history".to_owned()), PathElement::Index(0), PathElement::Name(name.to_owned())],
        kind: DecodeErrorKind::Unfit(sentence),
    };
    if !matches!(first.action, Action::Open(_)) {
        return Err(first_entry("action", "the first entry has to open the ticket".to_owned()));
    }
    if first.id != id {
        return Err(first_entry("id", format!("the first entry's id has to be the ticket's, {id}")));
    }
    Ok(Ticket { format, id, header, history })
}

fn header_from(reader: &mut MapReader) -> Result<Header> {
    Ok(Header {
        subject: reader.needed_words("subject")?,
        kind: reader.word("kind")?,
        status: reader.needed_word("status")?,
        priority: reader.needed_word("priority")?,
        product: reader.words("product")?,
        product_group: reader.words("product_group")?,
        organization: reader.words("organization")?,
        instance: reader.words("instance")?,
        requester: needed_person(reader, "requester")?,
        assignee: reader.person("assignee")?,
        cc: reader.people("cc")?,
        channel: reader.words("channel")?,
        language: reader.words("language")?,
        tags: words_list(reader, "tags")?,
        escalation: reader.map("escalation")?.map(escalation_from).transpose()?,
        hold: reader.map("hold")?.map(hold_of_map).transpose()?,
        resolution: reader.word("resolution")?,
        merged_into: reader.word("merged_into")?,
        merged_from: reader.words_list("merged_from", str::parse)?,
        follow_up_of: reader.word("follow_up_of")?,
        fields: sorted(reader.open_map("fields")?),
    })
}

fn sorted(mut fields: Fields) -> Fields {
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields
}

fn needed_person(reader: &mut MapReader, name: &'static str) -> Result<Person> {
    let person = reader.person(name)?;
    reader.need(name, person)
}

fn words_list(reader: &mut MapReader, name: &'static str) -> Result<Vec<String>> {
    reader.words_list(name, |words| match words.trim() {
        "" => Err("an empty word"),
        _ => Ok(words.to_owned()),
    })
}

fn escalation_from(mut reader: MapReader) -> Result<Escalation> {
    let reason = reader.needed_word("reason")?;
    let manager = reader.person("manager")?;
    let since = reader.time("since")?;
    let since = reader.need("since", since)?;
    reader.finish()?;
    Ok(Escalation { reason, manager, since })
}

fn hold_of_map(mut reader: MapReader) -> Result<Hold> {
    let hold = hold_from(&mut reader)?;
    reader.finish()?;
    Ok(hold)
}

fn hold_from(reader: &mut MapReader) -> Result<Hold> {
    Ok(Hold { reason: reader.needed_word("reason")?, team: reader.words("team")?, until: reader.time("until")? })
}

fn history_from(items: Vec<Value>, lenient: bool) -> Result<Vec<Entry>> {
    let entry_of = |(index, item)| {
        let path = vec![PathElement::Name("history".to_owned()), PathElement::Index(index)];
        entry_from(MapReader::of(item, path, lenient)?, index == 0, lenient)
    };
    items.into_iter().enumerate().map(entry_of).collect()
}

/// Reads an entry that stands behind others, from its named values.
///
/// # Errors
/// The first flaw, with its path.
pub fn later_entry_from(value: Value) -> Result<Entry> {
    entry_from(MapReader::of(value, Vec::new(), false)?, false, false)
}

/// Reads an action as somebody asks for it, from its named values: what the ticket determines is not among them.
///
/// # Errors
/// The first flaw, with its path; an action that only follows from others.
pub fn asked_action_from(value: Value) -> Result<Action> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let word = reader.needed_words("action")?;
    let action = match word.as_str() {
        "prioritize" => {
            let priority = reader.needed_word("priority")?;
            Some(Action::Prioritize { priority, was: priority })
        }
        "open" | "attach" | "merge" | "merged" | "unmerged" | "forward" => None,
        word => action_from(word, &mut reader)?,
    };
    let action = action.ok_or_else(|| reader.unfit("action", &format!("`{word}` cannot be asked for here")))?;
    reader.finish()?;
    Ok(action)
}

fn entry_from(mut reader: MapReader, first: bool, lenient: bool) -> Result<Entry> {
    let id = reader.id("id")?;
    let at = reader.time("at")?;
    let at = reader.need("at", at)?;
    let by = needed_person(&mut reader, "by")?;
    let role = reader.needed_word("role")?;
    let word = reader.needed_words("action")?;
    let from = reader.word("from")?;
    if from.is_none() && !first {
        reader.need("from", from)?;
    }
    let to = reader.word("to")?;
    let key = reader.words("key")?;
    let message_id = reader.words("message_id")?;
    let action = match action_from(&word, &mut reader)? {
        Some(action) => action,
        None if lenient => Action::Unknown(word),
        None => return Err(reader.unfit("action", &format!("`{word}` is no action"))),
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
        let name = map.needed_words("name")?;
        attachment::validate_name(&name).map_err(|why| map.unfit("name", &why))?;
        let size = map.number("size")?;
        let size = map.need("size", size)?;
        let size = u64::try_from(size).map_err(|_| map.unfit("size", &"a size is a number of bytes"))?;
        let digest = map.needed_word("sha256")?;
        if attachments.iter().any(|known| known.digest == digest) {
            return Err(map.unfit("sha256", &"the same bytes stand here twice"));
        }
        map.finish()?;
        attachments.push(Attachment { name, size, digest });
    }
    Ok(attachments)
}

fn action_from(word: &str, reader: &mut MapReader) -> Result<Option<Action>> {
    Ok(Some(match word {
        "open" => Action::Open(Box::new(opening_from(reader)?)),
        "reply" => Action::Reply { auto: reader.flag("auto")?, via_ticket: reader.word("via_ticket")? },
        "note" => Action::Note { auto: reader.flag("auto")?, via_ticket: reader.word("via_ticket")? },
        "remind" => Action::Remind { auto: reader.flag("auto")? },
        "hold" => Action::Hold(hold_from(reader)?),
        "resume" => Action::Resume,
        "solve" => Action::Solve(solution_from(reader)?),
        "merge" => Action::Merge { into: reader.id("into")?, reason: reader.needed_word("reason")? },
        "merged" => Action::Merged { source: reader.id("source")?, cc: reader.people("cc")? },
        "forward" => Action::Forward { into: reader.id("into")?, entry: reader.id("entry")? },
        "reopen" => Action::Reopen { reason: reader.needed_word("reason")?, unmerge: reader.flag("unmerge")? },
        "unmerged" => Action::Unmerged { source: reader.id("source")? },
        "escalate" => Action::Escalate { reason: reader.needed_word("reason")?, manager: reader.person("manager")? },
        "deescalate" => Action::Deescalate { reason: reader.word("reason")?, manager: reader.person("manager")? },
        "prioritize" => {
            Action::Prioritize { priority: reader.needed_word("priority")?, was: reader.needed_word("was")? }
        }
        "assign" => Action::Assign { assignee: reader.person("assignee")? },
        "set" => changes_from(reader)?,
        "cc" => Action::Cc { add: reader.people("add")?, remove: reader.people("remove")? },
        "attach" => Action::Attach,
        "tag" => Action::Tag { add: words_list(reader, "add")?, remove: words_list(reader, "remove")? },
        "correct" => Action::Correct { entry: reader.id("entry")?, reason: reader.needed_words("reason")? },
        "redact" => Action::Redact { entry: reader.id("entry")?, reason: reader.needed_words("reason")? },
        _ => return Ok(None),
    }))
}

fn opening_from(reader: &mut MapReader) -> Result<OpenFields> {
    Ok(OpenFields {
        subject: reader.needed_words("subject")?,
        kind: reader.word("kind")?,
        priority: reader.needed_word("priority")?,
        product: reader.words("product")?,
        product_group: reader.words("product_group")?,
        organization: reader.words("organization")?,
        instance: reader.words("instance")?,
        requester: needed_person(reader, "requester")?,
        assignee: reader.person("assignee")?,
        cc: reader.people("cc")?,
        channel: reader.words("channel")?,
        language: reader.words("language")?,
        tags: words_list(reader, "tags")?,
        follow_up_of: reader.word("follow_up_of")?,
        fields: sorted(reader.open_map("fields")?),
        approved_by: reader.person("approved_by")?,
        overridden: reader.map("override")?.map(override_from).transpose()?,
        imported_from: reader.words("imported_from")?,
        imported_id: reader.words("imported_id")?,
        imported: reader.open_map("imported")?,
    })
}

fn override_from(mut reader: MapReader) -> Result<Override> {
    let overridden = Override { rule: reader.needed_words("rule")?, reason: reader.needed_words("reason")? };
    reader.finish()?;
    Ok(overridden)
}

fn solution_from(reader: &mut MapReader) -> Result<SolveEvidence> {
    Ok(match reader.needed_word("resolution")? {
        Resolution::Agreed => SolveEvidence::Agreed { by: reader.person("agreed_by")? },
        Resolution::BugReported => {
            let bug = reader.needed_words("bug")?;
            let priority = reader.needed_word("bug_priority")?;
            let eta = reader.time("eta")?;
            SolveEvidence::BugReported { bug, priority, eta: reader.need("eta", eta)? }
        }
        Resolution::NoResponse => SolveEvidence::NoResponse,
        Resolution::Merged => {
            return Err(reader.unfit("resolution", &"merging is an action of its own, `merge`"));
        }
    })
}

fn changes_from(reader: &mut MapReader) -> Result<Action> {
    let mut set = Vec::new();
    if let Some(mut facts) = reader.map("set")? {
        for (name, fact) in HeaderField::NAMED {
            if let Some(words) = facts.words(name)? {
                set.push((fact, Value::String(words)));
            }
        }
        let own = facts.open_map("fields")?;
        set.extend(own.into_iter().map(|(name, value)| (HeaderField::Field(name), value)));
        facts.finish()?;
    }
    let read =
        |name: &str| HeaderField::from_name(name).ok_or_else(|| format!("`{name}` is no fact that can be unset"));
    Ok(Action::Set { set, unset: reader.words_list("unset", read)? })
}
