//! The index: a derived file that spares reading what has not changed. Deleting it changes nothing but time.
//!
//! It holds a row per ticket, which is believed only while the file's size, times, inode and change time are what
//! they were, and which is only kept if the file had been left alone for a moment before it was read (as git's index
//! has it: a file as young as the index may change again within the same tick). What changes later is added behind
//! the rest, so that one reply never costs a whole index. Whatever is wrong with it makes it nothing. Must not know
//! queries, people or how a row is shown.

mod append_log;
mod blocks;
mod builder;
mod encoding;
mod entry_locations;
mod file_stamp;
mod row;
mod sla_events;
mod suffixes;
mod summaries;
mod summary;

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::domain::id::{Id, LENGTH};
use crate::domain::ticket::summary::Summary;
use append_log::{AppendLog, LogRecord, RenamedFolder};
use blocks::Blocks;
use encoding::{ByteReader, sum};

pub use builder::IndexBuilder;
pub use entry_locations::{EntryRegister, IdHash};
pub use file_stamp::FileStamp;
pub use row::Row;
pub use summaries::Rows;

/// The index's file name.
const NAME: &str = "index";
/// Says what the file is, and in which version.
const MAGIC: &[u8; 8] = b"casebk\x00\x04";
/// The bytes of the head: the magic, six numbers, and their sum.
const HEAD: usize = 64;
/// A log of so many bytes more than an eighth of the index is time for a new index.
const LONG_LOG: u64 = 1 << 16;

/// What was known when the index was made, and what was added since.
#[derive(Debug)]
pub struct Index {
    file: File,
    path: PathBuf,
    rows: Blocks<{ row::SIZE }>,
    tails: Blocks<{ suffixes::SIZE }>,
    /// With the rows that lie in each.
    folders: Vec<(MonthFolder, Range<usize>)>,
    /// Where the log begins.
    end: u64,
    log: AppendLog,
}

/// The folder of a month, of which every name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFolder {
    /// The year.
    pub year: u32,
    /// The month, from 1.
    pub month: u32,
    /// The folder as it was before it was listed.
    pub stamp: FileStamp,
}

/// The tickets in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonthTickets {
    /// Those of some rows.
    Rows(Range<usize>),
    /// These.
    Ids(Vec<Id>),
}

/// The index turned out to be garbled: nothing it said is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptIndex;

/// What is to be remembered of one file.
#[derive(Clone, Debug)]
pub struct NewRow {
    row: Row,
    facts: Vec<u8>,
}

impl NewRow {
    /// A row as it was read from a file that bore the stamp, and had been left alone.
    pub fn of(row: &Summary, stamp: FileStamp) -> Self {
        let mut facts = Vec::with_capacity(192);
        summary::write_summary(&mut facts, row);
        Self { row: Row::of(row, stamp), facts }
    }

    /// Whose it is.
    pub const fn id(&self) -> Id {
        self.row.id
    }
}

impl Index {
    /// The index of a store, or none where there is none that can be used.
    pub fn load(folder: &Path) -> Option<Self> {
        let path = folder.join(NAME);
        let file = File::open(&path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, 0).ok()?;
        let (numbers, expected) = head.split_at(HEAD - 8);
        if sum(numbers).to_le_bytes() != expected || !numbers.starts_with(MAGIC) {
            return None;
        }
        let mut reader = ByteReader::of(&numbers[MAGIC.len()..]);
        let mut number = || reader.fixed().map(u64::from_le_bytes);
        let (rows, tails, count, table_at, table_length, table_sum) =
            (number()?, number()?, number()?, number()?, number()?, number()?);
        let (count, length) = (usize::try_from(count).ok()?, usize::try_from(table_length).ok()?);
        let mut rest = vec![0; usize::try_from(file.metadata().ok()?.size().checked_sub(table_at)?).ok()?];
        file.read_exact_at(&mut rest, table_at).ok()?;
        let (table, added) = rest.split_at_checked(length).filter(|(table, _)| sum(table) == table_sum)?;
        let mut index = Self {
            file,
            path,
            rows: Blocks { start: rows, count },
            tails: Blocks { start: tails, count },
            folders: Vec::new(),
            end: table_at + table_length,
            log: AppendLog::read(added),
        };
        let mut reader = ByteReader::of(table);
        while reader.left() > 0 {
            let folder = MonthFolder { year: reader.number()?, month: reader.number()?, stamp: reader.stamp()? };
            index.folders.push((folder, reader.number()?..reader.number()?));
        }
        Some(index)
    }

    /// How many rows are before those of an id and what comes behind it.
    fn place(&self, id: Id) -> Option<usize> {
        let id = id.to_bytes();
        self.rows.partition_point(&self.file, |row| row[..16] < id[..])
    }

    /// The tickets in the folder of a month that bears this stamp now, if that can be believed. Names alone: what
    /// is in the files may have changed.
    pub fn cached_month(&self, year: u32, month: u32, stamp: FileStamp) -> Option<MonthTickets> {
        let (folder, range) = self.folders.iter().find(|(folder, _)| (folder.year, folder.month) == (year, month))?;
        let Some(renamed) = self.log.folders.get(&(year, month)) else {
            return (folder.stamp == stamp && stamp != FileStamp::default()).then(|| MonthTickets::Rows(range.clone()));
        };
        if renamed.stamp != stamp {
            return None;
        }
        if renamed.came.is_empty() && renamed.went.is_empty() {
            return Some(MonthTickets::Rows(range.clone()));
        }
        let mut ids: Vec<Id> = self.rows(range.clone()).ok()?.into_iter().map(|row| row.id).collect();
        ids.retain(|id| renamed.went.binary_search(id).is_err());
        ids.extend(&renamed.came);
        ids.sort_unstable();
        Some(MonthTickets::Ids(ids))
    }

    /// The rows of a range, the log's word before the index's.
    ///
    /// # Errors
    /// The index is garbled.
    pub fn rows(&self, range: Range<usize>) -> Result<Vec<Row>, CorruptIndex> {
        let items = self.rows.read(&self.file, range).ok_or(CorruptIndex)?;
        let row = |bytes| Row::from_bytes(bytes).ok_or(CorruptIndex).map(|row| self.newest(row));
        items.iter().map(row).collect()
    }

    fn newest(&self, row: Row) -> Row {
        if self.log.rows.is_empty() {
            return row;
        }
        self.log.rows.get(&row.id).map_or(row, |(newer, _)| *newer)
    }

    /// The rows of some ids in their order, where there are any.
    ///
    /// # Errors
    /// The index is garbled.
    pub fn rows_of(&self, ids: &[Id]) -> Result<Vec<Option<Row>>, CorruptIndex> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        let first = self.place(*first).ok_or(CorruptIndex)?;
        let behind = (self.place(*last).ok_or(CorruptIndex)? + 1).min(self.rows.count);
        let rows = self.rows(first..behind)?;
        let find = |id: &Id| match self.log.rows.get(id) {
            Some((row, _)) => Some(*row),
            None => rows.binary_search_by_key(id, |row| row.id).ok().map(|place| rows[place]),
        };
        Ok(ids.iter().map(find).collect())
    }

    /// Adds the rows to others, each with its facts, if `keep` says so; where facts are not what they were, the row
    /// goes to those that have to be read.
    pub fn decode_matching(&self, rows: &[Row], to: &mut Rows, keep: impl Fn(&Summary) -> bool) -> Vec<Id> {
        let mut to_read = Vec::new();
        let together = self.together(rows);
        let mut buffer = Vec::new();
        for row in rows {
            let facts = match (&together, self.log.rows.get(&row.id)) {
                (_, Some((newer, facts))) if newer == row => Some(facts.as_slice()),
                (Some((start, bytes)), _) => usize::try_from(row.rest.start - start)
                    .ok()
                    .and_then(|start| bytes.get(start..)?.get(..row.rest.length as usize)),
                (None, _) => {
                    buffer.resize(row.rest.length as usize, 0);
                    self.file.read_exact_at(&mut buffer, row.rest.start).ok().map(|()| buffer.as_slice())
                }
            };
            let facts = facts.filter(|facts| short_sum(facts) == row.rest.sum);
            match facts.and_then(|facts| Some((facts, summary::summary_of(row.id, facts)?))) {
                Some((facts, summary)) if keep(&summary) => to.push_packed(&summary, facts),
                Some(_) => {}
                None => to_read.push(row.id),
            }
        }
        to_read
    }

    /// The facts of rows at one stroke, where they lie close together, with the place they begin at.
    fn together(&self, rows: &[Row]) -> Option<(u64, Vec<u8>)> {
        let within = |row: &&Row| !self.log.rows.contains_key(&row.id);
        let starts = rows.iter().filter(within).map(|row| (row.rest.start, u64::from(row.rest.length)));
        let (start, end) =
            starts.fold((u64::MAX, 0), |(from, until), (start, length)| (from.min(start), until.max(start + length)));
        let length = end.checked_sub(start).filter(|length| *length < 1024 * rows.len() as u64)?;
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        self.file.read_exact_at(&mut bytes, start).ok().map(|()| (start, bytes))
    }

    /// The ids that begin or end with a part, among the rows of the index, each with its row's place. Names that
    /// are there no more are for the caller to leave out.
    ///
    /// # Errors
    /// The index is garbled.
    pub fn find_by_part(&self, part: &str) -> Result<Vec<(Id, usize)>, CorruptIndex> {
        let spelled = |fill: &str| format!("{part}{}", fill.repeat(LENGTH - part.len())).parse::<Id>().ok();
        let mut found = Vec::new();
        if let (Some(least), Some(most)) = (spelled("0"), spelled("Z")) {
            let first = self.place(least).ok_or(CorruptIndex)?;
            let behind =
                self.rows.partition_point(&self.file, |row| row[..16] <= most.to_bytes()[..]).ok_or(CorruptIndex)?;
            let rows = self.rows(first..behind)?;
            found.extend(rows.iter().zip(first..).map(|(row, place)| (row.id, place)));
        }
        if let Some((least, behind)) = suffixes::keys_of(part) {
            let place = |key: u64| self.tails.partition_point(&self.file, |item| suffixes::of_item(item).0 < key);
            let range = place(least).ok_or(CorruptIndex)?..place(behind).ok_or(CorruptIndex)?;
            for item in self.tails.read(&self.file, range).ok_or(CorruptIndex)?.iter() {
                let (_, place) = suffixes::of_item(item);
                let row = self.rows(place..place + 1)?;
                found.extend(row.first().filter(|row| row.id.to_string().ends_with(part)).map(|row| (row.id, place)));
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// How many rows it has.
    pub const fn len(&self) -> usize {
        self.rows.count
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.rows.count == 0
    }

    /// Adds what was learned since: rows, and the sorted names in folders. `false` where a new index should be made
    /// instead.
    pub fn add(&self, fresh: &[NewRow], folders: &[(MonthFolder, Vec<Id>)]) -> bool {
        let mut bytes = Vec::new();
        for (folder, ids) in folders {
            let Some(renamed) = self.renamed(folder, ids) else { return false };
            LogRecord::Folder(folder.year, folder.month, &renamed).write(&mut bytes);
        }
        fresh.iter().for_each(|fresh| LogRecord::Row(&fresh.row, &fresh.facts).write(&mut bytes));
        let length = self.log.length + bytes.len() as u64;
        if length > LONG_LOG + self.end / 8 {
            return false;
        }
        // Reading goes on without it: a read-only checkout, another user's, a full disk.
        let _ = self.append(&bytes);
        true
    }

    /// What came and went in a folder since the index was made; `None` for a folder it does not have.
    fn renamed(&self, folder: &MonthFolder, ids: &[Id]) -> Option<RenamedFolder> {
        let is_it =
            |(known, _): &&(MonthFolder, Range<usize>)| (known.year, known.month) == (folder.year, folder.month);
        let (_, range) = self.folders.iter().find(is_it)?;
        let before: Vec<Id> = self.rows(range.clone()).ok()?.into_iter().map(|row| row.id).collect();
        let only = |these: &[Id], those: &[Id]| -> Vec<Id> {
            these.iter().filter(|id| those.binary_search(id).is_err()).copied().collect()
        };
        Some(RenamedFolder { stamp: folder.stamp, came: only(ids, &before), went: only(&before, ids) })
    }

    /// Appends to the log, unless somebody else has done something to the file meanwhile.
    fn append(&self, bytes: &[u8]) -> std::io::Result<()> {
        let place = self.end + self.log.length;
        let file = OpenOptions::new().write(true).open(&self.path)?;
        let (ours, theirs) = (self.file.metadata()?, file.metadata()?);
        if ours.ino() != theirs.ino() || file.try_lock().is_err() {
            return Ok(());
        }
        // Whoever held the lock before may have added something; what a killed one left makes no sense and goes.
        let mut added = vec![0; usize::try_from(file.metadata()?.size().saturating_sub(place)).unwrap_or(0)];
        self.file.read_exact_at(&mut added, place)?;
        if AppendLog::read(&added).length == 0 {
            file.write_all_at(bytes, place)?;
            file.set_len(place + bytes.len() as u64)?;
        }
        Ok(())
    }

    /// Makes a new index of all that is known: of this one, and what was learned since. `names` are the tickets of
    /// the desk in their order.
    ///
    /// # Errors
    /// Nothing can be written, or this index is garbled.
    pub fn rebuild(
        &self,
        folder: &Path,
        names: &[Id],
        fresh: &[NewRow],
        folders: &[MonthFolder],
    ) -> std::io::Result<()> {
        let mut making = IndexBuilder::begin(folder)?;
        for ids in names.chunks(1024) {
            let rows = self.rows_of(ids).map_err(|_| std::io::Error::other("garbled"))?;
            for (id, row) in ids.iter().zip(rows) {
                if let Ok(place) = fresh.binary_search_by_key(id, NewRow::id) {
                    making.add_packed(fresh[place].row, &fresh[place].facts)?;
                    continue;
                }
                match row.and_then(|row| Some((row, self.facts_of(&row)?))) {
                    Some((row, facts)) => making.add_packed(row, &facts)?,
                    None => making.add_unreadable(*id),
                }
            }
        }
        making.finish(folders)
    }

    fn facts_of(&self, row: &Row) -> Option<Vec<u8>> {
        if row.stamp == FileStamp::default() {
            return None;
        }
        if let Some((_, facts)) = self.log.rows.get(&row.id).filter(|(newer, _)| newer == row) {
            return Some(facts.clone());
        }
        let mut facts = vec![0; row.rest.length as usize];
        self.file.read_exact_at(&mut facts, row.rest.start).ok()?;
        (short_sum(&facts) == row.rest.sum).then_some(facts)
    }
}

/// A sum for what is short.
fn short_sum(bytes: &[u8]) -> u32 {
    let sum = sum(bytes);
    (sum ^ (sum >> 32)) as u32
}
