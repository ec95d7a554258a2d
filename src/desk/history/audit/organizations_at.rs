//! The organizations at a commit, which decide about the actions of customers there.
//!
//! They are read only when an entry or a push needs them: most entries are by agents, or by requesters in their own
//! tickets. A file that cannot be read grants no rights.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::people::organization::Organization;
use crate::store::git::{FileKind, GitError, Repository, Snapshot};
use crate::store::{layout, yaml};

/// The organizations of one commit.
pub type OrganizationsAt = Arc<Vec<Arc<Organization>>>;

/// A cache of organizations.
pub struct OrganizationCache {
    repository: Repository,
    /// The organizations of the last commit that was asked for: one commit has many entries.
    last: Option<(String, OrganizationsAt)>,
    /// The versions of files by object and organization id; none if one cannot be read.
    files: HashMap<(String, String), Option<Arc<Organization>>>,
}

impl OrganizationCache {
    /// Creates a cache for a repository.
    pub fn of(repository: &Repository) -> Self {
        Self { repository: repository.clone(), last: None, files: HashMap::new() }
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
        let mut organizations = Vec::new();
        for entry in self.repository.list(Snapshot::Commit(commit), layout::ORGANIZATIONS)? {
            if let (FileKind::File, Some(id)) = (entry.kind, layout::organization_of_name(&entry.name)) {
                organizations.extend(self.file(id, &entry.object)?);
            }
        }
        let organizations: OrganizationsAt = Arc::new(organizations);
        self.last = Some((commit.to_owned(), organizations.clone()));
        Ok(organizations)
    }

    /// Returns the repository.
    pub const fn repository(&self) -> &Repository {
        &self.repository
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
        let bytes = self.repository.blob(object)?.unwrap_or_default();
        let organization = yaml::read_organization(&bytes, id).ok().map(Arc::new);
        self.files.insert(key, organization.clone());
        Ok(organization)
    }
}
