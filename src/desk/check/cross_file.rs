//! The checks of changed files that are not tickets, against other files: holiday lists that calendars name, plans of
//! organizations, access that tickets granted, and domains of two organizations.
//!
//! If no such file changed, nothing is read.

use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::config::sla::RawSla;
use crate::store::layout;

use super::source::{FileSource, plain_file};
use super::{organization_access, organization_overlap, policy};

/// The changed files that are not tickets.
pub(super) struct ChangedFiles<'a> {
    /// True if casebook.toml changed.
    has_config: bool,
    /// The paths of holiday lists.
    holiday_lists: Vec<&'a str>,
    /// The ids of organizations.
    organizations: Vec<&'a str>,
}

impl<'a> ChangedFiles<'a> {
    /// Selects the files among some paths that are checked against other files.
    pub fn of(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut changed = Self { has_config: false, holiday_lists: Vec::new(), organizations: Vec::new() };
        for path in paths {
            if path == layout::MARKER {
                changed.has_config = true;
            } else if let Some(id) = layout::organization_of(path) {
                changed.organizations.push(id);
            } else if layout::is_in(path, layout::CALENDARS) {
                changed.holiday_lists.push(path);
            }
        }
        changed
    }

    /// Returns the errors. Invalid settings in casebook.toml are reported by another rule.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn errors(&self, read: &mut FileSource<'_>) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        if self.has_config || !self.holiday_lists.is_empty() {
            let is_selected = |path: &str| self.has_config || self.holiday_lists.contains(&path);
            if let Some((text, sla)) = read_config(read)? {
                findings.extend(policy::check_holiday_lists(&text, &sla, &is_selected, read)?);
            }
        }
        findings.extend(organization_access::check(self.organizations.iter().copied(), read)?);
        Ok(findings)
    }

    /// Returns the warnings; `all` are the organizations that have a file, in order.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn warnings(&self, all: &[&str], read: &mut FileSource<'_>) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        if !self.has_config && self.organizations.is_empty() {
            return Ok(findings);
        }
        if let Some((_, sla)) = read_config(read)? {
            let selected = if self.has_config { all } else { &self.organizations };
            findings.extend(policy::check_plans(&sla, selected.iter().copied(), read)?);
        }
        if !self.organizations.is_empty() {
            let has_changed = |id: &str| self.organizations.contains(&id);
            let mut overlaps = organization_overlap::overlaps(all.iter().copied(), read)?;
            overlaps.retain(|overlap| has_changed(&overlap.with) || has_changed(&overlap.id));
            findings.extend(overlaps.into_iter().map(|overlap| overlap.finding));
        }
        Ok(findings)
    }
}

/// Returns the text of casebook.toml and its SLA sections; none if it is missing or invalid.
fn read_config(read: &mut FileSource<'_>) -> Result<Option<(String, RawSla)>, Error> {
    let Some(bytes) = plain_file(read, layout::MARKER)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if Config::read(&text).is_err() {
        return Ok(None);
    }
    Ok(policy::read_sla(&text).ok().map(|sla| (text, sla)))
}
