//! The roll: which tickets there are, by name alone, and which of them a part of an id means. With the index a folder
//! that has not changed is not listed, and a suffix is looked up rather than compared with every id.

use std::borrow::Cow;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crate::domain::id::Id;
use crate::error::Error;
use crate::store::index::{CorruptIndex, FileStamp, Index, MonthFolder, MonthTickets};
use crate::store::layout::{self, MonthDir, TicketListing};

use super::Reader;

/// How many tickets are read in one go.
const SHARE: usize = 256;

/// Some tickets; those of a desk with an interrupted command have no month.
pub(crate) type TicketBatch = (Option<MonthDir>, Vec<Id>);

/// The names in the folders of months.
pub(crate) struct IdListing<'a> {
    pub index: Option<&'a Index>,
    pub months: Vec<MonthListing>,
    /// What is no ticket, where only tickets belong.
    pub misplaced: Vec<PathBuf>,
    /// Tickets that an interrupted command has opened.
    pending: Vec<Id>,
}

/// The names in one of them.
pub(crate) struct MonthListing {
    pub month: MonthDir,
    pub names: MonthTickets,
    /// The folder before it was listed; one of no stamp where something odd is in it.
    pub folder: MonthFolder,
    /// Whether the index did not know.
    pub is_news: bool,
}

/// Why something with the help of the index was not done.
pub(crate) enum IndexError {
    /// The index was no help.
    Garbled,
    /// It cannot be done.
    Error(Error),
}

impl From<CorruptIndex> for IndexError {
    fn from(_: CorruptIndex) -> Self {
        Self::Garbled
    }
}

impl From<Error> for IndexError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Reader<'_> {
    /// Does something with the help of the index, or without it where it turns out to be garbled.
    pub(crate) fn with_index<T>(&self, work: impl Fn(Option<&Index>) -> Result<T, IndexError>) -> Result<T, Error> {
        let usable = || {
            !self.desk.environment.no_index
                && self.desk.pending.is_none()
                && !self.desk.index_is_corrupt.load(Ordering::Relaxed)
        };
        let index = self.desk.index.get_or_init(|| if usable() { Index::load(self.desk.state.folder()) } else { None });
        match work(index.as_ref().filter(|_| usable())) {
            Ok(done) => return Ok(done),
            Err(IndexError::Error(error)) => return Err(error),
            Err(IndexError::Garbled) => self.desk.index_is_corrupt.store(true, Ordering::Relaxed),
        }
        match work(None) {
            Ok(done) => Ok(done),
            Err(IndexError::Error(error)) => Err(error),
            Err(IndexError::Garbled) => unreachable!("there is no index that could be garbled"),
        }
    }

    /// The tickets there are and the files that are none, without reading one.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn names(&self) -> Result<TicketListing, Error> {
        self.with_index(|index| {
            let roll = self.roll(index)?;
            Ok(TicketListing { tickets: roll.tickets()?, misplaced: roll.misplaced })
        })
    }

    /// The tickets whose ids begin or end with a part.
    pub(crate) fn find_by_part(&self, part: &str) -> Result<Vec<Id>, Error> {
        self.with_index(|index| Ok(self.roll(index)?.find_by_part(part)?))
    }

    /// The same for several parts.
    pub(crate) fn with_parts(&self, parts: &[String]) -> Result<Vec<Vec<Id>>, Error> {
        self.with_index(|index| {
            let roll = self.roll(index)?;
            Ok(parts.iter().map(|part| roll.find_by_part(part)).collect::<Result<_, CorruptIndex>>()?)
        })
    }

    pub(crate) fn roll<'a>(&self, index: Option<&'a Index>) -> Result<IdListing<'a>, Error> {
        let io = |source| Error::Io { path: self.desk.root.join(layout::TICKETS), attempt: "list", source };
        let (mut names, mut months) = (TicketListing::default(), Vec::new());
        for month in layout::months(&self.desk.root, &mut names).map_err(io)? {
            let stamp = month.folder.symlink_metadata().map(|metadata| FileStamp::of(&metadata)).map_err(io)?;
            if let Some(known) = index.and_then(|index| index.cached_month(month.year, month.month, stamp)) {
                let folder = MonthFolder { year: month.year, month: month.month, stamp };
                months.push(MonthListing { month, names: known, folder, is_news: false });
                continue;
            }
            let misplaced = names.misplaced.len();
            let before = std::mem::take(&mut names.tickets);
            month.list(&self.desk.root, &mut names).map_err(io)?;
            let mut ids = std::mem::replace(&mut names.tickets, before);
            ids.sort_unstable();
            // A folder with something odd in it is listed every time, so that it is named every time.
            let stamp = if names.misplaced.len() == misplaced { stamp } else { FileStamp::default() };
            let folder = MonthFolder { year: month.year, month: month.month, stamp };
            months.push(MonthListing { month, names: MonthTickets::Ids(ids), folder, is_news: true });
        }
        names.misplaced.sort_unstable();
        let opened =
            self.desk.pending.iter().flat_map(|pending| &pending.changes).filter(|change| change.before.is_none());
        let id = |path: &str| path.strip_suffix(".yaml")?.rsplit('/').next()?.parse::<Id>().ok();
        let pending = opened.filter_map(|change| id(&change.path)).collect();
        Ok(IdListing { index, months, misplaced: names.misplaced, pending })
    }
}

impl IdListing<'_> {
    /// All tickets, by id.
    pub fn tickets(&self) -> Result<Vec<Id>, CorruptIndex> {
        let mut ids = self.pending.clone();
        for listed in &self.months {
            ids.extend_from_slice(&self.ids(listed)?);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// The tickets in pieces for the processors, in the order of ids.
    pub fn shares(&self) -> Result<Vec<TicketBatch>, CorruptIndex> {
        // What an interrupted command has opened may belong anywhere.
        if !self.pending.is_empty() {
            return Ok(self.tickets()?.chunks(SHARE).map(|ids| (None, ids.to_vec())).collect());
        }
        let mut shares = Vec::new();
        for listed in &self.months {
            shares.extend(self.ids(listed)?.chunks(SHARE).map(|ids| (Some(listed.month.clone()), ids.to_vec())));
        }
        Ok(shares)
    }

    /// The tickets in one folder.
    fn ids<'l>(&self, listed: &'l MonthListing) -> Result<Cow<'l, [Id]>, CorruptIndex> {
        match (&listed.names, self.index) {
            (MonthTickets::Ids(ids), _) => Ok(Cow::Borrowed(ids)),
            (MonthTickets::Rows(range), Some(index)) => {
                Ok(index.rows(range.clone())?.into_iter().map(|row| row.id).collect())
            }
            (MonthTickets::Rows(_), None) => Err(CorruptIndex),
        }
    }

    /// The rows whose names still hold.
    fn ranges(&self) -> impl Iterator<Item = &Range<usize>> {
        self.months.iter().filter_map(|listed| match &listed.names {
            MonthTickets::Rows(range) => Some(range),
            MonthTickets::Ids(_) => None,
        })
    }

    fn find_by_part(&self, part: &str) -> Result<Vec<Id>, CorruptIndex> {
        let mut found = Vec::new();
        if let Some(index) = self.index {
            let holds = |place: usize| self.ranges().any(|range| range.contains(&place));
            found.extend(index.find_by_part(part)?.into_iter().filter(|(_, place)| holds(*place)).map(|(id, _)| id));
        }
        let listed = self.months.iter().filter_map(|listed| match &listed.names {
            MonthTickets::Ids(ids) => Some(ids),
            MonthTickets::Rows(_) => None,
        });
        for ids in listed.chain([&self.pending]) {
            found.extend(layout::matching(ids, part));
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}
