//! The source of the files to check: the work tree, git's index or a commit. Rules read files through it, so that each is
//! written once.

use std::collections::HashMap;
use std::path::Path;

use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::people::organization::Organization;
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::files::Dir;
use crate::store::git::{FileKind, Repository, Snapshot};
use crate::store::layout;
use crate::store::yaml::{self, LARGEST_FILE, ReadError, ReadErrorKind};

/// The files of a desk.
#[derive(Debug)]
pub(super) enum DeskSource<'a> {
    /// The files of the work tree, as an interrupted command leaves them.
    WorkTree(&'a Desk),
    /// The files in git.
    Git(GitSource<'a>),
}

/// The files of a desk in git's index or in a commit. Needs no work tree.
#[derive(Debug)]
pub(super) struct GitSource<'a> {
    pub repository: &'a Repository,
    pub snapshot: Snapshot<'a>,
    /// The kinds of the files that are known already, with their objects if these are known too.
    pub known: HashMap<String, (FileKind, Option<String>)>,
}

/// A ticket with the bytes of its file.
pub(super) type TicketFile = (Ticket, Vec<u8>);

/// An organization with its file.
pub(super) struct OrganizationFile {
    /// The path of the file.
    pub path: String,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The organization.
    pub organization: Organization,
}

impl DeskSource<'_> {
    /// Returns the bytes at a path relative to the root; none if nothing is there.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not a plain file; or it cannot be read.
    pub fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Self::WorkTree(desk) => desk.read().bytes_at(path),
            Self::Git(files) => files.bytes(path),
        }
    }

    /// Returns the bytes of a plain file; none if there is none. Something else at the path is reported by another rule.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn plain_file(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.bytes(path) {
            Err(Error::Damaged { .. }) => Ok(None),
            bytes => bytes,
        }
    }

    /// Returns an organization; none if there is no file, or if it cannot be read, which another rule reports.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn organization(&self, id: &str) -> Result<Option<OrganizationFile>, Error> {
        let path = layout::organization_path(id);
        let Some(bytes) = self.plain_file(&path)? else { return Ok(None) };
        let organization = yaml::read_organization(&bytes, id).ok();
        Ok(organization.map(|organization| OrganizationFile { path, bytes, organization }))
    }

    /// Returns a ticket with the bytes of its file; none if there is no file, and inside none if it cannot be read.
    ///
    /// # Errors
    /// The file cannot be read because of the system.
    pub fn ticket(&self, id: Id) -> Result<Option<Option<TicketFile>>, Error> {
        match self.bytes(&layout::ticket_path(id)) {
            Ok(bytes) => Ok(bytes.map(|bytes| Some((yaml::read(&bytes, Some(id)).ok()?, bytes)))),
            Err(Error::Damaged { .. }) => Ok(Some(None)),
            Err(other) => Err(other),
        }
    }

    /// Reads the bytes of a ticket's file, from a folder that is open if there is one. Returns false if there is no file.
    ///
    /// # Errors
    /// As [`DeskSource::bytes`]; the file is too large.
    pub fn read_ticket(&self, folder: Option<&Dir>, id: Id, bytes: &mut Vec<u8>) -> Result<bool, Error> {
        match self {
            Self::WorkTree(desk) => match desk.read().bytes_in(folder, id, bytes) {
                Err(Error::NotFound { .. }) => Ok(false),
                read => read.map(|()| true),
            },
            Self::Git(files) => {
                let path = layout::ticket_path(id);
                let Some(read) = files.bytes(&path)? else { return Ok(false) };
                if read.len() as u64 > LARGEST_FILE {
                    return Err(damage(&path, ReadErrorKind::TooLarge { limit: LARGEST_FILE }));
                }
                *bytes = read;
                Ok(true)
            }
        }
    }

    /// Returns the sizes of the plain files at some paths in bytes; none if there is no such file.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub fn sizes(&self, paths: &[String]) -> Result<Vec<Option<u64>>, Error> {
        match self {
            Self::WorkTree(desk) => Ok(paths.iter().map(|path| size_in(&desk.root, path)).collect()),
            Self::Git(files) => {
                let name = |path: &String| files.repository.name_at(files.snapshot, path);
                let sizes = files.repository.sizes(&paths.iter().map(name).collect::<Result<Vec<_>, _>>()?)?;
                let kinds = files.repository.file_kinds(files.snapshot, paths)?;
                let of_file = |(size, kind): (Option<u64>, _)| size.filter(|_| kind == Some(FileKind::File));
                Ok(sizes.into_iter().zip(kinds).map(of_file).collect())
            }
        }
    }

    /// Returns the ids of the organizations that have files, in order.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn organizations(&self) -> Result<Vec<String>, Error> {
        match self {
            // Something other than a folder is reported by another rule, and contains no organizations.
            Self::WorkTree(desk) => match desk.root.join(layout::ORGANIZATIONS).symlink_metadata() {
                Ok(metadata) if !metadata.is_dir() && !desk.has_pending() => Ok(Vec::new()),
                _ => desk.policy().organization_ids(),
            },
            Self::Git(files) => {
                let entries = files.repository.list(files.snapshot, layout::ORGANIZATIONS)?;
                let id = |name: &str| layout::organization_of_name(name).map(str::to_owned);
                Ok(entries.iter().filter_map(|entry| id(&entry.name)).collect())
            }
        }
    }
}

impl GitSource<'_> {
    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let name = match self.known.get(path) {
            Some((FileKind::File, Some(object))) => object.clone(),
            Some((FileKind::File, None)) | None => self.repository.name_at(self.snapshot, path)?,
            Some((FileKind::Link, _)) => return Err(damage(path, ReadErrorKind::Symlink)),
            Some(_) => return Err(damage(path, ReadErrorKind::NotAFile)),
        };
        Ok(self.repository.blob(&name)?)
    }
}

fn damage(path: &str, kind: ReadErrorKind) -> Error {
    Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } }
}

/// Returns the size of a file in a work tree; none if it is not a plain file, or below a symbolic link.
fn size_in(root: &Path, path: &str) -> Option<u64> {
    let is_folder = |end| root.join(&path[..end]).symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
    if !path.match_indices('/').all(|(end, _)| is_folder(end)) {
        return None;
    }
    let metadata = root.join(path).symlink_metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}
