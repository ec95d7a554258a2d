//! The selection of JSON fields by name (`--json=FIELDS`).

use serde_json::{Map, Value as Json};

/// Returns the fields with these names, in the order of the names; a field that the record does not have is `null`.
pub fn select(mut fields: Map<String, Json>, names: &[String]) -> Map<String, Json> {
    let custom: Vec<Option<Json>> = names.iter().map(|name| custom_field(&fields, name)).collect();
    let take = |(name, custom): (&String, Option<Json>)| {
        let value = custom.or_else(|| fields.remove(name)).unwrap_or(Json::Null);
        (name.clone(), value)
    };
    names.iter().zip(custom).map(take).collect()
}

/// Returns a custom field if the name is `fields.NAME`; `null` if the ticket does not have it.
fn custom_field(fields: &Map<String, Json>, name: &str) -> Option<Json> {
    let inner = name.strip_prefix("fields.")?;
    Some(fields.get("fields").and_then(|custom| custom.get(inner)).cloned().unwrap_or(Json::Null))
}
