//! The checks of the desk's policy: the sections of casebook.toml, the holiday lists that calendars name, and the plans
//! of organizations.

use std::collections::HashSet;

use crate::domain::rules::finding::Finding;
use crate::domain::rules::{self, Severity};
use crate::domain::sla::plan::default_roles;
use crate::domain::suggestion;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::config::{ConfigError, Settings, utf8_text};
use crate::store::holidays;
use crate::store::yaml::{LARGEST_FILE, ReadErrorKind};

use super::findings::{at_error, first_line, with_line};
use super::source::{DeskSource, OrganizationFile};
use super::{macro_texts, saved_queries};
use crate::desk::Desk;

/// Checks every section of a casebook.toml, its time zone, its saved queries, and the texts of its macros.
pub(super) fn check_settings(settings: &Settings) -> Vec<Finding> {
    let text = settings.text();
    let errors = settings.errors().into_iter().chain(saved_queries::errors(settings));
    let mut findings: Vec<Finding> = errors.map(|error| invalid(text, &error)).collect();
    if let Ok(config) = settings.config()
        && Zone::named(&config.time_zone).is_err()
    {
        let line = first_line(text.as_bytes(), |line| line.starts_with("time_zone"));
        let message = format!("`{}` is not a time zone", config.time_zone);
        let error = ConfigError { line, column: 1, message };
        findings.push(at_error(text, &rules::CONFIG_ZONE, &error));
    }
    let days = settings.day_durations();
    findings.extend(days.iter().map(|error| at_error(text, &rules::CONFIG_DAYS, error)));
    findings.extend(macro_texts::findings(settings));
    findings
}

/// Returns the finding about an error in casebook.toml.
fn invalid(text: &str, error: &ConfigError) -> Finding {
    at_error(text, &rules::CONFIG_INVALID, error)
}

impl Desk {
    /// Returns the durations in days that a calendar counts which is not always open, with their places.
    pub fn durations_in_days(&self) -> Vec<ConfigError> {
        self.settings.day_durations()
    }

    /// Returns the errors in casebook.toml: also those in sections that only some commands need.
    pub fn invalid_settings(&self) -> Vec<Finding> {
        let findings = check_settings(&self.settings).into_iter();
        findings
            .filter(|finding| finding.severity == Severity::Error && finding.rule.code != rules::CONFIG_ZONE.code)
            .collect()
    }
}

/// Checks the selected holiday lists that calendars name, each once.
///
/// # Errors
/// A file cannot be read.
pub(super) fn check_holiday_lists(
    settings: &Settings,
    is_selected: &dyn Fn(&str) -> bool,
    source: &DeskSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let (mut findings, mut checked) = (Vec::new(), HashSet::new());
    for list in settings.calendars().into_iter().flatten().flat_map(|calendar| &calendar.lists) {
        let path = holidays::path(&list.name);
        if !is_selected(&path) || !checked.insert(&list.name) {
            continue;
        }
        match source.bytes(&path) {
            Ok(Some(bytes)) => findings.extend(check_holiday_list(&path, &bytes)),
            Ok(None) => findings.push(invalid(settings.text(), &list.missing)),
            Err(Error::Damaged { damage, .. }) => findings.push(unreadable_list(&path, &damage.kind)),
            Err(other) => return Err(other),
        }
    }
    Ok(findings)
}

/// Checks a holiday list.
fn check_holiday_list(path: &str, bytes: &[u8]) -> Option<Finding> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Some(unreadable_list(path, &ReadErrorKind::TooLarge { limit: LARGEST_FILE }));
    }
    let error = utf8_text(bytes).and_then(holidays::read).err()?;
    let finding = Finding::new(&rules::CALENDAR_INVALID, path, error.message);
    Some(with_line(finding.at(error.line, error.column), bytes))
}

fn unreadable_list(path: &str, error: &ReadErrorKind) -> Finding {
    Finding::new(&rules::CALENDAR_INVALID, path, error.to_string()).at(1, 1)
}

/// Reports the plans of an organization that are not among the defined ones, if there are any.
pub(super) fn check_plans(defined: &[&str], file: &OrganizationFile) -> Vec<Finding> {
    let is_unknown = |plan: &&str| !defined.is_empty() && !defined.contains(plan);
    let plans = file.organization.plans.iter().map(|period| period.plan.as_str());
    plans.filter(is_unknown).map(|plan| unknown_plan(file, plan, defined)).collect()
}

fn unknown_plan(OrganizationFile { path, bytes, .. }: &OrganizationFile, plan: &str, defined: &[&str]) -> Finding {
    let names = |line: &str| line.trim_start_matches(['-', ' ']).strip_prefix("plan:").map(str::trim) == Some(plan);
    let line = first_line(bytes, names);
    let suggestion =
        suggestion::did_you_mean(plan, defined).map(|question| format!(" ({question})")).unwrap_or_default();
    let roles: Vec<&str> = default_roles(plan).iter().map(|role| role.as_str()).collect();
    let message = format!(
        "`{plan}` is not a plan in casebook.toml{suggestion}: it has no targets, and only people with the role {} can open tickets",
        roles.join(" or ")
    );
    with_line(Finding::new(&rules::PLAN_UNKNOWN, path, message).at(line, 1), bytes)
}
