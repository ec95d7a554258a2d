//! What files beside the tickets break by what others say, in what git holds: lists of holidays that calendars name, plans
//! that organisations are on, access that tickets granted, and what two organisations call theirs.
//!
//! Looks at what changed alone, by the rules of the work tree. Where nothing beside the tickets changed, nothing is read. Must not
//! know where the files are read from.

use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::config::Config;
use crate::store::config::sla::RawSla;
use crate::store::layout;

use super::source::{FileSource, plain};
use super::{organization_access, organization_overlap, policy};

/// What changed beside the tickets.
pub(super) struct ChangedFiles<'a> {
    policy: bool,
    lists: Vec<&'a str>,
    organizations: Vec<&'a str>,
}

impl<'a> ChangedFiles<'a> {
    /// What of some paths lies beside the tickets and is held against other files.
    pub fn of(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut together = Self { policy: false, lists: Vec::new(), organizations: Vec::new() };
        for path in paths {
            if path == layout::MARKER {
                together.policy = true;
            } else if let Some(id) = layout::organization_of(path) {
                together.organizations.push(id);
            } else if layout::is_in(path, layout::CALENDARS) {
                together.lists.push(path);
            }
        }
        together
    }

    /// The errors. What is wrong with casebook.toml itself is told elsewhere.
    pub fn errors(&self, read: &mut FileSource<'_>) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        if self.policy || !self.lists.is_empty() {
            let is_meant = |path: &str| self.policy || self.lists.contains(&path);
            if let Some((text, written)) = policy_in(read)? {
                findings.extend(policy::lists(&text, &written, &is_meant, read)?);
            }
        }
        findings.extend(organization_access::access(self.organizations.iter().copied(), read)?);
        Ok(findings)
    }

    /// The warnings; `all` are the organisations that have a file, in order.
    pub fn warnings(&self, all: &[&str], read: &mut FileSource<'_>) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        if !self.policy && self.organizations.is_empty() {
            return Ok(findings);
        }
        if let Some((_, written)) = policy_in(read)? {
            let meant = if self.policy { all } else { &self.organizations };
            findings.extend(policy::unknown_plans(&written, meant.iter().copied(), read)?);
        }
        if !self.organizations.is_empty() {
            let has_changed = |id: &str| self.organizations.contains(&id);
            let mut shared = organization_overlap::shared(all.iter().copied(), read)?;
            shared.retain(|shared| has_changed(&shared.with) || has_changed(&shared.id));
            findings.extend(shared.into_iter().map(|shared| shared.finding));
        }
        Ok(findings)
    }
}

/// casebook.toml and what it says of time; none where it is not sound, or not there.
fn policy_in(read: &mut FileSource<'_>) -> Result<Option<(String, RawSla)>, Error> {
    let Some(bytes) = plain(read, layout::MARKER)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if Config::read(&text).is_err() {
        return Ok(None);
    }
    Ok(policy::policy(&text).ok().map(|written| (text, written)))
}
