//! Tickets and entries as JSON, with stable fields in one order.
//!
//! A ticket always has all fields: an absent value is `null`, an empty list `[]`, and no custom fields are `{}`. Values are
//! exact; [`pretty`] and [`line()`] escape what would control a terminal or a CI system.

mod field_selection;
mod print;
#[cfg(test)]
mod tests;

use serde_json::{Map, Number, Value as Json, json};

use crate::domain::codec::entry_fields;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Escalation, Hold, Ticket};
use crate::domain::time::duration;
use crate::domain::value::{Fields, Value};

use super::visible_history::{VisibleEntry, visible_entries};
use super::{Viewer, sla};

pub use field_selection::{select, select_known};
pub use print::{JsonArray, line, pretty};

/// The fields of a ticket, in their order.
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

/// The fields that an entry can have outside a ticket, in their order: its ticket, and the fields of the file.
pub const ENTRY_FIELDS: &[&str] = &[
    "ticket",
    "id",
    "at",
    "by",
    "role",
    "action",
    "from",
    "to",
    "key",
    "message_id",
    "subject",
    "kind",
    "priority",
    "was",
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
    "follow_up_of",
    "fields",
    "approved_by",
    "override",
    "imported_from",
    "imported_id",
    "imported",
    "auto",
    "via_ticket",
    "reason",
    "team",
    "until",
    "resolution",
    "agreed_by",
    "bug",
    "bug_priority",
    "eta",
    "into",
    "source",
    "entry",
    "unmerge",
    "manager",
    "set",
    "unset",
    "add",
    "remove",
    "attachments",
    "text",
];

/// The field with the entries, which only `show` prints.
pub const HISTORY: &str = "history";

/// Returns the [`FIELDS`] of a ticket. `sla` are its clocks, which a ticket without targets does not have.
pub fn summary_json(ticket: &Summary, short_id: &str, path: &str, sla: &[Clock]) -> Map<String, Json> {
    let header = &ticket.header;
    let values = json!({
        "id": ticket.id.to_string(),
        "short_id": short_id,
        "path": path,
        "subject": header.subject,
        "kind": header.kind.map(|kind| kind.as_str()),
        "status": header.status.as_str(),
        "next_step": header.status.next_step(),
        "priority": header.priority.as_str(),
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
        "resolution": header.resolution.map(|resolution| resolution.as_str()),
        "merged_into": header.merged_into.map(|id| id.to_string()),
        "merged_from": header.merged_from.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "follow_up_of": header.follow_up_of.map(|id| id.to_string()),
        "fields": map(&header.fields),
        "alerts": ticket.alerts,
        "created_at": duration::format_instant(ticket.created_at),
        "last_activity_at": duration::format_instant(ticket.last_activity_at),
        "version": ticket.version.to_string(),
        "sla": sla::to_json_array(sla),
    });
    match values {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Returns the [`FIELDS`] and the [`HISTORY`] of a ticket.
pub fn ticket_json(ticket: &Ticket, short_id: &str, path: &str, sla: &[Clock], viewer: Viewer) -> Map<String, Json> {
    let mut fields = summary_json(&Summary::from(ticket), short_id, path, sla);
    fields.insert(HISTORY.to_owned(), Json::Array(history_json(ticket, viewer)));
    fields
}

/// Returns the entries that the viewer may see, each with the fields that it has, named as in the file. Redacted text and
/// attachments are left out.
pub fn history_json(ticket: &Ticket, viewer: Viewer) -> Vec<Json> {
    visible_entries(ticket, viewer).iter().map(|visible| Json::Object(entry_json(visible))).collect()
}

/// Returns an entry with the fields that it has, named as in the file.
pub fn entry_json(visible: &VisibleEntry<'_>) -> Map<String, Json> {
    let mut fields = entry_fields(visible.entry);
    if visible.redaction.is_some() {
        fields.retain(|(name, _)| name != "text" && name != "attachments");
    }
    let mut entry = object(&fields);
    if let Some(Json::Array(attachments)) = entry.get_mut("attachments") {
        for (object, attachment) in
            attachments.iter_mut().filter_map(Json::as_object_mut).zip(&visible.entry.attachments)
        {
            object.insert("path".to_owned(), Json::String(attachment.path()));
        }
    }
    entry
}

fn escalation(escalation: &Escalation) -> Json {
    json!({
        "reason": escalation.reason.as_str(),
        "manager": escalation.manager.as_ref().map(|person| person.as_str()),
        "since": duration::format_instant(escalation.since),
    })
}

fn hold(hold: &Hold) -> Json {
    json!({ "reason": hold.reason.as_str(), "team": hold.team, "until": hold.until.map(duration::format_instant) })
}

fn object(fields: &Fields) -> Map<String, Json> {
    fields.iter().map(|(name, inner)| (name.clone(), value(inner))).collect()
}

fn map(fields: &Fields) -> Json {
    Json::Object(object(fields))
}

/// Returns a value as JSON. A number that JSON cannot represent (larger than 64 bits, infinite, not a number) becomes text.
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
        Value::String(text) | Value::Text(text) => Json::String(text.clone()),
        Value::Time(at) => Json::String(duration::format_instant(*at)),
        Value::List(items) => Json::Array(items.iter().map(self::value).collect()),
        Value::Map(fields) => map(fields),
    }
}
