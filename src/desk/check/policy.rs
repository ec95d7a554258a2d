//! Whether the policy of time can be read: plans and calendars in casebook.toml, the lists of holidays that calendars
//! name, and the plans that organisations are on.

use std::collections::HashSet;

use crate::domain::rules::finding::Finding;
use crate::domain::rules::{self, Rule, Severity};
use crate::domain::sla::plan::default_roles;
use crate::error::Error;
use crate::store::config::reminder_texts::ReminderTexts;
use crate::store::config::sla;
use crate::store::config::sla::RawSla;
use crate::store::config::{Config, ConfigError};
use crate::store::config::{eligibility, fields, macros, team};
use crate::store::yaml::{LARGEST_FILE, ReadErrorKind};
use crate::store::{holidays, layout, yaml};

use super::source::{FileSource, plain};
use super::ticket::with_line;
use crate::desk::Desk;
use crate::desk::policy::calendars::on_duty_without_office;

/// What the text of a casebook.toml breaks by what it says of time; else what it says.
pub(super) fn policy(text: &str) -> Result<RawSla, Box<Finding>> {
    sla::read(text).map_err(|flaw| Box::new(invalid(text, &flaw)))
}

/// What it breaks in the sections that are read only where they are needed.
pub(super) fn sections(text: &str) -> Vec<Finding> {
    let flaws = [
        eligibility::read(text).err(),
        fields::read(text).err(),
        team::read(text).err(),
        macros::read(text).err(),
        ReminderTexts::read(text).err(),
        on_duty(text),
    ];
    flaws.iter().flatten().map(|flaw| invalid(text, flaw)).collect()
}

/// Who is on duty and no manager of the team; what is unsound in itself is told by others.
fn on_duty(text: &str) -> Option<ConfigError> {
    let (written, config) = (sla::read(text).ok()?, Config::read(text).ok()?);
    on_duty_without_office(text, &written.escalation, &config.team)
}

fn invalid(text: &str, flaw: &ConfigError) -> Finding {
    at_flaw(text, &rules::CONFIG_INVALID, flaw)
}

fn at_flaw(text: &str, rule: &'static Rule, flaw: &ConfigError) -> Finding {
    let finding = Finding::new(rule, layout::MARKER, &flaw.message);
    with_line(finding.at(flaw.line, flaw.column), text.as_bytes())
}

impl Desk {
    /// What casebook.toml alone breaks in the sections that are read only where they are needed.
    pub fn unsound_sections(&self) -> Vec<Finding> {
        let policy = policy(&self.text).err().map(|finding| *finding);
        let macros = (self.environment.macro_flaws)(&self.text).into_iter();
        let macros = macros.filter(|finding| finding.severity == Severity::Error);
        sections(&self.text).into_iter().chain(policy).chain(macros).collect()
    }
}

/// A finding about the text of a macro, where a casebook.toml has it.
pub fn macro_finding(text: &str, name: &str, rule: &'static Rule, message: String) -> Finding {
    at_flaw(text, rule, &macros::flaw_at(text, name, message))
}

/// What lists of holidays break that calendars name: those that are meant, each once.
pub(super) fn lists(
    text: &str,
    written: &RawSla,
    is_meant: &dyn Fn(&str) -> bool,
    read: &mut FileSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let (mut findings, mut looked) = (Vec::new(), HashSet::new());
    for (name, place) in written.calendars.iter().flat_map(|calendar| &calendar.lists) {
        let path = holidays::path(name);
        if !is_meant(&path) || !looked.insert(name) {
            continue;
        }
        match read(&path) {
            Ok(Some(bytes)) => findings.extend(list(&path, &bytes)),
            Ok(None) => {
                let flaw = sla::flaw_at(text, place, format!("there is no {path}"));
                findings.push(invalid(text, &flaw));
            }
            Err(Error::Damaged { damage, .. }) => findings.push(no_list(&path, &damage.kind)),
            Err(other) => return Err(other),
        }
    }
    Ok(findings)
}

/// What a list of holidays breaks.
fn list(path: &str, bytes: &[u8]) -> Option<Finding> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Some(no_list(path, &ReadErrorKind::TooLarge { limit: LARGEST_FILE }));
    }
    let flaw = holidays::text(bytes).and_then(holidays::read).err()?;
    let finding = Finding::new(&rules::CALENDAR_INVALID, path, flaw.message);
    Some(with_line(finding.at(flaw.line, flaw.column), bytes))
}

fn no_list(path: &str, why: &ReadErrorKind) -> Finding {
    Finding::new(&rules::CALENDAR_INVALID, path, why.to_string()).at(1, 1)
}

/// The plans of some organisations that the desk does not have, where it has any. A file that cannot be read is told
/// elsewhere.
pub(super) fn unknown_plans<'a>(
    written: &RawSla,
    organizations: impl IntoIterator<Item = &'a str>,
    read: &mut FileSource<'_>,
) -> Result<Vec<Finding>, Error> {
    let known: Vec<&str> = written.plans.iter().map(|plan| plan.name.as_str()).collect();
    let mut findings = Vec::new();
    for id in organizations.into_iter().filter(|_| !known.is_empty()) {
        let path = layout::organization_path(id);
        let Some(bytes) = plain(read, &path)? else { continue };
        let Ok(organization) = yaml::read_organization(&bytes, id) else { continue };
        let unknown = organization.plans.iter().filter(|period| !known.contains(&period.plan.as_str()));
        findings.extend(unknown.map(|period| unknown_plan(&path, &bytes, &period.plan, &known)));
    }
    Ok(findings)
}

fn unknown_plan(path: &str, bytes: &[u8], plan: &str, known: &[&str]) -> Finding {
    let names = |line: &str| line.trim_start_matches(['-', ' ']).strip_prefix("plan:").map(str::trim) == Some(plan);
    let line = String::from_utf8_lossy(bytes).lines().position(names).map_or(1, |index| index + 1);
    let meant = sla::nearest(plan, known).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
    let roles: Vec<&str> = default_roles(plan).iter().map(|role| role.as_str()).collect();
    let message = format!(
        "`{plan}` is no plan of casebook.toml{meant}: it promises nothing, and lets {} alone open tickets",
        roles.join(" and ")
    );
    with_line(Finding::new(&rules::PLAN_UNKNOWN, path, message).at(line, 1), bytes)
}
