//! The checks of changed files that are not tickets, against other files: holiday lists that calendars name, plans of
//! organizations, access that tickets granted, and domains of two organizations.
//!
//! If no such file changed, nothing is read.

use std::collections::HashSet;

use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::config::sla::RawSla;
use crate::store::layout::{self, DeskPath};

use super::source::DeskSource;
use super::{organization_access, organization_overlap, policy};

/// The changed files that are not tickets.
#[derive(Default)]
pub(super) struct ChangedFiles<'a> {
    /// True if casebook.toml changed.
    has_config: bool,
    /// The paths of holiday lists.
    holiday_lists: HashSet<&'a str>,
    /// The ids of organizations.
    organizations: HashSet<&'a str>,
}

impl<'a> ChangedFiles<'a> {
    /// Selects all files that are checked against others, with these organizations.
    pub fn all(organizations: &'a [String]) -> Self {
        let organizations = organizations.iter().map(String::as_str).collect();
        Self { has_config: true, organizations, ..Self::default() }
    }

    /// Selects the files among some paths that are checked against other files.
    pub fn of(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut changed = Self::default();
        for path in paths {
            match layout::classify(path) {
                DeskPath::Settings => changed.has_config = true,
                DeskPath::Organization(id) => _ = changed.organizations.insert(id),
                DeskPath::HolidayList => _ = changed.holiday_lists.insert(path),
                _ => {}
            }
        }
        changed
    }

    /// Returns the errors, and the warnings if they are wanted. `text` is that of casebook.toml, whose invalid settings
    /// are reported by another rule; `all` are the organizations that have a file, in order.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn findings(
        &self,
        text: Option<&str>,
        all: &[String],
        source: &DeskSource<'_>,
        with_warnings: bool,
    ) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        let compares_all = with_warnings && (self.has_config || !self.organizations.is_empty());
        let needs_config = self.has_config || !self.holiday_lists.is_empty() || compares_all;
        let sla = if needs_config { sla_of(text) } else { None };
        if let Some((text, sla)) = &sla {
            let is_selected = |path: &str| self.has_config || self.holiday_lists.contains(path);
            findings.extend(policy::check_holiday_lists(text, sla, &is_selected, source)?);
        }
        let mut files = Vec::new();
        for id in all.iter().filter(|id| compares_all || self.organizations.contains(id.as_str())) {
            files.extend(source.organization(id)?);
        }
        let has_changed = |id: &str| self.organizations.contains(id);
        for file in files.iter().filter(|file| has_changed(&file.organization.id)) {
            findings.extend(organization_access::check(file, source)?);
        }
        if compares_all {
            let selected = files.iter().filter(|file| self.has_config || has_changed(&file.organization.id));
            if let Some((_, sla)) = &sla {
                findings.extend(selected.flat_map(|file| policy::check_plans(sla, file)));
            }
            let overlaps = organization_overlap::overlaps(&files).into_iter();
            let overlaps = overlaps.filter(|overlap| has_changed(&overlap.with) || has_changed(&overlap.id));
            findings.extend(overlaps.map(|overlap| overlap.finding));
        }
        Ok(findings)
    }
}

/// Returns the text of a casebook.toml and its SLA sections; none if they are invalid.
fn sla_of(text: Option<&str>) -> Option<(&str, RawSla)> {
    let text = text.filter(|text| Config::read(text).is_ok())?;
    policy::read_sla(text).ok().map(|sla| (text, sla))
}
