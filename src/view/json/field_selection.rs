//! Fields asked for by name.
//!
//! Must not know which fields there are.

use serde_json::{Map, Value as Json};

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

/// The fields asked for, in the order they are asked for.
///
/// # Errors
/// The first name that is no field.
pub fn select(fields: Map<String, Json>, names: &[String]) -> Result<Map<String, Json>, UnknownField> {
    let known: Vec<String> = fields.keys().cloned().collect();
    check(names, known.iter().map(String::as_str))?;
    Ok(taken(fields, names))
}

/// The same for names that are known; one that the record does not have is `null` there.
pub fn taken(mut fields: Map<String, Json>, names: &[String]) -> Map<String, Json> {
    let own: Vec<Option<Json>> = names.iter().map(|name| own_of(&fields, name)).collect();
    let take = |(name, own): (&String, Option<Json>)| {
        let value = own.or_else(|| fields.remove(name)).unwrap_or(Json::Null);
        (name.clone(), value)
    };
    names.iter().zip(own).map(take).collect()
}

/// One of the desk's own fields, `fields.NAME`; `null` where the ticket does not have it.
fn own_of(fields: &Map<String, Json>, name: &str) -> Option<Json> {
    let inner = name.strip_prefix("fields.")?;
    Some(fields.get("fields").and_then(|own| own.get(inner)).cloned().unwrap_or(Json::Null))
}

/// Whether all names are known fields, for asking before there is a ticket.
///
/// # Errors
/// The first name that is none.
pub fn check<'a>(names: &[String], known: impl Iterator<Item = &'a str> + Clone) -> Result<(), UnknownField> {
    // Which fields a desk has of its own is in its tickets: a name no ticket has is `null` everywhere.
    let of_own = |name: &str| if name.starts_with("fields.") && name.len() > 7 { "fields" } else { name }.to_owned();
    match names.iter().find(|name| !known.clone().any(|field| field == of_own(name))) {
        Some(name) => Err(UnknownField { name: name.clone(), nearest: nearest(name, known).map(str::to_owned) }),
        None => Ok(()),
    }
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |field: &str| strsim::jaro_winkler(field, &name.to_ascii_lowercase());
    let best = known.map(|field| (likeness(field), field)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, field)| field)
}
