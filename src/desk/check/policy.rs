//! The checks of the desk's policy: the sections of casebook.toml, the holiday lists that calendars name, and the plans
//! of organizations.

use std::collections::HashSet;

use crate::domain::rules::finding::Finding;
use crate::domain::rules::{self, Severity};
use crate::domain::sla::plan::default_roles;
use crate::domain::suggestion;
use crate::error::Error;
use crate::store::config::reminder_texts::ReminderTexts;
use crate::store::config::sla;
use crate::store::config::sla::RawSla;
use crate::store::config::{Config, ConfigError};
use crate::store::config::{eligibility, fields, macros, team};
use crate::store::holidays;
use crate::store::yaml::{LARGEST_FILE, ReadErrorKind};

use super::Checker;
use super::findings::{at_error, with_line};
use super::macro_texts;
use super::source::{DeskSource, OrganizationFile};
use crate::desk::policy::calendars::on_duty_not_manager;

/// Reads the SLA sections of a casebook.toml.
///
/// # Errors
/// The finding about an invalid section.
pub(super) fn read_sla(text: &str) -> Result<RawSla, Box<Finding>> {
    sla::read(text).map_err(|error| Box::new(invalid(text, &error)))
}

/// Checks the sections of a casebook.toml that commands read only when they need them.
pub(super) fn check_sections(text: &str) -> Vec<Finding> {
    let errors = [
        eligibility::read(text).err(),
        fields::read(text).err(),
        team::read(text).err(),
        macros::read(text).err(),
        ReminderTexts::read(text).err(),
        check_duty(text),
    ];
    errors.iter().flatten().map(|error| invalid(text, error)).collect()
}

/// Checks that the managers on duty are managers of the team. Other errors in these sections are reported by other
/// rules.
fn check_duty(text: &str) -> Option<ConfigError> {
    let (sla, config) = (sla::read(text).ok()?, Config::read(text).ok()?);
    on_duty_not_manager(text, &sla.escalation, &config.team)
}

/// Returns the finding about an error in casebook.toml.
fn invalid(text: &str, error: &ConfigError) -> Finding {
    at_error(text, &rules::CONFIG_INVALID, error)
}

impl Checker<'_> {
    /// Returns the errors in those sections of casebook.toml that commands read only when they need them.
    pub fn invalid_sections(self) -> Vec<Finding> {
        let text = &self.desk.text;
        let sla = read_sla(text).err().map(|finding| *finding);
        let macros = macro_texts::findings(text).into_iter();
        let macros = macros.filter(|finding| finding.severity == Severity::Error);
        check_sections(text).into_iter().chain(sla).chain(macros).collect()
    }
}

/// Checks the selected holiday lists that calendars name, each once.
///
/// # Errors
/// A file cannot be read.
pub(super) fn check_holiday_lists(
    text: &str,
    sla: &RawSla,
    is_selected: &dyn Fn(&str) -> bool,
    source: &DeskSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let (mut findings, mut checked) = (Vec::new(), HashSet::new());
    for (name, place) in sla.calendars.iter().flat_map(|calendar| &calendar.lists) {
        let path = holidays::path(name);
        if !is_selected(&path) || !checked.insert(name) {
            continue;
        }
        match source.bytes(&path) {
            Ok(Some(bytes)) => findings.extend(check_holiday_list(&path, &bytes)),
            Ok(None) => {
                let error = sla::error_at(text, place, format!("the file {path} does not exist"));
                findings.push(invalid(text, &error));
            }
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
    let error = holidays::text(bytes).and_then(holidays::read).err()?;
    let finding = Finding::new(&rules::CALENDAR_INVALID, path, error.message);
    Some(with_line(finding.at(error.line, error.column), bytes))
}

fn unreadable_list(path: &str, error: &ReadErrorKind) -> Finding {
    Finding::new(&rules::CALENDAR_INVALID, path, error.to_string()).at(1, 1)
}

/// Reports the plans of an organization that casebook.toml does not define, if it defines plans.
pub(super) fn check_plans(sla: &RawSla, file: &OrganizationFile) -> Vec<Finding> {
    let defined: Vec<&str> = sla.plans.iter().map(|plan| plan.name.as_str()).collect();
    let is_unknown = |plan: &&str| !defined.is_empty() && !defined.contains(plan);
    let plans = file.organization.plans.iter().map(|period| period.plan.as_str());
    plans.filter(is_unknown).map(|plan| unknown_plan(&file.path, &file.bytes, plan, &defined)).collect()
}

fn unknown_plan(path: &str, bytes: &[u8], plan: &str, defined: &[&str]) -> Finding {
    let names = |line: &str| line.trim_start_matches(['-', ' ']).strip_prefix("plan:").map(str::trim) == Some(plan);
    let line = String::from_utf8_lossy(bytes).lines().position(names).map_or(1, |index| index + 1);
    let suggestion =
        suggestion::did_you_mean(plan, defined).map(|question| format!(" ({question})")).unwrap_or_default();
    let roles: Vec<&str> = default_roles(plan).iter().map(|role| role.as_str()).collect();
    let message = format!(
        "`{plan}` is not a plan in casebook.toml{suggestion}: it has no targets, and only people with the role {} can open tickets",
        roles.join(" or ")
    );
    with_line(Finding::new(&rules::PLAN_UNKNOWN, path, message).at(line, 1), bytes)
}
