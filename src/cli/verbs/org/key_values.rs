//! `KEY=VALUE` arguments of `org new` and `org set`. The reader of organization files checks the values; this file only
//! parses the arguments.

use crate::cli::args::value_parsers::assignments;
use crate::domain::people::organization::PlanPeriod;
use crate::domain::people::organization_change::{InstanceField, OrganizationChange};
use crate::domain::text::clean_subject;
use crate::error::Error;

/// Parses the arguments into changes of an organization.
///
/// # Errors
/// An argument without `=`, a key that is unknown or given twice, or a value with an invalid format.
pub(in crate::cli::verbs) fn parse(arguments: &[String]) -> Result<Vec<OrganizationChange>, Error> {
    assignments(arguments)?.into_iter().map(|(key, value)| change(key, value)).collect()
}

/// Parses the value of a key.
fn change(key: &str, value: Option<String>) -> Result<OrganizationChange, Error> {
    Ok(match key {
        "name" => OrganizationChange::Name(value),
        "language" => OrganizationChange::Language(value),
        "time_zone" => OrganizationChange::TimeZone(value),
        "domains" => OrganizationChange::Domains(items(value.as_deref()).map(str::to_owned).collect()),
        "plans" => OrganizationChange::Plans(items(value.as_deref()).map(plan).collect::<Result<_, _>>()?),
        _ => match key.strip_prefix("instances.").map(|rest| rest.split_once('.').unwrap_or((rest, ""))) {
            Some((id, field)) if !id.is_empty() => instance(key, id, field, value)?,
            _ => return Err(cannot_set(key)),
        },
    })
}

/// Splits a value at its commas.
fn items(value: Option<&str>) -> impl Iterator<Item = &str> {
    value.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Parses `NAME`, or `NAME:FROM..UNTIL` in which either day may be left out.
fn plan(text: &str) -> Result<PlanPeriod, Error> {
    let (plan, days) = text.split_once(':').unwrap_or((text, ".."));
    let invalid = || {
        Error::usage(format!("`{text}` is not a plan with its period"), "write it as enhanced:2026-08-01..2027-08-01")
    };
    let (from, until) = days.split_once("..").ok_or_else(invalid)?;
    let day = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| invalid()),
    };
    Ok(PlanPeriod { plan: clean_subject(plan).ok_or_else(invalid)?, from: day(from)?, until: day(until)? })
}

/// Parses a field of an instance; an empty `instances.ID=` removes the instance.
fn instance(key: &str, id: &str, field: &str, value: Option<String>) -> Result<OrganizationChange, Error> {
    let unknown_word = |error: crate::domain::vocabulary::UnknownWord| {
        Error::usage(format!("{key}: {error}"), "nothing was changed; `casebook org set --help` lists the values")
    };
    let field = match field {
        "" if value.is_none() => return Ok(OrganizationChange::RemoveInstance(id.to_owned())),
        "edition" => InstanceField::Edition(value.map(|value| value.parse()).transpose().map_err(unknown_word)?),
        "hosting" => InstanceField::Hosting(value.map(|value| value.parse()).transpose().map_err(unknown_word)?),
        "release" => InstanceField::Release(value),
        "project_number" => InstanceField::ProjectNumber(value),
        _ => return Err(cannot_set(key)),
    };
    Ok(OrganizationChange::Instance(id.to_owned(), field))
}

/// Returns the error for a key that is unknown.
fn cannot_set(key: &str) -> Error {
    let hint = "the fields are name, language, time_zone, domains, plans, and of instances.ID edition, hosting, release and \
                 project_number; `casebook org person add` adds people";
    Error::usage(format!("`{key}` cannot be set"), hint)
}
