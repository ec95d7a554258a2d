//! The selection of JSON fields by name (`--json=FIELDS`).

use serde_json::{Map, Value as Json};

/// The least Jaro-Winkler similarity of a field that is suggested in place of an unknown one.
const MIN_SIMILARITY: f64 = 0.75;

/// An unknown field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown field `{name}`{}", nearest.as_ref().map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default())]
pub struct UnknownField {
    /// The requested name.
    pub name: String,
    /// The most similar field, if one is similar enough.
    pub nearest: Option<String>,
}

/// Returns the fields with these names, in the order of the names.
///
/// # Errors
/// Returns the first name that is not a field.
pub fn select(fields: Map<String, Json>, names: &[String]) -> Result<Map<String, Json>, UnknownField> {
    let all: Vec<String> = fields.keys().cloned().collect();
    check(names, all.iter().map(String::as_str))?;
    Ok(select_known(fields, names))
}

/// Returns the fields with these names, in the order of the names; a field that the record does not have is `null`.
pub fn select_known(mut fields: Map<String, Json>, names: &[String]) -> Map<String, Json> {
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

/// Checks names against the known fields, before tickets are read.
///
/// # Errors
/// Returns the first name that is not a field.
pub fn check<'a>(names: &[String], fields: impl Iterator<Item = &'a str> + Clone) -> Result<(), UnknownField> {
    // Custom fields are not checked: a name that no ticket has is `null` everywhere.
    let top_level = |name: &str| if name.starts_with("fields.") && name.len() > 7 { "fields" } else { name }.to_owned();
    match names.iter().find(|name| !fields.clone().any(|field| field == top_level(name))) {
        Some(name) => Err(UnknownField { name: name.clone(), nearest: nearest(name, fields).map(str::to_owned) }),
        None => Ok(()),
    }
}

fn nearest<'a>(name: &str, fields: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |field: &str| strsim::jaro_winkler(field, &name.to_ascii_lowercase());
    let best = fields.map(|field| (similarity(field), field)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(similarity, _)| *similarity >= MIN_SIMILARITY).map(|(_, field)| field)
}
