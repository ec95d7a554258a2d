//! The events of an issue after it was opened: its comments, and its closing or deletion.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::record::RecordReader;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::value::Value;
use crate::domain::vocabulary::Role;

/// The name of an actor whom the record does not name.
const UNKNOWN: &str = "unknown";

/// The text of the note of a tombstone without a reason.
const DELETED: &str = "Deleted.";

/// An event of an issue, before it has an entry id and a status.
pub(super) struct BeadsEvent {
    pub(super) at: DateTime<Utc>,
    pub(super) by: Person,
    pub(super) role: Role,
    pub(super) action: Action,
    pub(super) text: Option<Text>,
}

/// Reads the comments as notes, and returns the values that have no place in a note. A comment without text is kept
/// whole.
pub(super) fn comments(id: &str, record: &mut RecordReader) -> Result<(Vec<BeadsEvent>, Vec<Value>), String> {
    let (mut events, mut unused) = (Vec::new(), Vec::new());
    for (index, comment) in record.list("comments")?.into_iter().enumerate() {
        let at_comment = |reason: String| format!("comment {}: {reason}", index + 1);
        let (event, rest) = note(id, comment).map_err(at_comment)?;
        events.extend(event);
        unused.extend(rest);
    }
    Ok((events, unused))
}

/// Returns the note of a comment, if it has a text, and the values that have no place in a note.
fn note(id: &str, comment: Json) -> Result<(Option<BeadsEvent>, Option<Value>), String> {
    let mut record = RecordReader::of(comment).map_err(|kind| format!("expected a map, found {kind}"))?;
    let rest = |record: RecordReader| Some(Value::Map(record.rest())).filter(|rest| !rest.is_empty());
    let Some(text) = record.peek_text("text")?.and_then(Text::clean) else {
        return Ok((None, rest(record)));
    };
    record.remove("text");
    let at = record.time("created_at")?.ok_or("missing `created_at`")?;
    let by = record.person("author")?.map_or_else(unknown, Ok)?;
    if record.peek_text("issue_id").is_ok_and(|issue| issue == Some(id)) {
        record.remove("issue_id");
    }
    let event = BeadsEvent { at, by, role: Role::Agent, action: plain_note(), text: Some(text) };
    Ok((Some(event), rest(record)))
}

const fn plain_note() -> Action {
    Action::Note { auto: false, via_ticket: None }
}

/// Returns the events that bring the ticket to the status of the issue.
pub(super) fn ending(
    record: &mut RecordReader,
    opening: &OpenFields,
    created: DateTime<Utc>,
) -> Result<Vec<BeadsEvent>, String> {
    match record.peek_text("status")? {
        Some("open") => record.remove("status"),
        Some("in_progress") => {}
        Some("closed") => {
            record.remove("status");
            return Ok(vec![closing(record, opening, created)?]);
        }
        Some("tombstone") => return deletion(record, opening, created),
        Some(other) => {
            return Err(format!("`status`: expected open, in_progress, closed or tombstone, found `{other}`"));
        }
        None => return Err("missing `status`".to_owned()),
    }
    Ok(Vec::new())
}

/// Returns the closing; if it has no time, it gets that of the last change.
fn closing(record: &mut RecordReader, opening: &OpenFields, created: DateTime<Utc>) -> Result<BeadsEvent, String> {
    let at = match record.time("closed_at")? {
        Some(at) => at,
        None => record.time("updated_at")?.unwrap_or(created),
    };
    let by = record.person("closed_by")?;
    let text = record.text("close_reason")?.as_deref().and_then(Text::clean);
    let requester = opening.requester.clone();
    let (by, role) = closer(by, opening);
    Ok(BeadsEvent {
        at,
        by,
        role,
        action: Action::Solve(SolveEvidence::Agreed { by: Some(requester), reply: None }),
        text,
    })
}

/// Returns a deletion: a note with the reason, and a solve, agreed by the person who deleted the issue.
fn deletion(
    record: &mut RecordReader,
    opening: &OpenFields,
    created: DateTime<Utc>,
) -> Result<Vec<BeadsEvent>, String> {
    let at = match (record.time("deleted_at")?, record.peek_text("closed_at")?) {
        (Some(at), _) => at,
        (None, Some(_)) => record.time("closed_at")?.unwrap_or(created),
        (None, None) => record.time("updated_at")?.unwrap_or(created),
    };
    let reason = record.text("delete_reason")?.as_deref().and_then(Text::clean).or_else(|| Text::clean(DELETED));
    let text = record.text("close_reason")?.as_deref().and_then(Text::clean);
    let (by, role) = closer(record.person("deleted_by")?, opening);
    let solve = Action::Solve(SolveEvidence::Agreed { by: Some(by.clone()), reply: None });
    Ok(vec![
        BeadsEvent { at, by: by.clone(), role: Role::Agent, action: plain_note(), text: reason },
        BeadsEvent { at, by, role, action: solve, text },
    ])
}

/// Returns the person who closed the issue, else the assignee, else the requester, with the role: the requester is a
/// customer unless also the assignee, and other people are agents.
fn closer(named: Option<Person>, opening: &OpenFields) -> (Person, Role) {
    let by = named.or_else(|| opening.assignee.clone()).unwrap_or_else(|| opening.requester.clone());
    let is_agent = opening.assignee.as_ref().is_some_and(|assignee| assignee.same_address(&by))
        || !by.same_address(&opening.requester);
    (by, if is_agent { Role::Agent } else { Role::Customer })
}

/// Returns the actor whom the record does not name.
pub(super) fn unknown() -> Result<Person, String> {
    Person::from_name(UNKNOWN).map_err(|error| error.to_string())
}
