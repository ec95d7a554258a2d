//! The organisations as they were at some commit, for what customers may do there.
//!
//! Looked up when an entry or a push needs them: most are an agent's, or a requester's own. A file that cannot be read
//! gives nobody any right.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::people::organization::Organization;
use crate::store::git::{GitError, ObjectLookup, Repository};
use crate::store::{layout, yaml};

/// The organisations of one commit.
pub type OrganizationsAt = Arc<Vec<Arc<Organization>>>;

/// Where they are looked up.
pub struct OrganizationCache {
    lookup: ObjectLookup,
    prefix: String,
    /// By commit: the last one asked, since one commit has many entries.
    last: Option<(String, OrganizationsAt)>,
    /// By the object of the file, none where it cannot be read.
    files: HashMap<(String, String), Option<Arc<Organization>>>,
}

impl OrganizationCache {
    /// Those of a repository; `prefix` is the folder of the desk in it.
    pub fn of(repository: &Repository, prefix: &str) -> Self {
        let lookup = ObjectLookup::of(repository.clone());
        Self { lookup, prefix: prefix.to_owned(), last: None, files: HashMap::new() }
    }

    /// The organisations as a commit has them.
    ///
    /// # Errors
    /// git has ended.
    pub fn at(&mut self, commit: &str) -> Result<OrganizationsAt, GitError> {
        if let Some((known, organizations)) = &self.last
            && known == commit
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

    /// Who is asked for single objects.
    pub const fn lookup(&mut self) -> &mut ObjectLookup {
        &mut self.lookup
    }

    /// One version of an organisation's file; none where it cannot be read.
    ///
    /// # Errors
    /// git has ended.
    pub fn file(&mut self, id: &str, object: &str) -> Result<Option<Arc<Organization>>, GitError> {
        let name = (object.to_owned(), id.to_owned());
        if let Some(known) = self.files.get(&name) {
            return Ok(known.clone());
        }
        let bytes = self.lookup.object(object)?.unwrap_or_default();
        let read = yaml::read_organization(&bytes, id).ok().map(Arc::new);
        self.files.insert(name, read.clone());
        Ok(read)
    }
}
