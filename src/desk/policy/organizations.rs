//! The organizations of a desk, from the files in `organizations/`, and the memberships of a person in them.
//!
//! For an agent nothing is read. For a customer a file is parsed only if it contains the domain of their address. The
//! memberships of the first person are cached for the rest of the command.

use std::io;
use std::sync::Arc;

use memchr::memmem;

use crate::domain::people::membership::Memberships;
use crate::domain::people::organization::Organization;
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::layout;
use crate::store::yaml;

use super::PolicyReader;

/// A person and their memberships.
pub(crate) type PersonMemberships = (Person, Arc<Memberships>);

impl PolicyReader<'_> {
    /// Returns the memberships of a person in organizations; none for an agent.
    ///
    /// # Errors
    /// A folder cannot be read, or the file of an organization that the person may belong to is damaged.
    pub(in crate::desk) fn memberships(&self, person: &Person) -> Result<Arc<Memberships>, Error> {
        if let Some((cached, memberships)) = self.desk.memberships.get()
            && cached == person
        {
            return Ok(Arc::clone(memberships));
        }
        let memberships = Arc::new(self.read_memberships(person)?);
        let _ = self.desk.memberships.set((person.clone(), Arc::clone(&memberships)));
        Ok(memberships)
    }

    fn read_memberships(&self, person: &Person) -> Result<Memberships, Error> {
        if self.desk.config.team.has_agent(person) {
            return Ok(Memberships::default());
        }
        let mut organizations = Vec::new();
        for id in self.organization_ids()? {
            let Some(bytes) = self.organization_bytes(&id)? else { continue };
            let contains_domain = contains_domain(&bytes, person.domain());
            // YAML may escape the characters of an address.
            if !contains_domain && !bytes.contains(&b'\\') {
                continue;
            }
            match yaml::read_organization(&bytes, &id) {
                Ok(organization) => organizations.push(organization),
                Err(damage) if contains_domain => {
                    return Err(Error::Damaged { path: layout::organization_path(&id), damage });
                }
                Err(_) => {}
            }
        }
        Ok(Memberships::of(person, &organizations))
    }

    /// Returns whether the desk has files of organizations.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn keeps_organizations(&self) -> Result<bool, Error> {
        Ok(!self.organization_ids()?.is_empty())
    }

    /// Returns the ids of the organizations that have a file, or will have one when an interrupted command is completed, in
    /// alphabetical order.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(in crate::desk) fn organization_ids(&self) -> Result<Vec<String>, Error> {
        let folder = self.desk.root.join(layout::ORGANIZATIONS);
        let mut ids = Vec::new();
        match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(folder, "list")(error)),
            Ok(entries) => {
                for entry in entries {
                    let name = entry.map_err(Error::io(&folder, "list"))?.file_name();
                    ids.extend(name.to_str().and_then(layout::organization_of_name).map(str::to_owned));
                }
            }
        }
        for change in self.desk.pending.iter().flat_map(|pending| &pending.changes) {
            ids.extend(layout::organization_of(&change.path).map(str::to_owned));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Returns the bytes of an organization's file, as an interrupted command leaves them; `None` if there is no file.
    ///
    /// # Errors
    /// The file is not a plain file, or cannot be read.
    pub(crate) fn organization_bytes(&self, id: &str) -> Result<Option<Vec<u8>>, Error> {
        self.desk.read().bytes_at(&layout::organization_path(id))
    }

    /// Reads an organization; `None` if it has no file.
    ///
    /// # Errors
    /// Its file is damaged.
    pub(in crate::desk) fn read_organization(&self, id: &str) -> Result<Option<Organization>, Error> {
        let Some(bytes) = self.organization_bytes(id)? else { return Ok(None) };
        let damaged = |damage| Error::Damaged { path: layout::organization_path(id), damage };
        yaml::read_organization(&bytes, id).map(Some).map_err(damaged)
    }

    /// Returns an organization for a decision, whatever the actor may see; `None` if it has no file.
    ///
    /// # Errors
    /// Its file is damaged.
    pub(crate) fn organization_on_file(&self, id: &str) -> Result<Option<Organization>, Error> {
        if Organization::is_id(id) { self.read_organization(id) } else { Ok(None) }
    }
}

/// Returns whether the bytes of a file contain a domain, in upper or lower case.
fn contains_domain(bytes: &[u8], domain: &str) -> bool {
    memmem::find(&bytes.to_ascii_lowercase(), domain.to_ascii_lowercase().as_bytes()).is_some()
}
