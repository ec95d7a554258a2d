//! Reading tickets: one, all of them, or the one that a word of the command line names.
//!
//! A command that was interrupted is read as if it were complete, because the next writer will complete it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::domain::id::Id;
use crate::domain::people::visibility::{redacted_entries, without_texts_redacted_later};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::files::{Dir, FileReadError, read_plain};
use crate::store::git::{Repository, Snapshot, WorkTreeState};
use crate::store::layout;
use crate::store::layout::MonthDir;
use crate::store::yaml::{self, ReadError, ReadErrorKind};

use super::Reader;
use super::parallel::in_order;
use super::summaries::{Selection, SummaryList};

/// The number of tickets in a batch: enough to be worth a thread.
const BATCH: usize = 32;

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
        self.bytes_at(&layout::ticket_path(id))?.ok_or_else(|| Error::NotFound { word: id.to_string() })
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
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FileReadError::Missing) => Ok(None),
            Err(FileReadError::Damaged(kind)) => {
                Err(Error::Damaged { path: path.to_owned(), damage: ReadError { line: 1, column: 1, kind } })
            }
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

    /// Returns the number of files of the desk that differ from the last commit, and of commits that are not sent; 0 without
    /// a repository.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn work_tree_state(&self) -> Result<WorkTreeState, Error> {
        if !self.desk.state.in_repository() {
            return Ok(WorkTreeState::default());
        }
        Repository::at(&self.desk.root).work_tree_state(".").map_err(Error::from)
    }

    /// Reads a ticket.
    ///
    /// # Errors
    /// Its file is missing or damaged.
    pub fn ticket(&self, id: Id) -> Result<Ticket, Error> {
        let bytes = self.bytes(id)?;
        yaml::read(&bytes, Some(id)).map_err(|damage| self.damaged(id, damage))
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
        list.unreadable.extend(self.unlisted(&listing.misplaced));
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
        in_order(&batches, read, |batch| {
            for read in batch {
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
            Ok(())
        })?;
        Ok(list)
    }

    /// Returns the errors for files that are not tickets, in folders where only tickets belong, and for tickets that are
    /// not checked out.
    pub(crate) fn unlisted(&self, misplaced: &[PathBuf]) -> Vec<UnreadableFile> {
        let misplaced = misplaced.iter().map(|path| self.misplaced(path));
        misplaced.chain(self.desk.left_out_of(layout::TICKETS)).collect()
    }

    /// Returns the error for a file that is not a ticket.
    fn misplaced(&self, path: &Path) -> UnreadableFile {
        let full = self.desk.root.join(path);
        let kind = match full.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => ReadErrorKind::Symlink,
            Ok(metadata) if !metadata.is_file() => ReadErrorKind::NotAFile,
            _ => ReadErrorKind::WrongPlace,
        };
        UnreadableFile { path: path.to_string_lossy().into_owned(), damage: ReadError { line: 1, column: 1, kind } }
    }

    /// Returns the entries that the ticket redacts now. They are concealed at every revision too.
    ///
    /// # Errors
    /// There are redactions, but the file is damaged.
    pub(crate) fn redacted_now(&self, id: Id) -> Result<HashSet<Id>, UnreadableFile> {
        let bytes = self.bytes(id).unwrap_or_default();
        if memchr::memmem::find(&bytes, b"redact").is_none() {
            return Ok(HashSet::new());
        }
        match yaml::read(&bytes, Some(id)) {
            Ok(ticket) => Ok(redacted_entries(&ticket, &HashSet::new())),
            Err(damage) => Err(UnreadableFile { path: layout::ticket_path(id), damage }),
        }
    }

    /// Reads every ticket as it was in a revision of git, without what is redacted now, and collects the results of `keep`.
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
        let repository = Repository::at(&self.desk.root);
        let unknown = |refusal| Error::NoRevision { revision: revision.to_owned(), refusal };
        let commit = repository.commit_of(revision).map_err(unknown)?;
        let mut files = repository.changes(None, Snapshot::Commit(&commit))?;
        files.retain(|file| layout::is_in(&file.path, layout::TICKETS) && file.new.is_some());
        let mut list = TicketList { tickets: Vec::new(), unreadable: Vec::new() };
        for (file, [_, bytes]) in files.iter().zip(repository.versions(&files)?) {
            let read = yaml::read(&bytes.unwrap_or_default(), layout::id_in(&file.path))
                .map_err(|damage| UnreadableFile { path: file.path.clone(), damage })
                .and_then(|ticket| Ok((self.redacted_now(ticket.id)?, ticket)));
            match read {
                Ok((redacted, ticket)) => list.tickets.extend(keep(without_texts_redacted_later(ticket, &redacted))),
                Err(file) => list.unreadable.push(file),
            }
        }
        Ok(list)
    }

    /// Returns whether a ticket has a file, or will have one when an interrupted command is completed.
    pub(crate) fn has_file(&self, id: Id) -> bool {
        let path = layout::ticket_path(id);
        let mut pending = self.desk.pending.iter().flat_map(|pending| &pending.changes);
        pending.any(|change| change.path == path) || self.desk.root.join(path).symlink_metadata().is_ok()
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

    /// Returns the tickets that have an id in the system from which they were imported, and the files that could not be
    /// read.
    pub(crate) fn find_imported(&self, word: &str) -> Result<SummaryList, Error> {
        let has_id = |summary: &Summary| summary.imported_id.as_deref() == Some(word);
        self.select(&Selection::by(&has_id))
    }

    /// Returns the id of the ticket in a file that has another name or place.
    pub(crate) fn id_inside(&self, file: &UnreadableFile) -> Option<Id> {
        match file.damage.kind {
            ReadErrorKind::OtherId { inside } => Some(inside),
            ReadErrorKind::WrongPlace => {
                let bytes = self.bytes_at(&file.path).ok()??;
                yaml::read(&bytes, None).ok().map(|ticket| ticket.id)
            }
            _ => None,
        }
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
