//! A writer of indexes: first the packed summaries as they are produced, then the rows, suffixes and folders.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::encoding::{ByteWriter, sum};
use super::row::{self, Row, SummaryRef};
use super::{HEAD, MAGIC, MonthFolder, NAME, NewRow, blocks, publish, short_sum, suffixes};
use crate::domain::id::Id;
use crate::store::files::new_shared_file;
use crate::store::index::blocks::Blocks;
use crate::store::layout::id_range;
use crate::store::short_id::suffix_key;

/// An index that is being written. If it cannot be written, reading works without it.
#[derive(Debug)]
pub struct IndexBuilder {
    out: BufWriter<tempfile::NamedTempFile>,
    target: PathBuf,
    rows: Vec<[u8; row::SIZE]>,
    ids: Vec<Id>,
    end: u64,
}

impl IndexBuilder {
    /// Creates a temporary file in the state directory.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 16, new_shared_file(folder)?);
        out.write_all(&[0; HEAD])?;
        Ok(Self { out, target: folder.join(NAME), rows: Vec::new(), ids: Vec::new(), end: HEAD as u64 })
    }

    /// Adds tickets in the order of their ids, each with its stamp and summary; none if the summary must not be cached.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn add_all(&mut self, tickets: &[(Id, Option<NewRow>)]) -> io::Result<()> {
        for (id, new) in tickets {
            match new {
                Some(new) => self.add_packed(new.row, &new.packed)?,
                None => self.add_unreadable(*id),
            }
        }
        Ok(())
    }

    /// Adds a ticket of which only the id is known.
    pub(super) fn add_unreadable(&mut self, id: Id) {
        self.ids.push(id);
        self.rows.push(Row::unknown(id).to_bytes());
    }

    /// Adds a ticket with its packed summary.
    pub(super) fn add_packed(&mut self, row: Row, packed: &[u8]) -> io::Result<()> {
        let length = u32::try_from(packed.len()).map_err(io::Error::other)?;
        let summary = SummaryRef { start: self.end, length, sum: short_sum(packed) };
        self.ids.push(row.id);
        self.rows.push(Row { summary, ..row }.to_bytes());
        self.end += u64::from(length);
        self.out.write_all(packed)
    }

    /// Completes the index and moves it into its place. `folders` are the month folders whose names were all added.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self, folders: &[MonthFolder]) -> io::Result<()> {
        let mut head = ByteWriter(MAGIC.to_vec());
        let rows = self.end;
        blocks::write(&mut self.out, &self.rows)?;
        let mut suffixes: Vec<_> =
            self.ids.iter().zip(0..).map(|(id, place)| suffixes::item(suffix_key(*id), place)).collect();
        suffixes.sort_unstable();
        blocks::write(&mut self.out, &suffixes)?;
        let suffixes_at = rows + Blocks::<{ row::SIZE }>::length(self.rows.len()) as u64;
        let folders_at = suffixes_at + Blocks::<{ suffixes::SIZE }>::length(self.rows.len()) as u64;
        let mut table = ByteWriter::default();
        for folder in folders {
            table.number(folder.year.into());
            table.number(folder.month.into());
            table.stamp(folder.stamp);
            let bounds = id_range(folder.year, folder.month).ok_or_else(|| io::Error::other("no month"))?;
            for bound in [bounds.0, bounds.1] {
                table.number(self.ids.partition_point(|id| *id < bound) as u64);
            }
        }
        self.out.write_all(&table.0)?;
        for number in [rows, suffixes_at, self.rows.len() as u64, folders_at, table.0.len() as u64, sum(&table.0)] {
            head.0.extend_from_slice(&number.to_le_bytes());
        }
        let own = sum(&head.0);
        head.0.extend_from_slice(&own.to_le_bytes());
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head.0)?;
        publish(self.out, &self.target)
    }
}
