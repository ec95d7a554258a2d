//! Reading a desk: one ticket, all of them, or the one a word means. Nothing here writes.
//!
//! A command that was interrupted is looked through: readers see it done, as the next writer will make it.

use std::collections::HashSet;
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::people::visibility::customer_view;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::files::{Dir, FileReadError, read_plain};
use crate::store::git::Repository;
use crate::store::layout;
use crate::store::layout::MonthDir;
use crate::store::yaml::{self, ReadError, ReadErrorKind};

use super::Reader;
use super::parallel::{on_every_processor, processors};
use super::summaries::SummaryFilter;

/// How many tickets are read in one go: enough to pay for a thread.
const SHARE: usize = 32;
/// How many shares are held for each processor before they are looked at.
const AHEAD: usize = 4;

/// A file that could not be read, among others that could.
#[derive(Clone, Debug, PartialEq)]
pub struct UnreadableFile {
    /// The file, relative to the root.
    pub path: String,
    /// What is wrong and where.
    pub damage: ReadError,
}

/// All tickets, and the files that could not be read.
#[derive(Clone, Debug, Default)]
pub struct TicketList<T> {
    /// What could be read, in the order of ids.
    pub tickets: Vec<T>,
    /// What could not.
    pub troubles: Vec<UnreadableFile>,
}

impl Reader<'_> {
    /// The bytes of a ticket's file, as a pending command leaves them.
    pub(crate) fn bytes(&self, id: Id) -> Result<Vec<u8>, Error> {
        let path = layout::ticket_path(id);
        let read = read_plain(&self.desk.root, &path);
        if let Some(pending) = &self.desk.pending {
            let bytes = match &read {
                Ok(bytes) => Some(bytes.as_slice()),
                Err(_) => None,
            };
            if let Some(after) = pending.look_through(&path, bytes) {
                return Ok(after.as_bytes().to_vec());
            }
        }
        read.map_err(|not_read| match not_read {
            FileReadError::Missing => Error::NotFound { word: id.to_string() },
            FileReadError::Damaged(kind) => Error::Damaged { path, damage: ReadError { line: 1, column: 1, kind } },
            FileReadError::Io(source) => Error::Io { path: self.desk.root.join(path), attempt: "read", source },
        })
    }

    /// The bytes of a file of the desk, as a pending command leaves them; none where nothing is there.
    pub(crate) fn bytes_at(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let read = read_plain(&self.desk.root, path);
        let there = read.as_ref().ok().map(Vec::as_slice);
        if let Some(after) = self.desk.pending.as_ref().and_then(|pending| pending.look_through(path, there)) {
            return Ok(Some(after.as_bytes().to_vec()));
        }
        let damage = |kind| ReadError { line: 1, column: 1, kind };
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FileReadError::Missing) => Ok(None),
            Err(FileReadError::Damaged(kind)) => Err(Error::Damaged { path: path.to_owned(), damage: damage(kind) }),
            Err(FileReadError::Io(source)) => {
                Err(Error::Io { path: self.desk.root.join(path), attempt: "read", source })
            }
        }
    }

    /// Opens the folder of a month to read many tickets of it. None where a command was interrupted, which is looked
    /// through by the slower way.
    pub(crate) fn open_month(&self, month: &MonthDir) -> Option<Dir> {
        if self.desk.pending.is_some() { None } else { Dir::open(&month.folder).ok() }
    }

    /// The same as [`Self::bytes`], from a folder that is open already where there is one.
    pub(crate) fn bytes_in(&self, folder: Option<&Dir>, id: Id, bytes: &mut Vec<u8>) -> Result<(), Error> {
        match folder.map(|folder| folder.read(&layout::file_name(id), bytes)) {
            Some(Ok(Some(_))) => {}
            // Whatever is odd about it is found out and told by the slower way.
            _ => *bytes = self.bytes(id)?,
        }
        Ok(())
    }

    /// How many files of the desk are not as they are committed; none without a repository.
    ///
    /// # Errors
    /// git refuses.
    pub fn uncommitted(&self) -> Result<usize, Error> {
        if !self.desk.state.in_repository() {
            return Ok(0);
        }
        Repository::at(&self.desk.root).uncommitted(".").map_err(Error::from)
    }

    /// Reads a ticket.
    ///
    /// # Errors
    /// It is not there, or its file is damaged.
    pub fn ticket(&self, id: Id) -> Result<Ticket, Error> {
        let bytes = self.bytes(id)?;
        yaml::read(&bytes, Some(id)).map_err(|damage| self.damaged(id, damage))
    }

    /// The same, as somebody has it.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn ticket_for(&self, id: Id, viewer: Option<&Person>) -> Result<Ticket, Error> {
        let ticket = self.ticket(id)?;
        Ok(if self.restricted_viewer(viewer).is_some() { customer_view(ticket) } else { ticket })
    }

    /// A ticket whose file is damaged.
    pub(crate) fn damaged(&self, id: Id, damage: ReadError) -> Error {
        Error::Damaged { path: layout::ticket_path(id), damage }
    }

    /// Reads every ticket through `keep`; what it leaves out takes no memory.
    ///
    /// # Errors
    /// A folder that cannot be read. Damaged files are told in the census.
    pub fn load_tickets<T>(&self, keep: impl FnMut(Ticket) -> Option<T>) -> Result<TicketList<T>, Error> {
        let names = self.names()?;
        let mut census = self.load_tickets_among(&names.tickets, keep)?;
        census.troubles.extend(names.misplaced.iter().map(|path| self.misplaced(path)));
        Ok(census)
    }

    /// The same for some tickets.
    pub(crate) fn load_tickets_among<T>(
        &self,
        ids: &[Id],
        mut keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let mut census = TicketList { tickets: Vec::new(), troubles: Vec::new() };
        let shares: Vec<&[Id]> = ids.chunks(SHARE).collect();
        let read = |share: &&[Id]| share.iter().map(|id| self.ticket(*id)).collect::<Vec<_>>();
        for group in shares.chunks(AHEAD * processors()) {
            for read in on_every_processor(group, read).into_iter().flatten() {
                match read {
                    Ok(ticket) => {
                        census.tickets.extend(keep(ticket));
                        self.desk.fault_point("read");
                    }
                    Err(Error::Damaged { path, damage }) => census.troubles.push(UnreadableFile { path, damage }),
                    // Somebody took it away since the folder was listed.
                    Err(Error::NotFound { .. }) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(census)
    }

    /// What is wrong with something that is no ticket where only tickets belong.
    pub(crate) fn misplaced(&self, path: &Path) -> UnreadableFile {
        let full = self.desk.root.join(path);
        let kind = match full.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => ReadErrorKind::Symlink,
            Ok(metadata) if !metadata.is_file() => ReadErrorKind::NotAFile,
            _ => ReadErrorKind::WrongPlace,
        };
        UnreadableFile { path: path.to_string_lossy().into_owned(), damage: ReadError { line: 1, column: 1, kind } }
    }

    /// Reads every ticket as it was in a revision of git.
    pub(crate) fn load_tickets_by_id<T>(
        &self,
        revision: &str,
        mut keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        if !self.desk.state.in_repository() {
            return Err(Error::NoRepository { root: self.desk.root.clone() });
        }
        let files = Repository::at(&self.desk.root)
            .files_at(revision, layout::TICKETS)
            .map_err(|refusal| Error::NoRevision { revision: revision.to_owned(), refusal })?;
        let mut census = TicketList { tickets: Vec::new(), troubles: Vec::new() };
        for (path, bytes) in files {
            let id = path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse().ok());
            match yaml::read(&bytes, id) {
                Ok(ticket) => census.tickets.extend(keep(ticket)),
                Err(damage) => census.troubles.push(UnreadableFile { path, damage }),
            }
        }
        Ok(census)
    }

    /// The ticket a word means: a full id, a part of one at either end, or the id it was imported under.
    /// A ticket the person may not see is not found, word for word as one that is not there.
    ///
    /// # Errors
    /// None, several, or a damaged file.
    pub fn find(&self, word: &str, viewer: Option<&Person>) -> Result<Id, Error> {
        let not_found = || Error::NotFound { word: word.to_owned() };
        // Before any ticket is looked for: what is wrong with organisations tells nothing of tickets.
        self.desk.policy().memberships_of(viewer)?;
        let spelled = layout::parse_id_part(word);
        if let Some(Ok(id)) = spelled.as_deref().map(str::parse::<Id>) {
            return if self.can_see(id, viewer)? { Ok(id) } else { Err(not_found()) };
        }
        let mut seen = match spelled {
            Some(part) => self.seen(self.find_by_part(&part)?, viewer)?,
            None => Vec::new(),
        };
        if seen.is_empty() {
            seen = self.seen(self.imported_as(word)?, viewer)?;
        }
        match seen.as_slice() {
            [] => Err(not_found()),
            [id] => Ok(*id),
            _ => Err(Error::Ambiguous { word: word.to_owned(), candidates: seen }),
        }
    }

    /// Those of some tickets that a person may see.
    fn seen(&self, ids: Vec<Id>, viewer: Option<&Person>) -> Result<Vec<Id>, Error> {
        let seen = ids.into_iter().map(|id| Ok(self.can_see(id, viewer)?.then_some(id)));
        seen.filter_map(Result::transpose).collect()
    }

    /// Whether a ticket is there and the person may see it. A damaged one is there for agents, for those who read
    /// without any identity, and for those whose it is by its header.
    pub(crate) fn can_see(&self, id: Id, viewer: Option<&Person>) -> Result<bool, Error> {
        let Some(person) = self.restricted_viewer(viewer) else {
            let pending = self
                .desk
                .pending
                .as_ref()
                .is_some_and(|pending| pending.changes.iter().any(|change| change.path == layout::ticket_path(id)));
            return Ok(pending || self.desk.root.join(layout::ticket_path(id)).symlink_metadata().is_ok());
        };
        match self.ticket(id) {
            Ok(ticket) => Ok(self.may_see(viewer, &*self.desk.policy().memberships(person)?, &Summary::from(&ticket))),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(Error::Damaged { .. }) => Ok(self.sees_header(id, viewer)),
            Err(other) => Err(other),
        }
    }

    /// A ticket's file as it is.
    ///
    /// # Errors
    /// It is not there, or no text.
    pub fn text_of(&self, id: Id) -> Result<String, Error> {
        let path = layout::ticket_path(id);
        let damage = ReadError { line: 1, column: 1, kind: ReadErrorKind::NotUtf8 };
        String::from_utf8(self.bytes(id)?).map_err(|_| Error::Damaged { path, damage })
    }

    /// The ids that tickets of a system have there.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn imported_ids(&self, system: &str) -> Result<HashSet<String>, Error> {
        let mut ids = HashSet::new();
        self.search(system, |ticket| {
            let imported = ticket.opening().filter(|opening| opening.imported_from.as_deref() == Some(system));
            ids.extend(imported.and_then(|opening| opening.imported_id.clone()));
        })?;
        Ok(ids)
    }

    /// The tickets imported under an id.
    fn imported_as(&self, word: &str) -> Result<Vec<Id>, Error> {
        let is_it = |row: &Summary| row.imported_id.as_deref() == Some(word);
        Ok(self.rows_of(&SummaryFilter { at_a_glance: &|_| None, row: &is_it })?.rows.ids().collect())
    }

    /// Visits the tickets whose files hold some words as they are.
    pub(crate) fn search(&self, words: &str, mut visit: impl FnMut(Ticket)) -> Result<(), Error> {
        let finder = memchr::memmem::Finder::new(words);
        for id in self.names()?.tickets {
            match self.bytes(id) {
                Ok(bytes) if finder.find(&bytes).is_some() => {
                    if let Ok(ticket) = yaml::read(&bytes, Some(id)) {
                        visit(ticket);
                    }
                }
                Ok(_) | Err(Error::Damaged { .. } | Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}
