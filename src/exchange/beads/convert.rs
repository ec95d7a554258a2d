//! The conversion of one issue into one ticket.

use serde_json::Value as Json;

use super::NAME;
use super::events::{BeadsEvent, comments, ending, unknown};
use super::record;
use super::record::RecordReader;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::query::NONE;
use crate::domain::text::{Text, clean_subject};
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::value::Value;
use crate::domain::vocabulary::{Priority, Role, Status};

/// Converts an issue into a ticket.
pub(super) fn ticket(
    id: &str,
    mut record: RecordReader,
    default_priority: Priority,
    random: &mut dyn FnMut() -> u128,
) -> Result<Ticket, String> {
    let title = record.one_line("title")?.ok_or("missing `title`")?;
    let created = record.time("created_at")?.ok_or("missing `created_at`")?;
    let priority = priority(&mut record)?.unwrap_or(default_priority);
    let mut opening = OpenFields::new(title, priority, requester(&mut record)?);
    opening.assignee = record.person("assignee")?;
    opening.tags = tags(&mut record)?;
    let text = record.text("description")?.as_deref().and_then(Text::clean).or_else(|| Text::clean(&opening.subject));
    let (mut events, unused_comments) = comments(id, &mut record)?;
    events.extend(ending(&mut record, &opening, created)?);
    events.sort_by_key(|event| event.at);
    opening.imported_from = Some(NAME.to_owned());
    opening.imported_id = Some(id.to_owned());
    opening.imported = record.rest();
    if !unused_comments.is_empty() {
        opening.imported.push(("comments".to_owned(), Value::List(unused_comments)));
    }
    let by = opening.requester.clone();
    let action = Action::Open(Box::new(opening));
    with_entries(BeadsEvent { at: created, by, role: Role::Customer, action, text }, events, random)
}

/// Reads the priority; 0 is kept in the record, since 1 becomes `S1` too.
fn priority(record: &mut RecordReader) -> Result<Option<Priority>, String> {
    let Some(number) = record.peek_number("priority")? else { return Ok(None) };
    let priority = match number {
        0 => return Ok(Some(Priority::S1)),
        1 => Priority::S1,
        2 => Priority::S2,
        3 => Priority::S3,
        4 => Priority::S4,
        other => return Err(format!("`priority`: expected 0 to 4, found {other}")),
    };
    record.remove("priority");
    Ok(Some(priority))
}

/// Reads the person who created the issue, else its owner.
fn requester(record: &mut RecordReader) -> Result<Person, String> {
    if let Some(creator) = record.person("created_by")? {
        return Ok(creator);
    }
    record.person("owner")?.map_or_else(unknown, Ok)
}

/// Reads the labels, each once, without `none`, which in queries means that there are none.
fn tags(record: &mut RecordReader) -> Result<Vec<String>, String> {
    let mut tags = Vec::new();
    for label in record.list("labels")? {
        let Json::String(label) = label else {
            return Err(format!("`labels`: expected text, found {}", record::kind(&label)));
        };
        if let Some(tag) = clean_subject(&label).filter(|tag| !tags.contains(tag) && tag != NONE) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// Creates the ticket with an entry for each event, in order, each with the status before and after it.
fn with_entries(
    opening: BeadsEvent,
    events: Vec<BeadsEvent>,
    random: &mut dyn FnMut() -> u128,
) -> Result<Ticket, String> {
    let id = Id::after(None, opening.at, random());
    let first = entry(id, opening, None, Some(Status::Open));
    let mut ticket = Ticket::opened_by(first).ok_or("the first entry does not open a ticket")?;
    for event in events {
        let from = ticket.header.status;
        let to = matches!(event.action, Action::Solve(_)).then_some(Status::Solved);
        let id = Id::after(Some(ticket.version()), event.at, random());
        ticket.append(entry(id, event, Some(from), to));
    }
    Ok(ticket)
}

fn entry(id: Id, event: BeadsEvent, from: Option<Status>, to: Option<Status>) -> Entry {
    let BeadsEvent { at, by, role, action, text } = event;
    let at = duration::whole_seconds(at);
    Entry { at, from, to, text, ..Entry::new(id, by, role, action) }
}
