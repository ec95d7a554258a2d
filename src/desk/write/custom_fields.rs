//! What the desk lets a ticket hold: its product groups, the fields of its own, and its macros.

use crate::domain::ticket::action::{Action, HeaderField, OpenFields};
use crate::domain::ticket::custom_field::{CustomField, InvalidFieldValue, coerce_all};
use crate::domain::workflow::{Notice, Refusal};
use crate::error::Error;
use crate::store::config::fields::FieldChoices;

use crate::desk::Desk;

/// Gives the values of the desk's own fields their kinds. Other actions, and those without such a field, are left
/// alone and cost nothing.
///
/// # Errors
/// casebook.toml is not sound; inside, the first value that does not fit.
pub(crate) fn coerce_fields(desk: &Desk, action: &mut Action) -> Result<Result<(), Refusal>, Error> {
    let is_own = |fact: &HeaderField| matches!(fact, HeaderField::Field(_));
    let Action::Set { set, unset } = action else { return Ok(Ok(())) };
    if !set.iter().map(|(fact, _)| fact).chain(&*unset).any(is_own) {
        return Ok(Ok(()));
    }
    let fields = desk.policy().choices()?.fields;
    let values = set.iter_mut().filter_map(|(fact, value)| match fact {
        HeaderField::Field(name) => Some((name.as_str(), value)),
        _ => None,
    });
    let taken = unset.iter().filter_map(|fact| match fact {
        HeaderField::Field(name) => fields.iter().find(|field| field.name == *name && field.is_required),
        _ => None,
    });
    Ok(coerce_all(&fields, values).and_then(|()| taken.map(missing).next().map_or(Ok(()), Err)).map_err(refusal))
}

/// The same for a ticket about to be opened, which has every field the desk asks for. A product group that is not
/// listed is worth a notice.
///
/// # Errors
/// As [`Desk::coerce_fields`].
pub(crate) fn validate_opening(
    desk: &Desk,
    opening: &mut OpenFields,
) -> Result<Result<Option<Notice>, Refusal>, Error> {
    if opening.kind.is_some() {
        return Ok(Ok(None));
    }
    let FieldChoices { fields, product_groups } = desk.policy().choices()?;
    let values = opening.fields.iter_mut().map(|(name, value)| (name.as_str(), value));
    if let Err(unfit) = coerce_all(&fields, values) {
        return Ok(Err(refusal(unfit)));
    }
    let lacks = |field: &&CustomField| field.is_required && !opening.fields.iter().any(|(name, _)| *name == field.name);
    if let Some(field) = fields.iter().find(lacks) {
        return Ok(Err(refusal(missing(field))));
    }
    let known: Vec<String> = product_groups.into_iter().map(|group| group.name).collect();
    let is_unknown = |given: &&String| !known.is_empty() && !known.contains(given);
    let unknown = opening.product_group.as_ref().filter(is_unknown).cloned();
    Ok(Ok(unknown.map(|given| Notice::UnknownProductGroup { given, known })))
}

fn missing(field: &CustomField) -> InvalidFieldValue {
    InvalidFieldValue::Missing { name: field.name.clone() }
}

fn refusal(unfit: InvalidFieldValue) -> Refusal {
    Refusal::InvalidCustomField(Box::new(unfit))
}
