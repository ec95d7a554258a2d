//! Whether the policy of time can be read: plans and calendars in casebook.toml, the lists of holidays that calendars
//! name, and the plans that organisations are on.

use crate::domain::finding::Finding;
use crate::domain::plan::default_roles;
use crate::domain::rule::{self, Rule};
use crate::error::Error;
use crate::store::config::{Config, ConfigFlaw};
use crate::store::policy::{self, WrittenPolicy};
use crate::store::wording::Wording;
use crate::store::{choices, eligibility, holidays, layout, macros, roster, yaml};

use super::super::Casebook;
use super::super::calendars::on_duty_without_office;
use super::sheet::with_line;

/// What the text of a casebook.toml breaks by what it says of time; else what it says.
pub(super) fn policy(text: &str) -> Result<WrittenPolicy, Box<Finding>> {
    policy::read(text).map_err(|flaw| Box::new(invalid(text, &flaw)))
}

/// What it breaks in the sections that are read only where they are needed.
pub(super) fn sections(text: &str) -> Vec<Finding> {
    let flaws = [
        eligibility::read(text).err(),
        choices::read(text).err(),
        roster::read(text).err(),
        macros::read(text).err(),
        Wording::read(text).err(),
        on_duty(text),
    ];
    flaws.iter().flatten().map(|flaw| invalid(text, flaw)).collect()
}

/// Who is on duty and no manager of the team; what is unsound in itself is told by others.
fn on_duty(text: &str) -> Option<ConfigFlaw> {
    let (written, config) = (policy::read(text).ok()?, Config::read(text).ok()?);
    on_duty_without_office(text, &written.escalation, &config.team)
}

fn invalid(text: &str, flaw: &ConfigFlaw) -> Finding {
    let finding = Finding::new(&rule::CONFIG_INVALID, layout::MARKER, &flaw.message);
    with_line(finding.at(flaw.line, flaw.column), text.as_bytes())
}

impl Casebook {
    /// What casebook.toml alone breaks in the sections that are read only where they are needed.
    pub fn unsound_sections(&self) -> Vec<Finding> {
        let policy = policy(&self.text).err().map(|finding| *finding);
        sections(&self.text).into_iter().chain(policy).collect()
    }

    /// A finding about the text of a macro, where casebook.toml has it.
    pub fn macro_finding(&self, name: &str, rule: &'static Rule, message: String) -> Finding {
        let flaw = macros::flaw_at(&self.text, name, message);
        let finding = Finding::new(rule, layout::MARKER, &flaw.message);
        with_line(finding.at(flaw.line, flaw.column), self.text.as_bytes())
    }

    /// What plans, calendars and their lists break in the work tree.
    pub(super) fn check_promises(&self, text: &str) -> Result<Vec<Finding>, Error> {
        let mut findings = sections(text);
        let written = match policy(text) {
            Ok(written) => written,
            Err(finding) => {
                findings.push(*finding);
                return Ok(findings);
            }
        };
        let mut looked: Vec<&str> = Vec::new();
        for (name, place) in written.calendars.iter().flat_map(|calendar| &calendar.lists) {
            if looked.contains(&name.as_str()) {
                continue;
            }
            looked.push(name);
            match self.holiday_list(name) {
                Ok(Some(_)) => {}
                Ok(None) => {
                    let message = format!("there is no {}", holidays::path(name));
                    let flaw = policy::flaw_at(text, place, message);
                    let finding = Finding::new(&rule::CONFIG_INVALID, layout::MARKER, flaw.message);
                    findings.push(with_line(finding.at(flaw.line, flaw.column), text.as_bytes()));
                }
                Err(Error::Config { path, flaw }) => {
                    let finding = Finding::new(&rule::CALENDAR_INVALID, path.to_string_lossy(), flaw.message);
                    let bytes = std::fs::read(self.root.join(&path)).unwrap_or_default();
                    findings.push(with_line(finding.at(flaw.line, flaw.column), &bytes));
                }
                Err(other) => return Err(other),
            }
        }
        if !written.plans.is_empty() {
            let known: Vec<&str> = written.plans.iter().map(|plan| plan.name.as_str()).collect();
            for id in self.organization_ids()? {
                findings.extend(self.unknown_plans(&id, &known));
            }
        }
        Ok(findings)
    }

    /// The plans of an organisation that the desk does not have. A file that cannot be read is told elsewhere.
    fn unknown_plans(&self, id: &str, known: &[&str]) -> Vec<Finding> {
        let Ok(Some(bytes)) = self.organization_bytes(id) else { return Vec::new() };
        let Ok(organization) = yaml::read_organization(&bytes, id) else { return Vec::new() };
        let text = String::from_utf8_lossy(&bytes);
        let unknown = organization.plans.iter().filter(|period| !known.contains(&period.plan.as_str()));
        let finding = |plan: &str| {
            let names =
                |line: &str| line.trim_start_matches(['-', ' ']).strip_prefix("plan:").map(str::trim) == Some(plan);
            let line = text.lines().position(names).map_or(1, |index| index + 1);
            let meant =
                policy::nearest(plan, known).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            let roles: Vec<&str> = default_roles(plan).iter().map(|role| role.word()).collect();
            let message = format!(
                "`{plan}` is no plan of casebook.toml{meant}: it promises nothing, and lets {} alone open tickets",
                roles.join(" and ")
            );
            let finding = Finding::new(&rule::PLAN_UNKNOWN, layout::organization_path(id), message);
            with_line(finding.at(line, 1), &bytes)
        };
        unknown.map(|period| finding(&period.plan)).collect()
    }
}
