//! What happened to an issue after it was opened: its comments, and how it ended.
//!
//! Must not know ids of entries, or which status an event sees.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use super::record::RecordReader;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, OpenFields, SolveEvidence};
use crate::domain::value::Value;
use crate::domain::vocabulary::Role;

/// Who acted where the record does not say.
const UNKNOWN: &str = "unknown";

/// The note of a tombstone without a reason.
const DELETED: &str = "Deleted.";

/// Something that happened, before it has an id and has seen a status.
pub(super) struct BeadsEvent {
    pub(super) at: DateTime<Utc>,
    pub(super) by: Person,
    pub(super) role: Role,
    pub(super) action: Action,
    pub(super) text: Option<Text>,
}

/// The comments as notes, and what of them has no place in a note. A comment without words is kept whole.
pub(super) fn comments(id: &str, record: &mut RecordReader) -> Result<(Vec<BeadsEvent>, Vec<Value>), String> {
    let (mut events, mut left) = (Vec::new(), Vec::new());
    for (index, comment) in record.list("comments")?.into_iter().enumerate() {
        let at_comment = |reason: String| format!("comment {}: {reason}", index + 1);
        let rest = match note(id, comment).map_err(at_comment)? {
            CommentOutcome::Note(event, rest) => {
                events.push(*event);
                rest
            }
            CommentOutcome::Wordless(rest) => rest,
        };
        left.extend(rest);
    }
    Ok((events, left))
}

/// What a comment comes to, and what has no place.
enum CommentOutcome {
    Note(Box<BeadsEvent>, Option<Value>),
    Wordless(Option<Value>),
}

fn note(id: &str, comment: Json) -> Result<CommentOutcome, String> {
    let mut record = RecordReader::of(comment).map_err(|kind| format!("{kind} where a map belongs"))?;
    let rest = |record: RecordReader| Some(Value::Map(record.rest())).filter(|rest| !rest.is_empty());
    let Some(text) = record.words_at("text")?.and_then(Text::clean) else {
        return Ok(CommentOutcome::Wordless(rest(record)));
    };
    record.placed("text");
    let at = record.time("created_at")?.ok_or("it has no `created_at`")?;
    let by = record.person("author")?.map_or_else(unknown, Ok)?;
    if record.words_at("issue_id").is_ok_and(|issue| issue == Some(id)) {
        record.placed("issue_id");
    }
    let event = BeadsEvent { at, by, role: Role::Agent, action: plain_note(), text: Some(text) };
    Ok(CommentOutcome::Note(Box::new(event), rest(record)))
}

const fn plain_note() -> Action {
    Action::Note { auto: false, via_ticket: None }
}

/// What brings the ticket to the status the issue has.
pub(super) fn ending(
    record: &mut RecordReader,
    opening: &OpenFields,
    created: DateTime<Utc>,
) -> Result<Vec<BeadsEvent>, String> {
    match record.words_at("status")? {
        Some("open") => record.placed("status"),
        Some("in_progress") => {}
        Some("closed") => {
            record.placed("status");
            return Ok(vec![closing(record, opening, created)?]);
        }
        Some("tombstone") => return deletion(record, opening, created),
        Some(other) => {
            return Err(format!("`status` is `{other}`; known are open, in_progress, closed and tombstone"));
        }
        None => return Err("it has no `status`".to_owned()),
    }
    Ok(Vec::new())
}

/// The closing; without its time, the last change stands for it.
fn closing(record: &mut RecordReader, opening: &OpenFields, created: DateTime<Utc>) -> Result<BeadsEvent, String> {
    let at = match record.time("closed_at")? {
        Some(at) => at,
        None => record.time("updated_at")?.unwrap_or(created),
    };
    let by = record.person("closed_by")?;
    let text = record.words("close_reason")?.as_deref().and_then(Text::clean);
    let requester = opening.requester.clone();
    let (by, role) = closer(by, opening);
    Ok(BeadsEvent { at, by, role, action: Action::Solve(SolveEvidence::Agreed { by: Some(requester) }), text })
}

/// A deletion: a note that says why, and the end of it, agreed by nobody but whoever deleted it.
fn deletion(
    record: &mut RecordReader,
    opening: &OpenFields,
    created: DateTime<Utc>,
) -> Result<Vec<BeadsEvent>, String> {
    let at = match (record.time("deleted_at")?, record.words_at("closed_at")?) {
        (Some(at), _) => at,
        (None, Some(_)) => record.time("closed_at")?.unwrap_or(created),
        (None, None) => record.time("updated_at")?.unwrap_or(created),
    };
    let reason = record.words("delete_reason")?.as_deref().and_then(Text::clean).or_else(|| Text::clean(DELETED));
    let text = record.words("close_reason")?.as_deref().and_then(Text::clean);
    let (by, role) = closer(record.person("deleted_by")?, opening);
    let solve = Action::Solve(SolveEvidence::Agreed { by: Some(by.clone()) });
    Ok(vec![
        BeadsEvent { at, by: by.clone(), role: Role::Agent, action: plain_note(), text: reason },
        BeadsEvent { at, by, role, action: solve, text },
    ])
}

/// Whoever ended it, else the assignee, else the requester; the assignee works for the desk.
fn closer(named: Option<Person>, opening: &OpenFields) -> (Person, Role) {
    let by = named.or_else(|| opening.assignee.clone()).unwrap_or_else(|| opening.requester.clone());
    let works_here = opening.assignee.as_ref().is_some_and(|assignee| assignee.same_address(&by))
        || !by.same_address(&opening.requester);
    (by, if works_here { Role::Agent } else { Role::Customer })
}

/// Somebody the record does not name.
pub(super) fn unknown() -> Result<Person, String> {
    Person::from_name(UNKNOWN).map_err(|error| error.to_string())
}
