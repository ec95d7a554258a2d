//! Organisations of a desk, as they lie in `organizations/`, and what one person is in them.
//!
//! Nothing is read for those who see everything anyway. For others a file is read in earnest only if it names the
//! domain of their address; what is found is kept for the rest of the command.

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
use crate::desk::UnreadableFile;

/// A person and what they are in the desk's organisations.
pub(crate) type PersonMemberships = (Person, Arc<Memberships>);

impl PolicyReader<'_> {
    /// What a person is in the desk's organisations; nothing for agents, who need no organisation.
    ///
    /// # Errors
    /// A folder that cannot be read, or a damaged file that may be about the person.
    pub fn memberships(&self, person: &Person) -> Result<Arc<Memberships>, Error> {
        if let Some((known, memberships)) = self.desk.memberships.get()
            && known == person
        {
            return Ok(Arc::clone(memberships));
        }
        let memberships = Arc::new(self.gather(person)?);
        let _ = self.desk.memberships.set((person.clone(), Arc::clone(&memberships)));
        Ok(memberships)
    }

    /// The same for whoever looks at something, who may be nobody.
    pub(crate) fn memberships_of(&self, viewer: Option<&Person>) -> Result<Arc<Memberships>, Error> {
        viewer.map_or_else(|| Ok(Arc::default()), |person| self.memberships(person))
    }

    fn gather(&self, person: &Person) -> Result<Memberships, Error> {
        if self.desk.config.team.has_agent(person) {
            return Ok(Memberships::default());
        }
        let mut theirs = Vec::new();
        for id in self.organization_ids()? {
            let Some(bytes) = self.organization_bytes(&id)? else { continue };
            let names_domain = may_name(&bytes, person.domain());
            // An address may be spelled with escapes.
            if !names_domain && !bytes.contains(&b'\\') {
                continue;
            }
            match yaml::read_organization(&bytes, &id) {
                Ok(organization) => theirs.push(organization),
                Err(damage) if names_domain => {
                    return Err(Error::Damaged { path: layout::organization_path(&id), damage });
                }
                Err(_) => {}
            }
        }
        Ok(Memberships::of(person, &theirs))
    }

    /// Whether the desk keeps organisations at all.
    pub(crate) fn keeps_organizations(&self) -> Result<bool, Error> {
        Ok(!self.organization_ids()?.is_empty())
    }

    /// The organisations that have a file, or will have one once an interrupted command is done, in order.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn organization_ids(&self) -> Result<Vec<String>, Error> {
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

    /// The bytes of an organisation's file, as a pending command leaves them; none where there is no plain file.
    pub(crate) fn organization_bytes(&self, id: &str) -> Result<Option<Vec<u8>>, Error> {
        self.desk.read().bytes_at(&layout::organization_path(id))
    }

    /// An organisation that a person may see: every one for agents and for those without any identity, their own for
    /// its administrators. Any other is not found, word for word as one that is not there.
    ///
    /// # Errors
    /// None of that name, or its file is damaged.
    pub fn organization(&self, id: &str, viewer: Option<&Person>) -> Result<Organization, Error> {
        let not_found = || Error::NoOrganization { id: id.to_owned() };
        let sees_all = self.desk.read().restricted_viewer(viewer).is_none();
        if !sees_all && !self.memberships_of(viewer)?.administers(id) {
            return Err(not_found());
        }
        if !self.organization_ids()?.iter().any(|known| known == id) {
            return Err(not_found());
        }
        let bytes = self.organization_bytes(id)?.ok_or_else(not_found)?;
        yaml::read_organization(&bytes, id)
            .map_err(|damage| Error::Damaged { path: layout::organization_path(id), damage })
    }

    /// An organisation as the desk itself knows it, whoever asks; none where it has no file.
    ///
    /// # Errors
    /// Its file is damaged.
    pub(crate) fn organization_on_file(&self, id: &str) -> Result<Option<Organization>, Error> {
        if !Organization::is_id(id) {
            return Ok(None);
        }
        let Some(bytes) = self.organization_bytes(id)? else { return Ok(None) };
        yaml::read_organization(&bytes, id)
            .map(Some)
            .map_err(|damage| Error::Damaged { path: layout::organization_path(id), damage })
    }

    /// The organisations a person may see, in the order of their ids, and the files that could not be read.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn organizations(&self, viewer: Option<&Person>) -> Result<(Vec<Organization>, Vec<UnreadableFile>), Error> {
        let (mut seen, mut troubles) = (Vec::new(), Vec::new());
        for id in self.organization_ids()? {
            match self.organization(&id, viewer) {
                Ok(organization) => seen.push(organization),
                Err(Error::NoOrganization { .. }) => {}
                Err(Error::Damaged { path, damage }) => troubles.push(UnreadableFile { path, damage }),
                Err(other) => return Err(other),
            }
        }
        Ok((seen, troubles))
    }
}

/// Whether a file names a domain, in whatever case.
fn may_name(bytes: &[u8], domain: &str) -> bool {
    memmem::find(&bytes.to_ascii_lowercase(), domain.to_ascii_lowercase().as_bytes()).is_some()
}
