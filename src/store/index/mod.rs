//! The index: a derived file that spares reading what has not changed. Deleting it changes nothing but time.
//!
//! It holds a row per ticket, which is believed only while the file's size, times, inode and change time are what
//! they were, and only if the file was left alone for a moment before the index was made (as git's index has it:
//! a file as young as the index may have changed within the same tick). Whatever is wrong with it makes it nothing.
//! Must not know queries, people or how a row is shown.

mod code;
mod encode;
mod stamp;

use std::fs;
use std::path::Path;

use crate::domain::id::Id;
use crate::domain::summary::Summary;
use crate::store::layout::Month;
use code::{Reader, Writer};

pub use stamp::Stamp;

/// The index's file name.
const NAME: &str = "index";
/// Says what the file is, and in which version.
const MAGIC: &[u8; 8] = b"casebk\x00\x01";

/// What was known when the index was made.
#[derive(Debug, Default)]
pub struct Index {
    bytes: Vec<u8>,
    /// By id.
    rows: Vec<Row>,
    folders: Vec<Folder>,
    made: Stamp,
}

/// What is known of one file.
#[derive(Clone, Copy, Debug)]
struct Row {
    id: Id,
    stamp: Stamp,
    start: usize,
    length: usize,
}

/// What is known of the folder of a month.
#[derive(Clone, Copy, Debug)]
struct Folder {
    year: u32,
    month: u32,
    stamp: Stamp,
}

/// A file with what is known of it, for making an index.
#[derive(Clone, Debug)]
pub struct Known {
    /// The ticket.
    pub id: Id,
    /// The file as it was before it was read.
    pub stamp: Stamp,
    /// Its row.
    pub row: Summary,
}

impl Index {
    /// The index of a store, or an empty one where there is none that can be used.
    pub fn load(folder: &Path) -> Self {
        fs::read(folder.join(NAME)).ok().and_then(Self::of).unwrap_or_default()
    }

    fn of(bytes: Vec<u8>) -> Option<Self> {
        let body = bytes.strip_prefix(MAGIC.as_slice())?;
        let (sum, body) = body.split_at_checked(8)?;
        if code::sum(body).to_le_bytes() != sum {
            return None;
        }
        let mut reader = Reader::of(body);
        let made = reader.stamp()?;
        let folders = (0..reader.number()?)
            .map(|_| Some(Folder { year: reader.number()?, month: reader.number()?, stamp: reader.stamp()? }));
        let folders = folders.collect::<Option<Vec<_>>>()?;
        let count: usize = reader.number()?;
        let mut rows = Vec::with_capacity(count.min(body.len() / 32));
        let mut start = 0_usize;
        for _ in 0..count {
            let (id, stamp, length) = (reader.id()?, reader.stamp()?, reader.number::<usize>()?);
            rows.push(Row { id, stamp, start, length });
            start = start.checked_add(length)?;
        }
        let heap = bytes.len() - reader.left();
        if start != reader.left() {
            return None;
        }
        rows.iter_mut().for_each(|row| row.start += heap);
        Some(Self { bytes, rows, folders, made })
    }

    /// The row of a ticket whose file bears this stamp now, if it can be believed.
    pub fn row(&self, id: Id, stamp: Stamp) -> Option<Summary> {
        let row = &self.rows[self.rows.binary_search_by_key(&id, |row| row.id).ok()?];
        if row.stamp != stamp || !stamp.is_older_than(self.made) {
            return None;
        }
        encode::summary_of(id, self.bytes.get(row.start..row.start + row.length)?)
    }

    /// The tickets in the folder of a month that bears this stamp now, if that can be believed. Names alone: what
    /// is in the files may have changed.
    pub fn ids(&self, year: u32, month: u32, stamp: Stamp, from: Id, until: Id) -> Option<Vec<Id>> {
        let folder = self.folders.iter().find(|folder| (folder.year, folder.month) == (year, month))?;
        if folder.stamp != stamp || !stamp.is_older_than(self.made) {
            return None;
        }
        let place = |id: Id| self.rows.partition_point(|row| row.id < id);
        Some(self.rows[place(from)..place(until)].iter().map(|row| row.id).collect())
    }

    /// How many tickets it knows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it knows nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Makes an index of what is known. `made` is the moment before the first of it was looked at, by the clock of
    /// the file system. An index that cannot be written is none, and no error.
    pub fn write(folder: &Path, made: Stamp, folders: &[(Month, Stamp)], known: &[Known]) {
        let mut body = Writer::default();
        body.stamp(made);
        body.number(folders.len() as u64);
        for (month, stamp) in folders {
            body.number(u64::from(month.year));
            body.number(u64::from(month.month));
            body.stamp(*stamp);
        }
        body.number(known.len() as u64);
        let mut heap = Vec::with_capacity(known.len() * 160);
        for Known { id, stamp, row } in known {
            let start = heap.len();
            encode::write_summary(&mut heap, row);
            body.id(*id);
            body.stamp(*stamp);
            body.number((heap.len() - start) as u64);
        }
        let mut body = body.0;
        body.extend_from_slice(&heap);
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&code::sum(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        let replace = || -> std::io::Result<()> {
            let temporary = tempfile::NamedTempFile::new_in(folder)?;
            fs::write(temporary.path(), &bytes)?;
            temporary.persist(folder.join(NAME))?;
            Ok(())
        };
        // Reading goes on without it: a read-only checkout, another user's, a full disk.
        let _ = replace();
    }
}
