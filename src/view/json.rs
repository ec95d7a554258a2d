//! JSON: the fields that scripts are promised, always all of them, in one order.
//!
//! What is absent is `null` (a list `[]`, `fields` `{}`), so that a ticket always has the same shape. Values
//! are exact; what would steer a terminal or a CI system is escaped where JSON is spelled out. Must not know
//! which fields somebody asked for until they select some.

use serde_json::{Map, Number, Value as Json, json};

use crate::domain::clock;
use crate::domain::codec::entry_fields;
use crate::domain::summary::Summary;
use crate::domain::ticket::{Escalation, Hold, Ticket};
use crate::domain::value::{Fields, Value};

use super::Viewer;
use super::terminal;
use super::thread::{Told, thread};

/// The fields of every ticket, in their order.
pub const FIELDS: &[&str] = &[
    "id",
    "short_id",
    "path",
    "subject",
    "kind",
    "status",
    "next_step",
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
    "alerts",
    "created_at",
    "last_activity_at",
    "version",
    "sla",
];

/// The field that `show` adds: the entries.
pub const HISTORY: &str = "history";

/// How alike a known field has to be to be proposed for an unknown one.
const ALIKE: f64 = 0.75;

/// A field that no ticket has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no field{}", nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default())]
pub struct UnknownField {
    /// What was asked for.
    pub name: String,
    /// The known field most like it, where one is alike at all.
    pub nearest: Option<String>,
}

/// The fields of a row: [`FIELDS`].
pub fn summary_json(ticket: &Summary, short_id: &str, path: &str) -> Map<String, Json> {
    let header = &ticket.header;
    let values = json!({
        "id": ticket.id.to_string(),
        "short_id": short_id,
        "path": path,
        "subject": header.subject,
        "kind": header.kind.map(|kind| kind.word()),
        "status": header.status.word(),
        "next_step": header.status.next_step(),
        "priority": header.priority.word(),
        "product": header.product,
        "product_group": header.product_group,
        "organization": header.organization,
        "instance": header.instance,
        "requester": header.requester.as_str(),
        "assignee": header.assignee.as_ref().map(|person| person.as_str()),
        "cc": header.cc.iter().map(|person| person.as_str()).collect::<Vec<_>>(),
        "channel": header.channel,
        "language": header.language,
        "tags": header.tags,
        "escalation": header.escalation.as_ref().map(escalation),
        "hold": header.hold.as_ref().map(hold),
        "resolution": header.resolution.map(|resolution| resolution.word()),
        "merged_into": header.merged_into.map(|id| id.to_string()),
        "merged_from": header.merged_from.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "follow_up_of": header.follow_up_of.map(|id| id.to_string()),
        "fields": map(&header.fields),
        "alerts": ticket.alerts,
        "created_at": clock::spell(ticket.created_at),
        "last_activity_at": clock::spell(ticket.last_activity_at),
        "version": ticket.version.to_string(),
        // Targets join with the clocks of response; a ticket without targets has none.
        "sla": [],
    });
    match values {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The fields of a whole ticket: [`FIELDS`] and [`HISTORY`].
pub fn ticket_json(ticket: &Ticket, short_id: &str, path: &str, viewer: Viewer) -> Map<String, Json> {
    let mut fields = summary_json(&Summary::from(ticket), short_id, path);
    fields.insert(HISTORY.to_owned(), Json::Array(history_json(ticket, viewer)));
    fields
}

/// The entries by the names of their file, only those that are there. Redacted words are left out, and for
/// customers all that is internal.
pub fn history_json(ticket: &Ticket, viewer: Viewer) -> Vec<Json> {
    thread(ticket, viewer).iter().map(entry).collect()
}

/// The fields asked for, in the order they are asked for.
///
/// # Errors
/// The first name that is no field.
pub fn select(mut fields: Map<String, Json>, names: &[String]) -> Result<Map<String, Json>, UnknownField> {
    let known: Vec<String> = fields.keys().cloned().collect();
    check(names, known.iter().map(String::as_str))?;
    Ok(names.iter().filter_map(|name| fields.remove_entry(name)).collect())
}

/// Whether all names are known fields, for asking before there is a ticket.
///
/// # Errors
/// The first name that is none.
pub fn check<'a>(names: &[String], known: impl Iterator<Item = &'a str> + Clone) -> Result<(), UnknownField> {
    match names.iter().find(|name| !known.clone().any(|field| field == name.as_str())) {
        Some(name) => Err(UnknownField { name: name.clone(), nearest: nearest(name, known).map(str::to_owned) }),
        None => Ok(()),
    }
}

/// JSON over several lines, as people read it.
pub fn pretty(value: &Json) -> String {
    escaped(&format!("{value:#}"))
}

/// JSON on one line.
pub fn line(value: &Json) -> String {
    escaped(&value.to_string())
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |field: &str| strsim::jaro_winkler(field, &name.to_ascii_lowercase());
    let best = known.map(|field| (likeness(field), field)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, field)| field)
}

fn escalation(escalation: &Escalation) -> Json {
    json!({
        "reason": escalation.reason.word(),
        "manager": escalation.manager.as_ref().map(|person| person.as_str()),
        "since": clock::spell(escalation.since),
    })
}

fn hold(hold: &Hold) -> Json {
    json!({ "reason": hold.reason.word(), "team": hold.team, "until": hold.until.map(clock::spell) })
}

fn entry(told: &Told<'_>) -> Json {
    let mut fields = entry_fields(told.entry);
    if told.redaction.is_some() {
        fields.retain(|(name, _)| name != "text");
    }
    map(&fields)
}

fn map(fields: &Fields) -> Json {
    Json::Object(fields.iter().map(|(name, inner)| (name.clone(), value(inner))).collect())
}

/// A plain value as JSON. A number JSON has no place for (larger than 64 bits, not a number) becomes text.
fn value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Integer(number) => {
            Number::from_i128(*number).map_or_else(|| Json::String(number.to_string()), Json::Number)
        }
        Value::Number(number) => {
            Number::from_f64(*number).map_or_else(|| Json::String(number.to_string()), Json::Number)
        }
        Value::String(words) | Value::Text(words) => Json::String(words.clone()),
        Value::Time(at) => Json::String(clock::spell(*at)),
        Value::List(items) => Json::Array(items.iter().map(self::value).collect()),
        Value::Map(fields) => map(fields),
    }
}

/// Spelled JSON with everything escaped that would steer a terminal, and one character of each command of a CI
/// system. All of them can only stand inside strings, so the values stay what they are.
fn escaped(spelled: &str) -> String {
    let mut safe = String::with_capacity(spelled.len());
    let mut broken_at = None;
    for (index, c) in spelled.char_indices() {
        if matches!(c, '#' | 's' | 'S') {
            broken_at = terminal::command_break(spelled, index).or(broken_at);
        }
        if broken_at == Some(index) || (terminal::steers(c) && c != '\n') {
            safe.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests;
