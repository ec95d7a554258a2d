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

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |field: &str| strsim::jaro_winkler(field, &name.to_ascii_lowercase());
    let best = known.map(|field| (likeness(field), field)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, field)| field)
}
