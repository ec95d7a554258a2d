//! The checks of changed files that are not tickets, against other files: holiday lists that calendars name, plans of
//! organizations, access that tickets granted, and domains of two organizations.
//!
//! If no such file changed, nothing is read.

use std::collections::HashSet;

use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::config::plans::DeskPlans;
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

    /// Returns the errors, and the warnings if they are wanted. `settings` are those of casebook.toml; invalid ones
    /// are reported by another rule; `all` are the organizations that have a file, in order.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn findings(
        &self,
        settings: Option<&Settings>,
        all: &[String],
        source: &DeskSource<'_>,
        with_warnings: bool,
    ) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        let compares_all = with_warnings && (self.has_config || !self.organizations.is_empty());
        if let Some(settings) = settings.filter(|_| self.has_config || !self.holiday_lists.is_empty()) {
            let is_selected = |path: &str| self.has_config || self.holiday_lists.contains(path);
            findings.extend(policy::check_holiday_lists(settings, &is_selected, source)?);
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
            let plans = settings.and_then(|settings| settings.plans().ok()).map(DeskPlans::names).unwrap_or_default();
            findings.extend(selected.flat_map(|file| policy::check_plans(&plans, file)));
            findings.extend(organization_overlap::check(&files, &has_changed));
        }
        Ok(findings)
    }
}
