//! Tickets and entries as JSON, with stable fields in one order.
//!
//! A ticket always has all fields: an absent value is `null`, an empty list `[]`, and no custom fields are `{}`. Values are
//! exact; [`pretty`] and [`line()`] escape what would control a terminal or a CI system.

mod field_names;
mod field_selection;
mod print;
#[cfg(test)]
mod tests;

use serde_json::{Map, Number, Value as Json};

use crate::domain::codec::{Field, Record, Shape, entry_fields};
use crate::domain::people::visibility::without_texts;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Header, Ticket};
use crate::domain::time::duration;
use crate::domain::value::{Fields, Value};

use super::sla;
use super::visible_history::{VisibleEntry, visible_entries};

pub use field_names::{ENTRY_FIELDS, FIELDS, TICKET_FIELDS};
pub use field_selection::select;
pub use print::{JsonArray, line, pretty};

/// Returns the fields of a JSON object; none of any other value.
pub fn record(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The field with the entries, which only `show` prints.
pub const HISTORY: &str = "history";

/// Returns the [`FIELDS`] of a ticket. `sla` are its clocks, which a ticket without targets does not have.
pub fn summary_json(ticket: &Summary, short_id: &str, path: &str, sla: &[Clock]) -> Map<String, Json> {
    let header = ticket.header.fields();
    let mut values = Map::new();
    values.insert("id".to_owned(), Json::String(ticket.id.to_string()));
    values.insert("short_id".to_owned(), Json::from(short_id));
    values.insert("path".to_owned(), Json::from(path));
    for (name, value) in complete(&header, Header::FIELDS) {
        let is_status = name == "status";
        values.insert(name, value);
        if is_status {
            values.insert("next_step".to_owned(), Json::from(ticket.header.status.next_step()));
        }
    }
    values.insert("alerts".to_owned(), Json::from(ticket.alerts));
    values.insert("created_at".to_owned(), Json::String(duration::format_instant(ticket.created_at)));
    values.insert("last_activity_at".to_owned(), Json::String(duration::format_instant(ticket.last_activity_at)));
    values.insert("version".to_owned(), Json::String(ticket.version.to_string()));
    let due = sla.iter().filter(|clock| clock.is_due()).filter_map(|clock| clock.due_at).min();
    values.insert("due_at".to_owned(), due.map_or(Json::Null, |due| Json::String(duration::format_instant(due))));
    values.insert("sla".to_owned(), sla::to_json_array(sla));
    values
}

/// Returns every field of a record: an absent one is `null`, or an empty list or map.
fn complete(written: &Fields, fields: &[Field]) -> Map<String, Json> {
    let mut values = Map::new();
    for field in fields {
        let value = match (written.iter().find(|(name, _)| name == field.name), field.shape) {
            (Some((_, Value::Map(inner))), Shape::Map(fields)) => Json::Object(complete(inner, fields)),
            (Some((_, written)), _) => value(written),
            (None, Shape::List(_) | Shape::Maps(_)) => Json::Array(Vec::new()),
            (None, Shape::OpenMap) => Json::Object(Map::new()),
            (None, _) => Json::Null,
        };
        values.insert(field.name.to_owned(), value);
    }
    values
}

/// Returns the [`FIELDS`] and the [`HISTORY`] of a ticket.
pub fn ticket_json(ticket: &Ticket, short_id: &str, path: &str, sla: &[Clock]) -> Map<String, Json> {
    let mut fields = summary_json(&Summary::from(ticket), short_id, path, sla);
    fields.insert(HISTORY.to_owned(), Json::Array(history_json(ticket)));
    fields
}

/// Returns the entries, each with the fields that it has, named as in the file, without redacted texts.
fn history_json(ticket: &Ticket) -> Vec<Json> {
    visible_entries(ticket).iter().map(|visible| Json::Object(entry_json(visible))).collect()
}

/// Returns an entry with the fields that it has, named as in the file.
pub fn entry_json(visible: &VisibleEntry<'_>) -> Map<String, Json> {
    let fields = match visible.redaction {
        Some(_) => entry_fields(&without_texts(visible.entry)),
        None => entry_fields(visible.entry),
    };
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
