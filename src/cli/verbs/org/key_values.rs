//! `key=value` about an organisation, as amendments. What a value may be is judged by the reader of the file, so that
//! no rule is worded twice; here words are only taken apart.

use crate::domain::people::organization::PlanPeriod;
use crate::domain::people::organization_change::{InstanceField, OrganizationChange};
use crate::domain::text::clean_subject;
use crate::error::Error;

/// The amendments some words ask for.
///
/// # Errors
/// A word that is no `key=value`, a key that is not known or is given twice, a value of the wrong shape.
pub(super) fn read(words: &[String]) -> Result<Vec<OrganizationChange>, Error> {
    let mut known: Vec<&str> = Vec::new();
    let mut amendments = Vec::new();
    for word in words {
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("`{word}` sets nothing"), "facts look like key=value"))?;
        if known.contains(&key) {
            return Err(Error::usage(format!("`{key}` is given twice"), "give each fact once"));
        }
        known.push(key);
        amendments.push(amendment(key, clean_subject(value))?);
    }
    Ok(amendments)
}

fn amendment(key: &str, value: Option<String>) -> Result<OrganizationChange, Error> {
    Ok(match key {
        "name" => OrganizationChange::Name(value),
        "language" => OrganizationChange::Language(value),
        "time_zone" => OrganizationChange::TimeZone(value),
        "domains" => OrganizationChange::Domains(items(value.as_deref()).map(str::to_owned).collect()),
        "plans" => OrganizationChange::Plans(items(value.as_deref()).map(plan).collect::<Result<_, _>>()?),
        _ => match key.strip_prefix("instances.").map(|rest| rest.split_once('.').unwrap_or((rest, ""))) {
            Some((id, fact)) if !id.is_empty() => instance(key, id, fact, value)?,
            _ => return Err(unknown(key)),
        },
    })
}

fn items(value: Option<&str>) -> impl Iterator<Item = &str> {
    value.unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// `NAME`, or `NAME:FROM..UNTIL` where either day may be left out.
fn plan(words: &str) -> Result<PlanPeriod, Error> {
    let (plan, days) = words.split_once(':').unwrap_or((words, ".."));
    let unfit = || {
        Error::usage(format!("`{words}` is no plan and its time"), "plans look like enhanced:2026-08-01..2027-08-01")
    };
    let (from, until) = days.split_once("..").ok_or_else(unfit)?;
    let day = |words: &str| match words.trim() {
        "" => Ok(None),
        words => words.parse().map(Some).map_err(|_| unfit()),
    };
    Ok(PlanPeriod { plan: clean_subject(plan).ok_or_else(unfit)?, from: day(from)?, until: day(until)? })
}

fn instance(key: &str, id: &str, fact: &str, value: Option<String>) -> Result<OrganizationChange, Error> {
    let word =
        |error: crate::domain::vocabulary::UnknownWord| Error::usage(format!("{key}: {error}"), "nothing was changed");
    let fact = match fact {
        "" if value.is_none() => return Ok(OrganizationChange::RemoveInstance(id.to_owned())),
        "edition" => InstanceField::Edition(value.map(|value| value.parse()).transpose().map_err(word)?),
        "hosting" => InstanceField::Hosting(value.map(|value| value.parse()).transpose().map_err(word)?),
        "release" => InstanceField::Release(value),
        "project_number" => InstanceField::ProjectNumber(value),
        _ => return Err(unknown(key)),
    };
    Ok(OrganizationChange::Instance(id.to_owned(), fact))
}

fn unknown(key: &str) -> Error {
    let known = "known are name, language, time_zone, domains, plans, and of instances.ID edition, hosting, release and \
                 project_number; `casebook org person add` changes people";
    Error::usage(format!("`{key}` cannot be set"), known)
}
