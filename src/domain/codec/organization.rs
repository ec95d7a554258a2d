//! Organizations as named values in their fixed order, and back, as strictly as tickets
//! (docs/format.md#organizationsacmeyaml).

use super::error::{DecodeError, DecodeErrorKind, PathElement, Result};
use super::field::Record;
use super::map_reader::MapReader;
use super::source::FieldSource;
use crate::domain::people::organization::{Instance, Member, Organization, PlanPeriod};
use crate::domain::people::person::Person;
use crate::domain::time::zone::Zone;
use crate::domain::value::{Fields, Value};

/// Encodes an organization as named values. Dates are strings here; a file has them without quotes.
pub fn organization_fields(organization: &Organization) -> Fields {
    organization.fields()
}

/// Decodes an organization from its named values. `id` is the id in the name of its file.
///
/// # Errors
/// The first invalid value, with its path.
pub fn organization_from(value: Value, id: &str) -> Result<Organization> {
    let mut reader = MapReader::of(value, Vec::new(), false)?;
    let organization = Organization::take(&mut reader)?;
    if organization.id != id {
        let inside = &organization.id;
        return Err(reader.invalid("id", &format!("id `{inside}` does not match the file name: expected `{id}`")));
    }
    reader.finish()?;
    for (index, domain) in organization.domains.iter().enumerate() {
        validate_domain(domain).map_err(|message| invalid("domains", index, None, message))?;
    }
    if let Some(name) = &organization.time_zone {
        Zone::named(name).map_err(|_| invalid_at(&["time_zone"], format!("unknown time zone `{name}`")))?;
    }
    validate_each("plans", &organization.plans, validate_plan)?;
    validate_each("instances", &organization.instances, validate_instance)?;
    validate_each("people", &organization.people, validate_member)?;
    Ok(organization)
}

/// The name of an invalid value, and the reason.
type InvalidValue = (&'static str, String);

/// Validates each item of a list beside the items before it.
fn validate_each<T>(
    name: &'static str,
    items: &[T],
    validate: fn(&[T], &T) -> std::result::Result<(), InvalidValue>,
) -> Result<()> {
    for (index, item) in items.iter().enumerate() {
        validate(&items[..index], item).map_err(|(inner, message)| invalid(name, index, Some(inner), message))?;
    }
    Ok(())
}

fn invalid(name: &str, index: usize, inner: Option<&str>, message: String) -> DecodeError {
    let mut error = invalid_at(&[name], message);
    error.path.push(PathElement::Index(index));
    error.path.extend(inner.map(|inner| PathElement::Name(inner.to_owned())));
    error
}

fn invalid_at(names: &[&str], message: String) -> DecodeError {
    let path = names.iter().map(|name| PathElement::Name((*name).to_owned())).collect();
    DecodeError { path, kind: DecodeErrorKind::Invalid(message) }
}

/// Validates a whole domain: the part of an address after the @.
fn validate_domain(text: &str) -> std::result::Result<(), String> {
    let is_forbidden = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '*' | '/');
    match text.starts_with('.') || text.contains(is_forbidden) {
        true => Err(format!("invalid domain `{text}`: expected a form such as `acme.example`")),
        false => Ok(()),
    }
}

fn validate_plan(before: &[PlanPeriod], period: &PlanPeriod) -> std::result::Result<(), InvalidValue> {
    if period.from.zip(period.until).is_some_and(|(from, until)| from >= until) {
        return Err(("until", "a plan must end after the day it begins".to_owned()));
    }
    let overlaps = |last: &PlanPeriod| last.until.zip(period.from).is_none_or(|(until, from)| until > from);
    match before.last().is_some_and(overlaps) {
        true => Err(("from", "a plan must begin on the day the plan before it ends, or later".to_owned())),
        false => Ok(()),
    }
}

fn validate_instance(before: &[Instance], instance: &Instance) -> std::result::Result<(), InvalidValue> {
    if before.iter().any(|other| other.id == instance.id) {
        return Err(("id", format!("duplicate instance `{}`", instance.id)));
    }
    match &instance.project_number {
        Some(number) if !number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(("project_number", "a project number must contain only digits".to_owned()))
        }
        _ => Ok(()),
    }
}

fn validate_member(before: &[Member], member: &Member) -> std::result::Result<(), InvalidValue> {
    let addresses: Vec<&Person> = [&member.email].into_iter().chain(&member.aliases).collect();
    for (place, address) in addresses.iter().enumerate() {
        let name = if place == 0 { "email" } else { "aliases" };
        Person::from_address(address.as_str()).map_err(|error| (name, error.to_string()))?;
        let is_own = addresses[..place].iter().any(|other| other.same_address(address));
        if is_own || before.iter().any(|other| other.has_address(address)) {
            return Err((name, format!("duplicate address {address}")));
        }
    }
    let repeated = member.roles.iter().enumerate().find(|(place, role)| member.roles[..*place].contains(role));
    match repeated {
        Some((_, role)) => Err(("roles", format!("duplicate role `{role}`"))),
        None => Ok(()),
    }
}
