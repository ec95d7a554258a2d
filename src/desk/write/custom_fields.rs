//! Checks of custom fields and product groups against `[fields]` and `[product_groups]` of casebook.toml.

use crate::domain::id::Id;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::custom_field::{CustomField, InvalidFieldValue, coerce_all};
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::workflow::{Notice, Refusal};
use crate::error::Error;
use crate::store::config::fields::FieldChoices;

use super::transaction::{opening_refused, refused};
use crate::desk::Desk;

/// Converts the values of custom fields that an action sets to the types of the fields. For an action without custom
/// fields nothing is read.
///
/// # Errors
/// casebook.toml is invalid, or a value does not fit.
pub(crate) fn coerce_fields(desk: &Desk, id: Id, action: &mut Action) -> Result<(), Error> {
    let is_custom = |field: &HeaderField| matches!(field, HeaderField::Field(_));
    let Action::Set { set, unset } = action else { return Ok(()) };
    if !set.iter().map(|(field, _)| field).chain(&*unset).any(is_custom) {
        return Ok(());
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
    let coerced = coerce_all(fields, values).and_then(|()| removed.map(missing).next().map_or(Ok(()), Err));
    coerced.map_err(|invalid| refused(id, action, refusal(invalid)))
}

/// Converts the custom fields of a new ticket, and checks that it has every required field. Returns a notice if its
/// product group is not listed.
///
/// # Errors
/// As [`coerce_fields`], or a required field is missing.
pub(crate) fn validate_opening(desk: &Desk, opening: &mut OpenFields) -> Result<Option<Notice>, Error> {
    if opening.kind.is_some() {
        return Ok(None);
    }
    let FieldChoices { fields, product_groups } = desk.policy().field_choices()?;
    let values = opening.fields.iter_mut().map(|(name, value)| (name.as_str(), value));
    coerce_all(fields, values).map_err(|invalid| opening_refused(refusal(invalid)))?;
    let lacks = |field: &&CustomField| field.is_required && !opening.fields.iter().any(|(name, _)| *name == field.name);
    if let Some(field) = fields.iter().find(lacks) {
        return Err(opening_refused(refusal(missing(field))));
    }
    let groups: Vec<String> = product_groups.iter().map(|group| group.name.clone()).collect();
    let is_unknown = |given: &&String| !groups.is_empty() && !groups.contains(given);
    let unknown = opening.product_group.as_ref().filter(is_unknown).cloned();
    Ok(unknown.map(|given| Notice::UnknownProductGroup { given, known: groups }))
}

fn missing(field: &CustomField) -> InvalidFieldValue {
    InvalidFieldValue::Missing { name: field.name.clone() }
}

fn refusal(invalid: InvalidFieldValue) -> Refusal {
    Refusal::InvalidCustomField(Box::new(invalid))
}
