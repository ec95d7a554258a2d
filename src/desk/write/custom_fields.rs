//! Checks of custom fields and product groups against `[fields]` and `[product_groups]` of casebook.toml.

use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::custom_field::{CustomField, InvalidFieldValue, coerce_all};
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::workflow::{Notice, Refusal};
use crate::error::Error;
use crate::store::config::fields::FieldChoices;

use crate::desk::Desk;

/// Converts the values of custom fields that an action sets to the types of the fields. For an action without custom
/// fields nothing is read.
///
/// # Errors
/// casebook.toml is invalid; inside, the refusal of the first value that does not fit.
pub(crate) fn coerce_fields(desk: &Desk, action: &mut Action) -> Result<Result<(), Refusal>, Error> {
    let is_custom = |field: &HeaderField| matches!(field, HeaderField::Field(_));
    let Action::Set { set, unset } = action else { return Ok(Ok(())) };
    if !set.iter().map(|(field, _)| field).chain(&*unset).any(is_custom) {
        return Ok(Ok(()));
    }
    let fields = &desk.policy().field_choices()?.fields;
    let values = set.iter_mut().filter_map(|(field, value)| match field {
        HeaderField::Field(name) => Some((name.as_str(), value)),
        _ => None,
    });
    let removed = unset.iter().filter_map(|field| match field {
        HeaderField::Field(name) => fields.iter().find(|field| field.name == *name && field.is_required),
        _ => None,
    });
    Ok(coerce_all(fields, values).and_then(|()| removed.map(missing).next().map_or(Ok(()), Err)).map_err(refusal))
}

/// Converts the custom fields of a new ticket, and checks that it has every required field. Returns a notice if its
/// product group is not listed.
///
/// # Errors
/// As [`coerce_fields`]; inside, also a required field that is missing.
pub(crate) fn validate_opening(
    desk: &Desk,
    opening: &mut OpenFields,
) -> Result<Result<Option<Notice>, Refusal>, Error> {
    if opening.kind.is_some() {
        return Ok(Ok(None));
    }
    let FieldChoices { fields, product_groups } = desk.policy().field_choices()?;
    let values = opening.fields.iter_mut().map(|(name, value)| (name.as_str(), value));
    if let Err(invalid) = coerce_all(fields, values) {
        return Ok(Err(refusal(invalid)));
    }
    let lacks = |field: &&CustomField| field.is_required && !opening.fields.iter().any(|(name, _)| *name == field.name);
    if let Some(field) = fields.iter().find(lacks) {
        return Ok(Err(refusal(missing(field))));
    }
    let groups: Vec<String> = product_groups.iter().map(|group| group.name.clone()).collect();
    let is_unknown = |given: &&String| !groups.is_empty() && !groups.contains(given);
    let unknown = opening.product_group.as_ref().filter(is_unknown).cloned();
    Ok(Ok(unknown.map(|given| Notice::UnknownProductGroup { given, known: groups })))
}

fn missing(field: &CustomField) -> InvalidFieldValue {
    InvalidFieldValue::Missing { name: field.name.clone() }
}

fn refusal(invalid: InvalidFieldValue) -> Refusal {
    Refusal::InvalidCustomField(Box::new(invalid))
}
