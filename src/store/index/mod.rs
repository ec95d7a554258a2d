//! The index: a derived file of summaries, which spares reading tickets that have not changed
//! (docs/decisions/0007-index.md). Deleting it costs only time.
//!
//! It contains a row per ticket. A row is valid while the stamp of the file is the same, and is stored only if the file
//! had not changed for a moment before it was read, because a younger file can change again within the same clock tick.
//! Later changes are appended as a log, so that after one reply not the whole index is written. A corrupt index is
//! ignored.
//!
//! # Invariants
//!
//! Queries, viewers and the format of tickets are unknown here.

mod append_log;
mod blocks;
mod builder;
mod encoding;
mod entry_locations;
mod file_stamp;
mod row;
mod suffixes;
mod summaries;
mod summary;
mod texts;

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::id::{Id, LENGTH};
use crate::domain::ticket::summary::Summary;
use append_log::{AppendLog, LogRecord, RenamedFolder};
use blocks::Blocks;
use encoding::ByteReader;

pub use encoding::sum;

pub use builder::IndexBuilder;
pub use entry_locations::{EntryRegister, IdHash};
pub use file_stamp::FileStamp;
pub use row::Row;
pub use summaries::Rows;
pub use texts::{NewTexts, TextsBatch, TextsFile, TextsRecord, TextsWriter};

/// The name of the file in the state directory.
const NAME: &str = "index";
/// The type and version of the file.
const MAGIC: [u8; 8] = summary::magic(9);
/// The size of the header in bytes: the magic, six numbers and their checksum.
const HEAD: usize = 64;
/// The number of bytes by which the log can exceed an eighth of the index, before a new index is written.
const LONG_LOG: u64 = 1 << 16;

/// An index: the rows as they were written, and the changes in the log.
#[derive(Debug)]
pub struct Index {
    file: Arc<File>,
    path: PathBuf,
    rows: Blocks<{ row::SIZE }>,
    suffixes: Blocks<{ suffixes::SIZE }>,
    /// The month folders, each with the range of its rows.
    folders: Vec<(MonthFolder, Range<usize>)>,
    /// The offset of the log.
    end: u64,
    log: AppendLog,
}

/// A month folder all of whose names are in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthFolder {
    /// The year.
    pub year: u32,
    /// The month, from 1.
    pub month: u32,
    /// The stamp of the folder before it was listed.
    pub stamp: FileStamp,
}

impl MonthFolder {
    /// Returns true if both are the folder of the same month.
    pub const fn is_same_month(&self, other: &Self) -> bool {
        self.year == other.year && self.month == other.month
    }
}

/// The tickets in a month folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonthTickets {
    /// The tickets of a range of rows.
    Rows(Range<usize>),
    /// A list of ids, sorted.
    Ids(Vec<Id>),
}

/// A corrupt index, of which nothing can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorruptIndex;

/// A row that is not in the index yet.
#[derive(Clone, Debug)]
pub struct NewRow {
    row: Row,
    packed: Vec<u8>,
}

impl NewRow {
    /// Returns the row of a summary. The stamp is that of its file, which had not changed for a moment before it was
    /// read.
    pub fn of(summary: &Summary, stamp: FileStamp) -> Self {
        let mut packed = Vec::with_capacity(192);
        summary::write_summary(&mut packed, summary);
        Self { row: Row::of(summary, stamp), packed }
    }

    /// Returns the id of the ticket.
    pub const fn id(&self) -> Id {
        self.row.id
    }
}

impl Index {
    /// Opens the index in a state directory. `None` if there is no valid index.
    pub fn load(folder: &Path) -> Option<Self> {
        let path = folder.join(NAME);
        let file = File::open(&path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, 0).ok()?;
        let (numbers, expected) = head.split_at(HEAD - 8);
        if sum(numbers).to_le_bytes() != expected || !numbers.starts_with(&MAGIC) {
            return None;
        }
        let mut reader = ByteReader::of(&numbers[MAGIC.len()..]);
        let mut number = || reader.fixed().map(u64::from_le_bytes);
        let (rows, suffixes, count, table_at, table_length, table_sum) =
            (number()?, number()?, number()?, number()?, number()?, number()?);
        let (count, length) = (usize::try_from(count).ok()?, usize::try_from(table_length).ok()?);
        let mut rest = vec![0; usize::try_from(file.metadata().ok()?.size().checked_sub(table_at)?).ok()?];
        file.read_exact_at(&mut rest, table_at).ok()?;
        let (table, log) = rest.split_at_checked(length).filter(|(table, _)| sum(table) == table_sum)?;
        let mut index = Self {
            file: Arc::new(file),
            path,
            rows: Blocks { start: rows, count },
            suffixes: Blocks { start: suffixes, count },
            folders: Vec::new(),
            end: table_at + table_length,
            log: AppendLog::read(log),
        };
        let mut reader = ByteReader::of(table);
        while reader.left() > 0 {
            let folder = MonthFolder { year: reader.number()?, month: reader.number()?, stamp: reader.stamp()? };
            index.folders.push((folder, reader.number()?..reader.number()?));
        }
        Some(index)
    }

    /// Returns the number of rows before an id. `None` if the index is corrupt.
    fn place(&self, id: Id) -> Option<usize> {
        let id = id.to_bytes();
        self.rows.partition_point(&self.file, |row| row[..16] < id[..])
    }

    /// Returns true if the index has the names in a month folder with its current stamp.
    pub fn knows(&self, folder: &MonthFolder) -> bool {
        let stamp = match self.log.folders.get(&(folder.year, folder.month)) {
            Some(renamed) => Some(renamed.stamp),
            None => self.indexed(folder).map(|(indexed, _)| indexed.stamp),
        };
        stamp == Some(folder.stamp) && folder.stamp != FileStamp::default()
    }

    /// Returns a month folder as it was when the index was written, with the range of its rows.
    fn indexed(&self, folder: &MonthFolder) -> Option<&(MonthFolder, Range<usize>)> {
        self.folders.iter().find(|(indexed, _)| indexed.is_same_month(folder))
    }

    /// Returns the tickets in a month folder with its current stamp. `None` if the index does not have the folder in
    /// that state. The contents of the files may have changed.
    pub fn cached_month(&self, folder: &MonthFolder) -> Option<MonthTickets> {
        let (_, range) = self.indexed(folder).filter(|_| self.knows(folder))?;
        let renamed = self.log.folders.get(&(folder.year, folder.month));
        let Some(renamed) = renamed.filter(|renamed| !renamed.added.is_empty() || !renamed.removed.is_empty()) else {
            return Some(MonthTickets::Rows(range.clone()));
        };
        let mut ids: Vec<Id> = self.rows(range.clone()).ok()?.into_iter().map(|row| row.id).collect();
        ids.retain(|id| renamed.removed.binary_search(id).is_err());
        ids.extend(&renamed.added);
        ids.sort_unstable();
        Some(MonthTickets::Ids(ids))
    }

    /// Reads a range of rows. Rows in the log replace those in the blocks.
    ///
    /// # Errors
    /// The index is corrupt.
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

    /// Reads the rows of some ids, which are sorted; `None` for an id without a row.
    ///
    /// # Errors
    /// The index is corrupt.
    pub fn rows_of(&self, ids: &[Id]) -> Result<Vec<Option<Row>>, CorruptIndex> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        let first = self.place(*first).ok_or(CorruptIndex)?;
        let end = (self.place(*last).ok_or(CorruptIndex)? + 1).min(self.rows.count);
        let rows = self.rows(first..end)?;
        let find = |id: &Id| match self.log.rows.get(id) {
            Some((row, _)) => Some(*row),
            None => rows.binary_search_by_key(id, |row| row.id).ok().map(|place| rows[place]),
        };
        Ok(ids.iter().map(find).collect())
    }

    /// Returns no summaries yet, to which [`Self::decode_matching`] adds some.
    pub fn no_summaries(&self) -> Rows {
        Rows::of_index(&self.file)
    }

    /// Decodes the summaries of some rows, and adds those for which `keep` returns true to `to`. Returns the tickets
    /// whose summaries are corrupt; their files must be read.
    pub fn decode_matching(&self, rows: &[Row], to: &mut Rows, keep: impl Fn(&Summary) -> bool) -> Vec<Id> {
        let mut to_read = Vec::new();
        let range = self.read_range(rows);
        let mut buffer = Vec::new();
        for row in rows {
            let mut offset = row.summary.start;
            let packed = match (&range, self.log.rows.get(&row.id)) {
                (_, Some((newer, packed))) if newer == row => {
                    offset = 0;
                    Some(packed.as_slice())
                }
                (Some((start, bytes)), _) => usize::try_from(row.summary.start - start)
                    .ok()
                    .and_then(|start| bytes.get(start..)?.get(..row.summary.length as usize)),
                (None, _) => {
                    buffer.resize(row.summary.length as usize, 0);
                    self.file.read_exact_at(&mut buffer, row.summary.start).ok().map(|()| buffer.as_slice())
                }
            };
            let packed = packed.filter(|packed| short_sum(packed) == row.summary.sum);
            match packed.and_then(|packed| Some((packed, summary::read_summary(row.id, packed)?))) {
                Some((packed, summary)) if keep(&summary) => to.push_packed(&summary, packed, offset),
                Some(_) => {}
                None => to_read.push(row.id),
            }
        }
        to_read
    }

    /// Reads the packed summaries of some rows at once, if they are close together. Returns the bytes and their offset.
    fn read_range(&self, rows: &[Row]) -> Option<(u64, Vec<u8>)> {
        let in_blocks = |row: &&Row| !self.log.rows.contains_key(&row.id);
        let starts = rows.iter().filter(in_blocks).map(|row| (row.summary.start, u64::from(row.summary.length)));
        let (start, end) =
            starts.fold((u64::MAX, 0), |(from, until), (start, length)| (from.min(start), until.max(start + length)));
        let length = end.checked_sub(start).filter(|length| *length < 4096 * rows.len() as u64)?;
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        self.file.read_exact_at(&mut bytes, start).ok().map(|()| (start, bytes))
    }

    /// Returns the ids that begin or end with a part of an id, each with the place of its row. Tickets that no longer
    /// exist can be among them.
    ///
    /// # Errors
    /// The index is corrupt.
    pub fn find_by_part(&self, part: &str) -> Result<Vec<(Id, usize)>, CorruptIndex> {
        let filled = |fill: &str| format!("{part}{}", fill.repeat(LENGTH - part.len())).parse::<Id>().ok();
        let mut found = Vec::new();
        if let (Some(least), Some(most)) = (filled("0"), filled("Z")) {
            let first = self.place(least).ok_or(CorruptIndex)?;
            let end =
                self.rows.partition_point(&self.file, |row| row[..16] <= most.to_bytes()[..]).ok_or(CorruptIndex)?;
            let rows = self.rows(first..end)?;
            found.extend(rows.iter().zip(first..).map(|(row, place)| (row.id, place)));
        }
        if let Some((least, end)) = suffixes::keys_of(part) {
            let place = |key: u64| self.suffixes.partition_point(&self.file, |item| suffixes::of_item(item).0 < key);
            let range = place(least).ok_or(CorruptIndex)?..place(end).ok_or(CorruptIndex)?;
            for item in self.suffixes.read(&self.file, range).ok_or(CorruptIndex)?.iter() {
                let (_, place) = suffixes::of_item(item);
                let row = self.rows(place..place + 1)?;
                found.extend(row.first().filter(|row| row.id.to_string().ends_with(part)).map(|row| (row.id, place)));
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Returns the number of rows.
    pub const fn len(&self) -> usize {
        self.rows.count
    }

    /// Returns true if there are no rows.
    pub const fn is_empty(&self) -> bool {
        self.rows.count == 0
    }

    /// Appends new rows and the sorted names in month folders to the log. Returns false if a new index should be
    /// written instead.
    pub fn add(&self, new: &[NewRow], folders: &[(MonthFolder, Vec<Id>)]) -> bool {
        let mut bytes = Vec::new();
        for (folder, ids) in folders {
            let Some(renamed) = self.renamed(folder, ids) else { return false };
            LogRecord::Folder(folder.year, folder.month, &renamed).write(&mut bytes);
        }
        new.iter().for_each(|new| LogRecord::Row(&new.row, &new.packed).write(&mut bytes));
        let length = self.log.length + bytes.len() as u64;
        if length > LONG_LOG + self.end / 8 {
            return false;
        }
        // Reading works without the log: in a read-only checkout, for another user, on a full disk.
        let _ = self.append(&bytes);
        true
    }

    /// Appends the new stamps of folders whose names were known, each with the tickets that were opened in it.
    pub fn note(&self, folders: &[(MonthFolder, Vec<Id>)]) {
        let mut bytes = Vec::new();
        for (folder, opened) in folders {
            let mut renamed = self.log.folders.get(&(folder.year, folder.month)).cloned().unwrap_or_default();
            renamed.stamp = folder.stamp;
            renamed.added.extend(opened);
            renamed.added.sort_unstable();
            LogRecord::Folder(folder.year, folder.month, &renamed).write(&mut bytes);
        }
        if self.log.length + bytes.len() as u64 <= LONG_LOG + self.end / 8 {
            // Without the stamps the next reader lists the folders.
            let _ = self.append(&bytes);
        }
    }

    /// Returns the names added to and removed from a folder since the index was written; `None` if the index lacks the
    /// folder.
    fn renamed(&self, folder: &MonthFolder, ids: &[Id]) -> Option<RenamedFolder> {
        let (_, range) = self.indexed(folder)?;
        let before: Vec<Id> = self.rows(range.clone()).ok()?.into_iter().map(|row| row.id).collect();
        let only_in = |one: &[Id], other: &[Id]| -> Vec<Id> {
            one.iter().filter(|id| other.binary_search(id).is_err()).copied().collect()
        };
        Some(RenamedFolder { stamp: folder.stamp, added: only_in(ids, &before), removed: only_in(&before, ids) })
    }

    /// Appends bytes to the log, unless another process has changed the file since it was opened.
    fn append(&self, bytes: &[u8]) -> std::io::Result<()> {
        let place = self.end + self.log.length;
        let file = OpenOptions::new().write(true).open(&self.path)?;
        let (opened, current) = (self.file.metadata()?, file.metadata()?);
        if opened.ino() != current.ino() || file.try_lock().is_err() {
            return Ok(());
        }
        // A process that held the lock before may have appended a record. An incomplete one of a killed process is
        // replaced.
        let mut appended = vec![0; usize::try_from(file.metadata()?.size().saturating_sub(place)).unwrap_or(0)];
        self.file.read_exact_at(&mut appended, place)?;
        if AppendLog::read(&appended).length == 0 {
            file.write_all_at(bytes, place)?;
            file.set_len(place + bytes.len() as u64)?;
        }
        Ok(())
    }

    /// Writes a new index with the rows of this one and some new rows. `names` are all tickets of the desk, sorted.
    ///
    /// # Errors
    /// The file cannot be written, or this index is corrupt.
    pub fn rebuild(&self, folder: &Path, names: &[Id], new: &[NewRow], folders: &[MonthFolder]) -> std::io::Result<()> {
        let mut builder = IndexBuilder::begin(folder)?;
        for ids in names.chunks(1024) {
            let rows = self.rows_of(ids).map_err(|_| std::io::Error::other("the index is corrupt"))?;
            for (id, row) in ids.iter().zip(rows) {
                if let Ok(place) = new.binary_search_by_key(id, NewRow::id) {
                    builder.add_packed(new[place].row, &new[place].packed)?;
                    continue;
                }
                match row.and_then(|row| Some((row, self.packed_of(&row)?))) {
                    Some((row, packed)) => builder.add_packed(row, &packed)?,
                    None => builder.add_unreadable(*id),
                }
            }
        }
        builder.finish(folders)
    }

    /// Returns the packed summary of a row; `None` if it has none or it is corrupt.
    fn packed_of(&self, row: &Row) -> Option<Vec<u8>> {
        if row.stamp == FileStamp::default() {
            return None;
        }
        if let Some((_, packed)) = self.log.rows.get(&row.id).filter(|(newer, _)| newer == row) {
            return Some(packed.clone());
        }
        let mut packed = vec![0; row.summary.length as usize];
        self.file.read_exact_at(&mut packed, row.summary.start).ok()?;
        (short_sum(&packed) == row.summary.sum).then_some(packed)
    }
}

/// Returns a checksum of 32 bits.
fn short_sum(bytes: &[u8]) -> u32 {
    let sum = sum(bytes);
    (sum ^ (sum >> 32)) as u32
}

/// Moves a derived file into its place.
fn publish(out: BufWriter<tempfile::NamedTempFile>, target: &Path) -> io::Result<()> {
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(target)?;
    Ok(())
}
