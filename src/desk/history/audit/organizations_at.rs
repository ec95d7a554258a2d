//! The organizations at a commit, which decide about the actions of customers there.
//!
//! They are read only when an entry or a push needs them: most entries are by agents, or by requesters in their own
//! tickets. A file that cannot be read grants no rights.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::people::organization::Organization;
use crate::store::git::{GitError, ObjectLookup, Repository};
use crate::store::{layout, yaml};

/// The organizations of one commit.
pub type OrganizationsAt = Arc<Vec<Arc<Organization>>>;

/// A cache of organizations.
pub struct OrganizationCache {
    lookup: ObjectLookup,
    prefix: String,
    /// The organizations of the last commit that was asked for: one commit has many entries.
    last: Option<(String, OrganizationsAt)>,
    /// The versions of files by object and organization id; none if one cannot be read.
    files: HashMap<(String, String), Option<Arc<Organization>>>,
}

impl OrganizationCache {
    /// Creates a cache for a repository; `prefix` is the folder of the desk in it.
    pub fn of(repository: &Repository, prefix: &str) -> Self {
        let lookup = ObjectLookup::of(repository.clone());
        Self { lookup, prefix: prefix.to_owned(), last: None, files: HashMap::new() }
    }

    /// Returns the organizations at a commit.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub fn at(&mut self, commit: &str) -> Result<OrganizationsAt, GitError> {
        if let Some((last, organizations)) = &self.last
            && last == commit
        {
            return Ok(organizations.clone());
        }
        let folder = format!("{}{}", self.prefix, layout::ORGANIZATIONS);
        let mut organizations = Vec::new();
        for (name, object) in self.lookup.files_in(commit, &folder)? {
            if let Some(id) = layout::organization_of_name(&name) {
                organizations.extend(self.file(id, &object)?);
            }
        }
        let organizations: OrganizationsAt = Arc::new(organizations);
        self.last = Some((commit.to_owned(), organizations.clone()));
        Ok(organizations)
    }

    /// Returns the process of git that answers requests for single objects.
    pub const fn lookup(&mut self) -> &mut ObjectLookup {
        &mut self.lookup
    }

    /// Returns one version of an organization's file; none if it cannot be read.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub fn file(&mut self, id: &str, object: &str) -> Result<Option<Arc<Organization>>, GitError> {
        let key = (object.to_owned(), id.to_owned());
        if let Some(cached) = self.files.get(&key) {
            return Ok(cached.clone());
        }
        let bytes = self.lookup.object(object)?.unwrap_or_default();
        let organization = yaml::read_organization(&bytes, id).ok().map(Arc::new);
        self.files.insert(key, organization.clone());
        Ok(organization)
    }
}
