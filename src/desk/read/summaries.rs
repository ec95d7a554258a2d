//! Rows of all tickets, with the help of the index: what has not changed is not read again. Without it, or with
//! `--no-index`, the answers are the same and take longer.

use std::ops::Range;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::summary::{Summary, SummaryHeader};
use crate::error::Error;
use crate::store::files::Dir;
use crate::store::index::{FileStamp, Index, IndexBuilder, MonthFolder, MonthTickets, NewRow, Row, Rows};
use crate::store::layout;
use crate::store::layout::MonthDir;
use crate::store::yaml;

use super::Reader;
use super::parallel::{on_every_processor, processors};
use super::ticket_ids::{IdListing, IndexError, MonthListing};
use crate::desk::UnreadableFile;

/// A desk of so few tickets needs no index.
const FEW: usize = 32;
/// How many tickets are looked at in one go.
const SHARE: usize = 1024;
/// Files of so many bytes are judged by their headers before they are read in earnest.
const ROOM: usize = 1 << 14;
/// How many shares are held for each processor before they are put together.
const AHEAD: usize = 8;

/// Rows of some tickets, and the files that could not be read.
#[derive(Clone, Debug, Default)]
pub struct SummaryList {
    /// What could be read, in the order of ids.
    pub rows: Rows,
    /// What could not.
    pub troubles: Vec<UnreadableFile>,
}

/// Which tickets are asked for.
pub(crate) struct SummaryFilter<'a> {
    /// What can be told at a glance; `None` where the row has to be seen.
    pub at_a_glance: &'a (dyn Fn(&SummaryHeader) -> Option<bool> + Sync),
    /// Whether it is one of them.
    pub row: &'a (dyn Fn(&Summary) -> bool + Sync),
}

/// Some tickets of one month.
struct Batch<'a> {
    month: &'a MonthDir,
    names: BatchIds<'a>,
}

enum BatchIds<'a> {
    Rows(Range<usize>),
    Ids(&'a [Id]),
}

/// What came of a share.
#[derive(Default)]
struct BatchResult {
    found: SummaryList,
    /// What was read, and how the file was before; nothing where that may not be remembered: damaged files, and
    /// such as are too young.
    read: Vec<(Id, Option<(FileStamp, Summary)>)>,
}

/// When a pass began, by the clock of the file system; nothing where nothing is to be remembered.
type PassStart = Option<FileStamp>;

impl Reader<'_> {
    /// Rows of the tickets that a person may see.
    ///
    /// # Errors
    /// As [`Self::load_tickets`].
    pub fn summaries(&self, viewer: Option<&Person>) -> Result<SummaryList, Error> {
        let sees_all = self.restricted_viewer(viewer).is_none();
        let memberships = self.desk.policy().memberships_of(viewer)?;
        self.rows_of(&SummaryFilter {
            at_a_glance: &|_| sees_all.then_some(true),
            row: &|row| sees_all || self.may_see(viewer, &memberships, row),
        })
    }

    /// Rows of some tickets.
    pub(crate) fn rows_of(&self, wanted: &SummaryFilter<'_>) -> Result<SummaryList, Error> {
        if self.desk.pending.is_some() {
            let mut rows = Rows::default();
            let census = self.load_tickets(|ticket| {
                let row = Summary::from(&ticket);
                if (wanted.row)(&row) {
                    rows.push(&row);
                }
                None::<()>
            })?;
            return Ok(SummaryList { rows, troubles: census.troubles });
        }
        self.with_index(|index| self.pass(index, wanted))
    }

    /// Looks at every file once.
    fn pass(&self, index: Option<&Index>, wanted: &SummaryFilter<'_>) -> Result<SummaryList, IndexError> {
        // Before anything is looked at: what has changed since, or a moment before, is not remembered.
        let began = if self.desk.environment.no_index { None } else { FileStamp::now(self.desk.state.folder()).ok() };
        let makes = index.is_none() && !self.desk.environment.no_index;
        let roll = self.roll(index)?;
        let shares = shares(&roll);
        let mut making = match makes && roll.months.iter().map(MonthListing::len).sum::<usize>() > FEW {
            true => IndexBuilder::begin(self.desk.state.folder()).ok(),
            false => None,
        };
        let mut found = SummaryList::default();
        let mut fresh = Vec::new();
        for group in shares.chunks(AHEAD * processors()) {
            for seen in on_every_processor(group, |share| self.read_batch(index, share, wanted, began)) {
                let seen = seen?;
                found.rows.append(seen.found.rows);
                found.troubles.extend(seen.found.troubles);
                making = making.and_then(|mut making| making.add_all(&seen.read).is_ok().then_some(making));
                if index.is_some() {
                    let read = seen.read.iter().filter_map(|(_, read)| read.as_ref());
                    fresh.extend(read.map(|(stamp, row)| NewRow::of(row, *stamp)));
                }
            }
        }
        found.troubles.extend(roll.misplaced.iter().map(|path| self.misplaced(path)));
        let old_enough = |folder: &MonthFolder| old_enough(folder.stamp, began);
        match (making, index) {
            // An index that cannot be written is none, and no error.
            (Some(making), _) => {
                let folders: Vec<MonthFolder> =
                    roll.months.iter().map(|listed| listed.folder).filter(old_enough).collect();
                let _ = making.finish(&folders);
            }
            (None, Some(index)) => self.learn(index, &roll, &fresh, old_enough)?,
            (None, None) => {}
        }
        Ok(found)
    }

    /// Adds to the index what was learned; where that is much, makes a new one.
    fn learn(
        &self,
        index: &Index,
        roll: &IdListing<'_>,
        fresh: &[NewRow],
        old_enough: impl Fn(&MonthFolder) -> bool,
    ) -> Result<(), IndexError> {
        let mut news = Vec::new();
        for listed in &roll.months {
            if let MonthTickets::Ids(ids) = &listed.names
                && listed.is_news
                && old_enough(&listed.folder)
            {
                news.push((listed.folder, ids.clone()));
            }
        }
        if fresh.is_empty() && news.is_empty() {
            return Ok(());
        }
        let few = fresh.len() <= FEW + index.len() / 8;
        if !(few && index.add(fresh, &news)) {
            let folders: Vec<MonthFolder> = roll.months.iter().map(|listed| listed.folder).filter(old_enough).collect();
            let _ = index.rebuild(self.desk.state.folder(), &roll.tickets()?, fresh, &folders);
        }
        Ok(())
    }

    /// Looks at a share of the tickets.
    fn read_batch(
        &self,
        index: Option<&Index>,
        share: &Batch<'_>,
        wanted: &SummaryFilter<'_>,
        began: PassStart,
    ) -> Result<BatchResult, IndexError> {
        let folder = Dir::open(&share.month.folder).map_err(Error::io(&share.month.folder, "list"))?;
        let mut seen = BatchResult::default();
        let mut believed = Vec::new();
        let mut to_read = Vec::new();
        let rows: Vec<(Id, Option<Row>)> = match (&share.names, index) {
            (BatchIds::Rows(range), Some(index)) => {
                index.rows(range.clone())?.into_iter().map(|row| (row.id, Some(row))).collect()
            }
            (BatchIds::Ids(ids), Some(index)) => ids.iter().copied().zip(index.rows_of(ids)?).collect(),
            (BatchIds::Ids(ids), None) => ids.iter().map(|id| (*id, None)).collect(),
            (BatchIds::Rows(_), None) => return Err(IndexError::Garbled),
        };
        for (id, row) in rows {
            let Some(row) = row else {
                to_read.push(id);
                continue;
            };
            let stamp = folder.stamp(&layout::file_name(id)).map_err(Error::io(&share.month.folder, "look into"))?;
            match row.is_of(stamp) {
                true if (wanted.at_a_glance)(&row.glimpse) == Some(false) => {}
                true => believed.push(row),
                false => to_read.push(id),
            }
        }
        if let Some(index) = index {
            to_read.extend(index.decode_matching(&believed, &mut seen.found.rows, wanted.row));
        }
        if !to_read.is_empty() {
            self.read_all(&folder, &to_read, wanted, began, &mut seen)?;
        }
        Ok(seen)
    }

    /// Reads what the index does not know.
    fn read_all(
        &self,
        folder: &Dir,
        ids: &[Id],
        wanted: &SummaryFilter<'_>,
        began: PassStart,
        seen: &mut BatchResult,
    ) -> Result<(), IndexError> {
        let mut buffers =
            ReadBuffers { room: vec![0; if self.desk.environment.no_index { ROOM } else { 0 }], bytes: Vec::new() };
        let mut read = Rows::default();
        for id in ids {
            let (stamp, row) = match self.read_row(folder, *id, &mut buffers, wanted) {
                Ok(ReadOutcome::Row(stamp, row)) => (stamp, row),
                Ok(ReadOutcome::Gone) => continue,
                Ok(ReadOutcome::RuledOut) => {
                    seen.read.push((*id, None));
                    continue;
                }
                Err(Error::Damaged { path, damage }) => {
                    seen.found.troubles.push(UnreadableFile { path, damage });
                    seen.read.push((*id, None));
                    continue;
                }
                Err(other) => return Err(other.into()),
            };
            if (wanted.row)(&row) {
                read.push(&row);
            }
            let stamp = stamp.filter(|stamp| old_enough(*stamp, began));
            seen.read.push((*id, stamp.map(|stamp| (stamp, *row))));
        }
        if !read.is_empty() {
            seen.found.rows.append(read);
            seen.found.rows.sort_by_id();
        }
        Ok(())
    }

    /// The row of a ticket's file, and the file's stamp before it was read where it may be remembered.
    fn read_row(
        &self,
        folder: &Dir,
        id: Id,
        buffers: &mut ReadBuffers,
        wanted: &SummaryFilter<'_>,
    ) -> Result<ReadOutcome, Error> {
        let name = layout::file_name(id);
        if self.desk.environment.no_index
            && let Ok(Some(bytes)) = folder.read_small(&name, &mut buffers.room)
        {
            return self.row_in(bytes, id, None, wanted);
        }
        if let Ok(Some(stamp)) = folder.read(&name, &mut buffers.bytes) {
            return self.row_in(&buffers.bytes, id, Some(stamp), wanted);
        }
        // Whatever is odd about it is found out and told by the slower way.
        match self.ticket(id) {
            Ok(ticket) => Ok(ReadOutcome::Row(None, Box::new(Summary::from(&ticket)))),
            Err(Error::NotFound { .. }) => Ok(ReadOutcome::Gone),
            Err(other) => Err(other),
        }
    }

    /// The row in some bytes. Where nothing is to be remembered, the header is asked first.
    fn row_in(
        &self,
        bytes: &[u8],
        id: Id,
        stamp: Option<FileStamp>,
        wanted: &SummaryFilter<'_>,
    ) -> Result<ReadOutcome, Error> {
        if self.desk.environment.no_index && rules_out(&wanted.at_a_glance, bytes, id) {
            return Ok(ReadOutcome::RuledOut);
        }
        if let Some(row) = yaml::read_summary(bytes, id) {
            return Ok(ReadOutcome::Row(stamp, Box::new(row)));
        }
        match yaml::read(bytes, Some(id)) {
            Ok(ticket) => Ok(ReadOutcome::Row(stamp, Box::new(Summary::from(&ticket)))),
            Err(_) if rules_out(&wanted.at_a_glance, bytes, id) => Ok(ReadOutcome::RuledOut),
            Err(damage) => Err(self.damaged(id, damage)),
        }
    }
}

/// Room for the bytes of files, used again and again.
struct ReadBuffers {
    /// For files that are small and need no stamp.
    room: Vec<u8>,
    bytes: Vec<u8>,
}

/// What came of reading a file.
enum ReadOutcome {
    /// Its row, and its stamp.
    Row(Option<FileStamp>, Box<Summary>),
    /// Its header rules it out, and more is not known.
    RuledOut,
    /// Somebody took it away since the folder was listed.
    Gone,
}

/// Whether something had been left alone for a moment when the pass began.
fn old_enough(stamp: FileStamp, began: PassStart) -> bool {
    stamp != FileStamp::default() && began.is_some_and(|began| stamp.is_older_than(began))
}

/// Whether a file's header alone tells that the ticket is not asked for. Then its history is not read, and whatever is
/// wrong with it not found: the same with an index as without.
pub(crate) fn rules_out(at_a_glance: &dyn Fn(&SummaryHeader) -> Option<bool>, bytes: &[u8], id: Id) -> bool {
    let header = yaml::read_summary_header(bytes, id);
    header.is_some_and(|header| at_a_glance(&SummaryHeader::from(&header)) == Some(false))
}

/// The tickets in pieces for the processors, in the order of ids.
fn shares<'a>(roll: &'a IdListing<'_>) -> Vec<Batch<'a>> {
    let mut shares = Vec::new();
    for MonthListing { month, names, .. } in &roll.months {
        match names {
            MonthTickets::Rows(range) => shares.extend(
                range
                    .clone()
                    .step_by(SHARE)
                    .map(|start| Batch { month, names: BatchIds::Rows(start..(start + SHARE).min(range.end)) }),
            ),
            MonthTickets::Ids(ids) => {
                shares.extend(ids.chunks(SHARE).map(|ids| Batch { month, names: BatchIds::Ids(ids) }))
            }
        }
    }
    shares
}

impl MonthListing {
    fn len(&self) -> usize {
        match &self.names {
            MonthTickets::Rows(range) => range.len(),
            MonthTickets::Ids(ids) => ids.len(),
        }
    }
}
