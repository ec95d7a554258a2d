//! Summaries of all tickets, read with the help of the index: a file that has not changed is not read again. Without the
//! index, or with `--no-index`, the answers are the same and take longer.

use std::ops::Range;

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::query::{Query, TicketView};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::{Summary, SummaryHeader};
use crate::error::Error;
use crate::store::files::Dir;
use crate::store::index::{FileStamp, Index, IndexBuilder, MonthFolder, MonthTickets, NewRow, Row, Rows};
use crate::store::layout;
use crate::store::layout::MonthDir;
use crate::store::yaml;

use super::Reader;
use super::parallel::in_order;
use super::ticket_ids::{IdListing, IndexError, MonthListing};
use crate::desk::UnreadableFile;
use crate::desk::sla::clocks::SlaEvaluator;

/// The most tickets of a desk that needs no index.
pub(super) const FEW: usize = 32;
/// The number of tickets in a batch.
const BATCH: usize = 1024;
/// The largest file, in bytes, whose header is checked before the whole file is read.
const SMALL_FILE: usize = 1 << 14;

/// Summaries of some tickets, and the files that could not be read.
#[derive(Clone, Debug, Default)]
pub struct SummaryList {
    /// The summaries, in the order of the tickets' ids.
    pub rows: Rows,
    /// The files that could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

/// The query of a pass over the summaries, with what it needs to match them.
pub(crate) struct Selection<'a> {
    /// The query; its texts are not looked at.
    pub query: &'a Query,
    /// The person for whom the query means `is:mine`.
    pub viewer: Option<&'a Person>,
    /// The evaluator of clocks, if the query looks at clocks.
    pub clocks: Option<&'a SlaEvaluator<'a>>,
    /// The condition beside the query.
    pub keep: &'a (dyn Fn(&Summary) -> bool + Sync),
}

impl<'a> Selection<'a> {
    /// Selects every ticket that meets a condition.
    pub(crate) fn by(keep: &'a (dyn Fn(&Summary) -> bool + Sync)) -> Self {
        static EVERY: Query = Query { conditions: Vec::new(), as_of: None };
        Self { query: &EVERY, viewer: None, clocks: None, keep }
    }

    /// Returns whether the header of a summary leaves it possible that the ticket is selected.
    fn may_contain(&self, header: &SummaryHeader) -> bool {
        self.query.matches_header(header) != Some(false)
    }

    /// Returns whether the ticket of a summary is selected.
    fn contains(&self, summary: &Summary) -> bool {
        let clocks = || clocks(self.clocks, summary);
        let ticket = TicketView { summary, viewer: self.viewer, contains_text: &|_| false, clocks: &clocks };
        self.query.matches(&ticket) && (self.keep)(summary)
    }
}

/// Returns the clocks of a ticket; none without an evaluator.
pub(crate) fn clocks(evaluator: Option<&SlaEvaluator<'_>>, summary: &Summary) -> Vec<Clock> {
    evaluator.map(|evaluator| evaluator.clocks(summary)).unwrap_or_default()
}

/// Some tickets of one month.
pub(super) struct Batch<'a> {
    month: &'a MonthDir,
    ids: BatchIds<'a>,
}

enum BatchIds<'a> {
    Rows(Range<usize>),
    Ids(&'a [Id]),
}

impl Batch<'_> {
    /// Returns the tickets, each with its row in the index.
    pub(super) fn rows(&self, index: Option<&Index>) -> Result<Vec<(Id, Option<Row>)>, IndexError> {
        Ok(match (&self.ids, index) {
            (BatchIds::Rows(range), Some(index)) => {
                index.rows(range.clone())?.into_iter().map(|row| (row.id, Some(row))).collect()
            }
            (BatchIds::Ids(ids), Some(index)) => ids.iter().copied().zip(index.rows_of(ids)?).collect(),
            (BatchIds::Ids(ids), None) => ids.iter().map(|id| (*id, None)).collect(),
            (BatchIds::Rows(_), None) => return Err(IndexError::Corrupt),
        })
    }
}

/// The result of reading a batch.
#[derive(Default)]
struct BatchResult {
    found: SummaryList,
    /// The tickets whose files were read. `None` for a file that must not be added to the index: one that is damaged, or
    /// that changed during the pass or just before it.
    read: Vec<(Id, Option<NewRow>)>,
}

/// The time at which a pass began, by the clock of the file system; `None` if nothing is added to the index.
type PassStart = Option<FileStamp>;

impl Reader<'_> {
    /// Returns the summaries of the selected tickets.
    ///
    /// # Errors
    /// As [`Self::load_tickets`].
    pub(crate) fn select(&self, selection: &Selection<'_>) -> Result<SummaryList, Error> {
        if self.desk.pending.is_some() {
            let mut rows = Rows::default();
            let list = self.load_tickets(|ticket| {
                let summary = Summary::from(&ticket);
                if selection.contains(&summary) {
                    rows.push(&summary);
                }
                None::<()>
            })?;
            return Ok(SummaryList { rows, unreadable: list.unreadable });
        }
        self.with_index(|index| self.pass(index, selection))
    }

    /// Reads the summary of every ticket once: from the index if the file has not changed, else from the file.
    fn pass(&self, index: Option<&Index>, selection: &Selection<'_>) -> Result<SummaryList, IndexError> {
        // Taken before any file is read: a file that changed after this time, or just before it, is not added to the index.
        let began = if self.desk.environment.no_index { None } else { self.present() };
        let builds = index.is_none() && began.is_some();
        let listing = self.list_months(index)?;
        let batches = batches(&listing);
        let mut builder = match builds && listing.months.iter().map(MonthListing::len).sum::<usize>() > FEW {
            true => IndexBuilder::begin(self.desk.state.folder()).ok(),
            false => None,
        };
        let mut found = SummaryList::default();
        let mut new_rows = Vec::new();
        let read = |batch: &Batch<'_>| self.read_batch(index, batch, selection, began);
        in_order(&batches, read, |batch| {
            let batch = batch?;
            found.rows.append(batch.found.rows);
            found.unreadable.extend(batch.found.unreadable);
            builder = builder.take().and_then(|mut builder| builder.add_all(&batch.read).is_ok().then_some(builder));
            if index.is_some() {
                new_rows.extend(batch.read.into_iter().filter_map(|(_, row)| row));
            }
            Ok::<_, IndexError>(())
        })?;
        found.unreadable.extend(self.unlisted(&listing.misplaced));
        let is_settled = |folder: &MonthFolder| folder.stamp.is_settled(began);
        match (builder, index) {
            // An index that cannot be written only costs time.
            (Some(builder), _) => {
                let folders: Vec<MonthFolder> =
                    listing.months.iter().map(|month| month.folder).filter(is_settled).collect();
                let _ = builder.finish(&folders);
            }
            (None, Some(index)) => self.add_to_index(index, &listing, &new_rows, is_settled)?,
            (None, None) => {}
        }
        Ok(found)
    }

    /// Adds the summaries that were read to the index; builds a new index if they are many.
    fn add_to_index(
        &self,
        index: &Index,
        listing: &IdListing<'_>,
        new_rows: &[NewRow],
        is_settled: impl Fn(&MonthFolder) -> bool,
    ) -> Result<(), IndexError> {
        let months = listing.listed(&is_settled);
        if new_rows.is_empty() && months.is_empty() {
            return Ok(());
        }
        let is_small = new_rows.len() <= FEW + index.len() / 8;
        if !(is_small && index.add(new_rows, &months)) {
            let folders: Vec<MonthFolder> =
                listing.months.iter().map(|month| month.folder).filter(is_settled).collect();
            let _ = index.rebuild(self.desk.state.folder(), &listing.tickets()?, new_rows, &folders);
        }
        Ok(())
    }

    /// Reads the summaries of a batch of tickets.
    fn read_batch(
        &self,
        index: Option<&Index>,
        batch: &Batch<'_>,
        selection: &Selection<'_>,
        began: PassStart,
    ) -> Result<BatchResult, IndexError> {
        let folder = Dir::open(&batch.month.folder).map_err(Error::io(&batch.month.folder, "list"))?;
        let mut result = BatchResult::default();
        let mut unchanged = Vec::new();
        let mut to_read = Vec::new();
        for (id, row) in batch.rows(index)? {
            let Some(row) = row else {
                to_read.push(id);
                continue;
            };
            let stamp = folder.stamp(&layout::file_name(id)).map_err(Error::io(&batch.month.folder, "look into"))?;
            match row.is_of(stamp) {
                true if !selection.may_contain(&row.header) => {}
                true => unchanged.push(row),
                false => to_read.push(id),
            }
        }
        if let Some(index) = index {
            result.found.rows = index.no_summaries();
            to_read.extend(
                index.decode_matching(&unchanged, &mut result.found.rows, |summary: &Summary| {
                    selection.contains(summary)
                }),
            );
        }
        if !to_read.is_empty() {
            self.read_all(&folder, &to_read, selection, began, &mut result)?;
        }
        Ok(result)
    }

    /// Reads the files of tickets that are not in the index or have changed.
    fn read_all(
        &self,
        folder: &Dir,
        ids: &[Id],
        selection: &Selection<'_>,
        began: PassStart,
        result: &mut BatchResult,
    ) -> Result<(), IndexError> {
        let mut buffers = ReadBuffers {
            small: vec![0; if self.desk.environment.no_index { SMALL_FILE } else { 0 }],
            bytes: Vec::new(),
        };
        let mut read = Rows::default();
        for id in ids {
            let (stamp, summary) = match self.read_summary(folder, *id, &mut buffers, selection) {
                Ok(ReadOutcome::Summary(stamp, summary)) => (stamp, summary),
                Ok(ReadOutcome::Gone) => continue,
                Ok(ReadOutcome::RuledOut) => {
                    result.read.push((*id, None));
                    continue;
                }
                Err(Error::Damaged { path, damage }) => {
                    result.found.unreadable.push(UnreadableFile { path, damage });
                    result.read.push((*id, None));
                    continue;
                }
                Err(other) => return Err(other.into()),
            };
            if selection.contains(&summary) {
                read.push(&summary);
            }
            let stamp = stamp.filter(|stamp| stamp.is_settled(began));
            result.read.push((*id, stamp.map(|stamp| NewRow::of(&summary, stamp))));
        }
        if !read.is_empty() {
            result.found.rows.append(read);
            result.found.rows.sort_by_id();
        }
        Ok(())
    }

    /// Reads the summary of a ticket's file, with the stamp that the file had before if it may be added to the index.
    fn read_summary(
        &self,
        folder: &Dir,
        id: Id,
        buffers: &mut ReadBuffers,
        selection: &Selection<'_>,
    ) -> Result<ReadOutcome, Error> {
        let name = layout::file_name(id);
        if self.desk.environment.no_index
            && let Ok(Some(bytes)) = folder.read_small(&name, &mut buffers.small)
        {
            return self.summary_in(bytes, id, None, selection);
        }
        if let Ok(Some(stamp)) = folder.read(&name, &mut buffers.bytes) {
            return self.summary_in(&buffers.bytes, id, Some(stamp), selection);
        }
        // The general reader finds out what is wrong with the file.
        match self.ticket(id) {
            Ok(ticket) => Ok(ReadOutcome::Summary(None, Box::new(Summary::from(&ticket)))),
            Err(Error::NotFound { .. }) => Ok(ReadOutcome::Gone),
            Err(other) => Err(other),
        }
    }

    /// Reads the summary from the bytes of a file. Without the index the header is checked first.
    fn summary_in(
        &self,
        bytes: &[u8],
        id: Id,
        stamp: Option<FileStamp>,
        selection: &Selection<'_>,
    ) -> Result<ReadOutcome, Error> {
        if self.desk.environment.no_index && rules_out(selection.query, bytes, id) {
            return Ok(ReadOutcome::RuledOut);
        }
        if let Some(summary) = yaml::read_summary(bytes, id) {
            return Ok(ReadOutcome::Summary(stamp, Box::new(summary)));
        }
        match yaml::read_by_library(bytes, Some(id)) {
            Ok(ticket) => Ok(ReadOutcome::Summary(stamp, Box::new(Summary::from(&ticket)))),
            Err(_) if rules_out(selection.query, bytes, id) => Ok(ReadOutcome::RuledOut),
            Err(damage) => Err(self.damaged(id, damage)),
        }
    }
}

/// Buffers for the bytes of files, reused for every file of a batch.
struct ReadBuffers {
    /// The buffer for a small file whose stamp is not needed.
    small: Vec<u8>,
    bytes: Vec<u8>,
}

/// The result of reading a file.
enum ReadOutcome {
    /// The summary, and the stamp of the file.
    Summary(Option<FileStamp>, Box<Summary>),
    /// The header shows that the ticket is not selected; nothing else was read.
    RuledOut,
    /// The file was removed after its folder was listed.
    Gone,
}

/// Returns whether the header of a file shows that the query does not match the ticket. Then its history is not read, and
/// damage in it is not found, with an index and without.
pub(crate) fn rules_out(query: &Query, bytes: &[u8], id: Id) -> bool {
    let header = yaml::read_summary_header(bytes, id);
    header.is_some_and(|header| query.matches_header(&SummaryHeader::from(&header)) == Some(false))
}

/// Divides the tickets into batches, in the order of ids.
pub(super) fn batches<'a>(listing: &'a IdListing<'_>) -> Vec<Batch<'a>> {
    let mut batches = Vec::new();
    for MonthListing { month, tickets, .. } in &listing.months {
        match tickets {
            MonthTickets::Rows(range) => batches.extend(
                range
                    .clone()
                    .step_by(BATCH)
                    .map(|start| Batch { month, ids: BatchIds::Rows(start..(start + BATCH).min(range.end)) }),
            ),
            MonthTickets::Ids(ids) => {
                batches.extend(ids.chunks(BATCH).map(|ids| Batch { month, ids: BatchIds::Ids(ids) }))
            }
        }
    }
    batches
}

impl MonthListing {
    fn len(&self) -> usize {
        match &self.tickets {
            MonthTickets::Rows(range) => range.len(),
            MonthTickets::Ids(ids) => ids.len(),
        }
    }
}
