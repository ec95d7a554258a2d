//! The log at the end of the index: changed rows, and the names added to and removed from month folders.
//!
//! Each record has its own checksum. A truncated record ends the log, and the records before it stay valid.

use std::collections::BTreeMap;

use super::FileStamp;
use super::encoding::{ByteReader, ByteWriter, sum};
use super::row;
use super::row::Row;
use crate::domain::id::Id;

/// The contents of a log. A later record replaces an earlier one.
#[derive(Debug, Default)]
pub(super) struct AppendLog {
    /// The changed rows, each with its packed summary.
    pub rows: BTreeMap<Id, (Row, Vec<u8>)>,
    /// The changed folders by year and month, with the names added and removed since the index was written.
    pub folders: BTreeMap<(u32, u32), RenamedFolder>,
    /// The number of bytes of valid records.
    pub length: u64,
}

/// The changes of a month folder since the index was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RenamedFolder {
    /// The stamp of the folder after the changes.
    pub stamp: FileStamp,
    /// The tickets that were added, sorted.
    pub added: Vec<Id>,
    /// The tickets that were removed, sorted.
    pub removed: Vec<Id>,
}

/// A record to be appended.
#[derive(Clone, Debug)]
pub(super) enum LogRecord<'a> {
    /// A row and its packed summary.
    Row(&'a Row, &'a [u8]),
    /// A month folder: its year, its month and its changes.
    Folder(u32, u32, &'a RenamedFolder),
}

impl AppendLog {
    /// Parses a log up to the first invalid record.
    pub fn read(bytes: &[u8]) -> Self {
        let mut log = Self::default();
        let mut reader = ByteReader::of(bytes);
        while log.record(&mut reader).is_some() {
            log.length = (bytes.len() - reader.left()) as u64;
        }
        log
    }

    /// Parses a record, and adds it.
    fn record(&mut self, reader: &mut ByteReader<'_>) -> Option<()> {
        let length = u32::from_le_bytes(reader.fixed()?) as usize;
        let expected = u64::from_le_bytes(reader.fixed()?);
        let body = reader.take(length).filter(|body| sum(body) == expected)?;
        let mut reader = ByteReader::of(body);
        match reader.byte()? {
            0 => {
                let row = Row::from_bytes(&reader.fixed::<{ row::SIZE }>()?)?;
                let packed = reader.take(reader.left())?;
                self.rows.insert(row.id, (row, packed.to_vec()));
            }
            1 => {
                let (year, month, stamp) = (reader.number()?, reader.number()?, reader.stamp()?);
                let mut ids = || (0..reader.number::<usize>()?).map(|_| reader.id()).collect::<Option<Vec<Id>>>();
                let (added, removed) = (ids()?, ids()?);
                self.folders.insert((year, month), RenamedFolder { stamp, added, removed });
            }
            _ => return None,
        }
        Some(())
    }
}

impl LogRecord<'_> {
    /// Appends the record to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut body = ByteWriter::default();
        match self {
            Self::Row(row, packed) => {
                body.0.push(0);
                body.0.extend_from_slice(&row.to_bytes());
                body.0.extend_from_slice(packed);
            }
            Self::Folder(year, month, renamed) => {
                body.0.push(1);
                body.number((*year).into());
                body.number((*month).into());
                body.stamp(renamed.stamp);
                for ids in [&renamed.added, &renamed.removed] {
                    body.number(ids.len() as u64);
                    ids.iter().for_each(|id| body.id(*id));
                }
            }
        }
        // A record is a row or the names of one month, which is far less than four gigabytes.
        out.extend_from_slice(&u32::try_from(body.0.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&sum(&body.0).to_le_bytes());
        out.extend_from_slice(&body.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_up_to_the_first_invalid_record() {
        let id: Id = "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id");
        let (row, stamp) = (Row::unknown(id), FileStamp { size: 1, modified: 2, changed: 3, inode: 4 });
        let renamed = RenamedFolder { stamp, added: vec![id], removed: vec![id, id] };
        let mut bytes = Vec::new();
        LogRecord::Row(&row, b"packed").write(&mut bytes);
        let first = bytes.len();
        LogRecord::Folder(2026, 11, &renamed).write(&mut bytes);
        let log = AppendLog::read(&bytes);
        assert_eq!(log.rows[&id], (row, b"packed".to_vec()));
        assert_eq!(log.folders[&(2026, 11)], renamed);
        assert_eq!(log.length, bytes.len() as u64);
        for end in first..bytes.len() {
            let cut = AppendLog::read(&bytes[..end]);
            assert_eq!((cut.rows.len(), cut.folders.len(), cut.length), (1, 0, first as u64));
        }
        bytes[first + 14] ^= 1;
        assert_eq!(AppendLog::read(&bytes).length, first as u64);
    }
}
