//! Reading tickets: one, all of them, or the one that a word of the command line names.
//!
//! A command that was interrupted is read as if it were complete, because the next writer will complete it.

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
use crate::store::short_id;
use crate::store::yaml::{self, ReadError, ReadErrorKind};

use super::Reader;
use super::parallel::{on_every_processor, processors};
use super::summaries::Selection;

/// The number of tickets in a batch: enough to be worth a thread.
const BATCH: usize = 32;
/// The number of batches per processor that are held before they are handed on.
const AHEAD: usize = 4;

/// A file that could not be read, in a list of files of which others could.
#[derive(Clone, Debug, PartialEq)]
pub struct UnreadableFile {
    /// The file, relative to the root.
    pub path: String,
    /// The error and its position.
    pub damage: ReadError,
}

/// Some tickets, or what was made of them, and the files that could not be read.
#[derive(Clone, Debug, Default)]
pub struct TicketList<T> {
    /// The tickets, in the order of their ids.
    pub tickets: Vec<T>,
    /// The files that could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

impl Reader<'_> {
    /// Returns the bytes of a ticket's file, as an interrupted command leaves them.
    ///
    /// # Errors
    /// The file is missing, not a plain file, or cannot be read.
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

    /// Returns the bytes of a file of the desk, as an interrupted command leaves them; `None` if there is no file.
    ///
    /// # Errors
    /// The file is not a plain file, or cannot be read.
    pub(crate) fn bytes_at(&self, path: &str) -> Result<Option<Vec<u8>>, Error> {
        let read = read_plain(&self.desk.root, path);
        let current = read.as_ref().ok().map(Vec::as_slice);
        if let Some(after) = self.desk.pending.as_ref().and_then(|pending| pending.look_through(path, current)) {
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

    /// Opens the folder of a month to read many tickets of it. `None` if a command was interrupted: then [`Self::bytes`]
    /// must read each file.
    pub(crate) fn open_month(&self, month: &MonthDir) -> Option<Dir> {
        if self.desk.pending.is_some() { None } else { Dir::open(&month.folder).ok() }
    }

    /// Reads the bytes of a ticket's file, from a folder that is open if there is one.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub(crate) fn bytes_in(&self, folder: Option<&Dir>, id: Id, bytes: &mut Vec<u8>) -> Result<(), Error> {
        match folder.map(|folder| folder.read(&layout::file_name(id), bytes)) {
            Some(Ok(Some(_))) => {}
            // The general reader finds out what is wrong with the file.
            _ => *bytes = self.bytes(id)?,
        }
        Ok(())
    }

    /// Returns the number of files of the desk that differ from the last commit; 0 without a repository.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn uncommitted(&self) -> Result<usize, Error> {
        if !self.desk.state.in_repository() {
            return Ok(0);
        }
        Repository::at(&self.desk.root).uncommitted(".").map_err(Error::from)
    }

    /// Reads a ticket.
    ///
    /// # Errors
    /// Its file is missing or damaged.
    pub fn ticket(&self, id: Id) -> Result<Ticket, Error> {
        let bytes = self.bytes(id)?;
        yaml::read(&bytes, Some(id)).map_err(|damage| self.damaged(id, damage))
    }

    /// Reads a ticket as a viewer may see it: for a customer without internal notes.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub fn ticket_for(&self, id: Id, viewer: Option<&Person>) -> Result<Ticket, Error> {
        let ticket = self.ticket(id)?;
        Ok(if self.restricted_viewer(viewer).is_some() { customer_view(ticket) } else { ticket })
    }

    /// Returns the error for a damaged ticket file.
    pub(crate) fn damaged(&self, id: Id, damage: ReadError) -> Error {
        Error::Damaged { path: layout::ticket_path(id), damage }
    }

    /// Reads every ticket and collects the results of `keep`. Tickets for which it returns `None` take no memory. Damaged
    /// files are in the list of unreadable files.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn load_tickets<T>(&self, keep: impl FnMut(Ticket) -> Option<T>) -> Result<TicketList<T>, Error> {
        let listing = self.list_tickets()?;
        let mut list = self.load_tickets_among(&listing.tickets, keep)?;
        list.unreadable.extend(listing.misplaced.iter().map(|path| self.misplaced(path)));
        Ok(list)
    }

    /// Reads some tickets and collects the results of `keep`.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn load_tickets_among<T>(
        &self,
        ids: &[Id],
        mut keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let mut list = TicketList { tickets: Vec::new(), unreadable: Vec::new() };
        let batches: Vec<&[Id]> = ids.chunks(BATCH).collect();
        let read = |batch: &&[Id]| batch.iter().map(|id| self.ticket(*id)).collect::<Vec<_>>();
        for group in batches.chunks(AHEAD * processors()) {
            for read in on_every_processor(group, read).into_iter().flatten() {
                match read {
                    Ok(ticket) => {
                        list.tickets.extend(keep(ticket));
                        self.desk.fault_point("read");
                    }
                    Err(Error::Damaged { path, damage }) => list.unreadable.push(UnreadableFile { path, damage }),
                    // The file was removed after its folder was listed.
                    Err(Error::NotFound { .. }) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(list)
    }

    /// Returns the error for a file that is not a ticket, in a folder where only tickets belong.
    pub(crate) fn misplaced(&self, path: &Path) -> UnreadableFile {
        let full = self.desk.root.join(path);
        let kind = match full.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => ReadErrorKind::Symlink,
            Ok(metadata) if !metadata.is_file() => ReadErrorKind::NotAFile,
            _ => ReadErrorKind::WrongPlace,
        };
        UnreadableFile { path: path.to_string_lossy().into_owned(), damage: ReadError { line: 1, column: 1, kind } }
    }

    /// Reads every ticket as it was in a revision of git, and collects the results of `keep`.
    ///
    /// # Errors
    /// There is no repository, or git does not know the revision.
    pub(crate) fn load_tickets_at<T>(
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
        let mut list = TicketList { tickets: Vec::new(), unreadable: Vec::new() };
        for (path, bytes) in files {
            let id = path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse().ok());
            match yaml::read(&bytes, id) {
                Ok(ticket) => list.tickets.extend(keep(ticket)),
                Err(damage) => list.unreadable.push(UnreadableFile { path, damage }),
            }
        }
        Ok(list)
    }

    /// Returns the ticket that a word names: by its id, by the beginning or end of it, or by the id in the system from which
    /// it was imported. A ticket that the viewer may not see gives the same error as one that does not exist.
    ///
    /// # Errors
    /// There is no such ticket, there are several, or a file is damaged.
    pub fn find(&self, word: &str, viewer: Option<&Person>) -> Result<Id, Error> {
        let not_found = || Error::NotFound { word: word.to_owned() };
        // Read first, so that an error in an organization does not depend on the tickets that exist.
        self.desk.policy().memberships_of(viewer)?;
        let part = short_id::parse_id_part(word);
        if let Some(Ok(id)) = part.as_deref().map(str::parse::<Id>) {
            return if self.can_see(id, viewer)? { Ok(id) } else { Err(not_found()) };
        }
        let mut found = match part {
            Some(part) => self.visible(self.find_by_part(&part)?, viewer)?,
            None => Vec::new(),
        };
        if found.is_empty() {
            found = self.visible(self.find_imported(word)?, viewer)?;
        }
        match found.as_slice() {
            [] => Err(not_found()),
            [id] => Ok(*id),
            _ => Err(Error::Ambiguous { word: word.to_owned(), candidates: found }),
        }
    }

    /// Returns the tickets among some that a viewer may see.
    fn visible(&self, ids: Vec<Id>, viewer: Option<&Person>) -> Result<Vec<Id>, Error> {
        let visible = ids.into_iter().map(|id| Ok(self.can_see(id, viewer)?.then_some(id)));
        visible.filter_map(Result::transpose).collect()
    }

    /// Returns whether a ticket exists and the viewer may see it. A damaged ticket exists for agents, without a viewer, and
    /// for a customer whose ticket it is by its header.
    ///
    /// # Errors
    /// A file cannot be read.
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

    /// Returns the text of a ticket's file.
    ///
    /// # Errors
    /// The file is missing or is not UTF-8.
    pub fn file_text(&self, id: Id) -> Result<String, Error> {
        let path = layout::ticket_path(id);
        let damage = ReadError { line: 1, column: 1, kind: ReadErrorKind::NotUtf8 };
        String::from_utf8(self.bytes(id)?).map_err(|_| Error::Damaged { path, damage })
    }

    /// Returns the ids that the tickets imported from a system have there.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn imported_ids(&self, system: &str) -> Result<HashSet<String>, Error> {
        let mut ids = HashSet::new();
        self.for_each_containing(system, |ticket| {
            let imported = ticket.opening().filter(|opening| opening.imported_from.as_deref() == Some(system));
            ids.extend(imported.and_then(|opening| opening.imported_id.clone()));
        })?;
        Ok(ids)
    }

    /// Returns the tickets that have an id in the system from which they were imported.
    fn find_imported(&self, word: &str) -> Result<Vec<Id>, Error> {
        let has_id = |summary: &Summary| summary.imported_id.as_deref() == Some(word);
        Ok(self.select(&Selection::by(&has_id))?.rows.ids().collect())
    }

    /// Visits the tickets whose files contain a text as it is.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub(crate) fn for_each_containing(&self, text: &str, mut visit: impl FnMut(Ticket)) -> Result<(), Error> {
        let finder = memchr::memmem::Finder::new(text);
        for id in self.list_tickets()?.tickets {
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
