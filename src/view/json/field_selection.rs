//! The selection of JSON fields by name (`--json=FIELDS`).

use serde_json::{Map, Value as Json};

/// Returns the fields with these names, in the order of the names; a field that the record does not have is `null`. A
/// name that stands twice counts once.
pub fn select(fields: &Map<String, Json>, names: &[String]) -> Map<String, Json> {
    let value = |name: &String| custom_field(fields, name).or_else(|| fields.get(name).cloned());
    names.iter().map(|name| (name.clone(), value(name).unwrap_or(Json::Null))).collect()
}

/// Returns a custom field if the name is `fields.NAME`; `null` if the ticket does not have it.
fn custom_field(fields: &Map<String, Json>, name: &str) -> Option<Json> {
    let inner = name.strip_prefix("fields.")?;
    Some(fields.get("fields").and_then(|custom| custom.get(inner)).cloned().unwrap_or(Json::Null))
}
