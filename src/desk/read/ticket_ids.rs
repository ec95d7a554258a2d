//! The ids of all tickets, and the lookup of an id by a part of it. With the index a folder that has not changed is not
//! listed, and a suffix is looked up instead of compared with every id.

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crate::domain::id::Id;
use crate::error::Error;
use crate::store::index::{CorruptIndex, FileStamp, Index, MonthFolder, MonthTickets};
use crate::store::layout::{self, MonthDir, TicketListing};
use crate::store::short_id;

use super::Reader;

/// The number of tickets in a batch.
const BATCH: usize = 256;

/// Some tickets of one month; without a month if a command was interrupted.
pub(crate) type TicketBatch = (Option<MonthDir>, Vec<Id>);

/// The tickets in the folders of all months.
pub(crate) struct IdListing<'a> {
    /// The index, if it is used.
    pub index: Option<&'a Index>,
    /// The tickets of each month, in the order of the months.
    pub months: Vec<MonthListing>,
    /// The files that are not tickets, in folders where only tickets belong.
    pub misplaced: Vec<PathBuf>,
    /// The tickets that an interrupted command opened.
    pending: Vec<Id>,
    /// The time just before the first folder was listed, by the clock of the file system, if there is an index.
    began: Option<FileStamp>,
}

/// The tickets in the folder of one month.
pub(crate) struct MonthListing {
    /// The folder of the month.
    pub month: MonthDir,
    /// The tickets.
    pub tickets: MonthTickets,
    /// The folder with its stamp before it was listed; without a stamp if it contains a file that is not a ticket.
    pub folder: MonthFolder,
    /// True if the folder was listed, because the index did not know it as it is.
    pub is_listed: bool,
}

/// The reason why an operation with the index failed.
pub(crate) enum IndexError {
    /// The index is corrupt; the operation can be repeated without it.
    Corrupt,
    /// The operation failed for another reason.
    Error(Error),
}

impl From<CorruptIndex> for IndexError {
    fn from(_: CorruptIndex) -> Self {
        Self::Corrupt
    }
}

impl From<Error> for IndexError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl<'d> Reader<'d> {
    /// Runs an operation with the index, if there is one, and again without it if it proves corrupt.
    ///
    /// # Errors
    /// The error of the operation.
    pub(crate) fn with_index<T>(
        &self,
        operation: impl Fn(Option<&Index>) -> Result<T, IndexError>,
    ) -> Result<T, Error> {
        match operation(self.usable_index()) {
            Ok(done) => return Ok(done),
            Err(IndexError::Error(error)) => return Err(error),
            Err(IndexError::Corrupt) => self.desk.index_is_corrupt.store(true, Ordering::Relaxed),
        }
        match operation(None) {
            Ok(done) => Ok(done),
            Err(IndexError::Error(error)) => Err(error),
            Err(IndexError::Corrupt) => unreachable!("without an index there is none that can be corrupt"),
        }
    }

    /// Returns the index, unless there is none that may be used.
    pub(crate) fn usable_index(&self) -> Option<&'d Index> {
        let usable = || {
            !self.desk.environment.no_index
                && self.desk.pending.is_none()
                && !self.desk.index_is_corrupt.load(Ordering::Relaxed)
        };
        let index = self.desk.index.get_or_init(|| if usable() { Index::load(self.desk.state.folder()) } else { None });
        index.as_ref().filter(|_| usable())
    }

    /// Returns the ids of all tickets, and the files that are not tickets, without reading a file.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn list_tickets(&self) -> Result<TicketListing, Error> {
        self.with_index(|index| {
            let listing = self.list_ids(index)?;
            Ok(TicketListing { tickets: listing.tickets()?, misplaced: listing.misplaced })
        })
    }

    /// Returns the tickets whose ids begin or end with each of several parts.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn find_by_parts(&self, parts: &[String]) -> Result<Vec<Vec<Id>>, Error> {
        self.with_index(|index| {
            let listing = self.list_ids(index)?;
            Ok(parts.iter().map(|part| listing.find_by_part(part)).collect::<Result<_, CorruptIndex>>()?)
        })
    }

    /// Lists the folders of all months, those that have not changed from the index. Notes the names in the others in the
    /// index, so that the next command need not list them.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(crate) fn list_ids<'a>(&self, index: Option<&'a Index>) -> Result<IdListing<'a>, Error> {
        let listing = self.list_months(index)?;
        if let Some(index) = index {
            let months = listing.listed(|folder| folder.stamp.is_settled(listing.began));
            // A folder that is not noted is listed again the next time.
            let _ = months.is_empty() || index.add(&[], &months);
        }
        Ok(listing)
    }

    /// Returns the present by the clock of the file system; `None` if nothing may be written, not even the index.
    pub(super) fn present(&self) -> Option<FileStamp> {
        if self.desk.environment.read_only { None } else { FileStamp::now(self.desk.state.folder()).ok() }
    }

    /// Lists the folders of all months like [`Self::list_ids`], and notes nothing.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub(super) fn list_months<'a>(&self, index: Option<&'a Index>) -> Result<IdListing<'a>, Error> {
        let mut began = None;
        let io = |source| Error::Io { path: self.desk.root.join(layout::TICKETS), attempt: "list", source };
        let (mut listing, mut months) = (TicketListing::default(), Vec::new());
        for month in layout::months(&self.desk.root, &mut listing).map_err(io)? {
            let stamp = month.folder.symlink_metadata().map(|metadata| FileStamp::of(&metadata)).map_err(io)?;
            let folder = MonthFolder { year: month.year, month: month.month, stamp };
            if let Some(tickets) = index.and_then(|index| index.cached_month(&folder)) {
                months.push(MonthListing { month, tickets, folder, is_listed: false });
                continue;
            }
            if index.is_some() && began.is_none() {
                began = self.present();
            }
            let misplaced = listing.misplaced.len();
            let before = std::mem::take(&mut listing.tickets);
            month.list(&self.desk.root, &mut listing).map_err(io)?;
            let mut ids = std::mem::replace(&mut listing.tickets, before);
            ids.sort_unstable();
            // A folder with a misplaced file is listed every time, so that the file is reported every time.
            let stamp = if listing.misplaced.len() == misplaced { stamp } else { FileStamp::default() };
            let folder = MonthFolder { stamp, ..folder };
            months.push(MonthListing { month, tickets: MonthTickets::Ids(ids), folder, is_listed: true });
        }
        listing.misplaced.sort_unstable();
        let opened =
            self.desk.pending.iter().flat_map(|pending| &pending.changes).filter(|change| change.before.is_none());
        let pending = opened.filter_map(|change| layout::id_in(&change.path)).collect();
        Ok(IdListing { index, months, misplaced: listing.misplaced, pending, began })
    }
}

impl IdListing<'_> {
    /// Returns the names in the folders that were listed and whose stamps can be noted in the index.
    pub fn listed(&self, is_settled: impl Fn(&MonthFolder) -> bool) -> Vec<(MonthFolder, Vec<Id>)> {
        let mut months = Vec::new();
        for month in &self.months {
            if let MonthTickets::Ids(ids) = &month.tickets
                && month.is_listed
                && is_settled(&month.folder)
            {
                months.push((month.folder, ids.clone()));
            }
        }
        months
    }

    /// Returns all tickets, in the order of their ids.
    ///
    /// # Errors
    /// The index is corrupt.
    pub fn tickets(&self) -> Result<Vec<Id>, CorruptIndex> {
        let mut ids = self.pending.clone();
        for month in &self.months {
            ids.extend_from_slice(&self.ids(month)?);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Divides the tickets into batches, in the order of their ids.
    ///
    /// # Errors
    /// The index is corrupt.
    pub fn batches(&self) -> Result<Vec<TicketBatch>, CorruptIndex> {
        // A ticket that an interrupted command opened may belong to any month.
        if !self.pending.is_empty() {
            return Ok(self.tickets()?.chunks(BATCH).map(|ids| (None, ids.to_vec())).collect());
        }
        let mut batches = Vec::new();
        for month in &self.months {
            batches.extend(self.ids(month)?.chunks(BATCH).map(|ids| (Some(month.month.clone()), ids.to_vec())));
        }
        Ok(batches)
    }

    /// Returns the tickets of one month.
    fn ids<'l>(&self, month: &'l MonthListing) -> Result<Cow<'l, [Id]>, CorruptIndex> {
        match (&month.tickets, self.index) {
            (MonthTickets::Ids(ids), _) => Ok(Cow::Borrowed(ids)),
            (MonthTickets::Rows(range), Some(index)) => {
                Ok(index.rows(range.clone())?.into_iter().map(|row| row.id).collect())
            }
            (MonthTickets::Rows(_), None) => Err(CorruptIndex),
        }
    }

    /// Returns the ranges of index rows of the months that have not changed.
    fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.months.iter().filter_map(|month| match &month.tickets {
            MonthTickets::Rows(range) => Some(range),
            MonthTickets::Ids(_) => None,
        })
    }

    fn find_by_part(&self, part: &str) -> Result<Vec<Id>, CorruptIndex> {
        let mut found = Vec::new();
        if let Some(index) = self.index {
            let is_current = |row: usize| self.ranges().any(|range| range.contains(&row));
            found.extend(index.find_by_part(part)?.into_iter().filter(|(_, row)| is_current(*row)).map(|(id, _)| id));
        }
        let listed = self.months.iter().filter_map(|month| match &month.tickets {
            MonthTickets::Ids(ids) => Some(ids),
            MonthTickets::Rows(_) => None,
        });
        for ids in listed.chain([&self.pending]) {
            found.extend(short_id::matching(ids, part));
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}
