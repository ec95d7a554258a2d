//! What changed since the index was made, behind it in the same file: rows, and the names in folders. Each piece has a
//! sum of its own, so that one cut short ends the log and harms nothing.

use std::collections::BTreeMap;

use super::FileStamp;
use super::encoding::{ByteReader, ByteWriter, sum};
use super::row;
use super::row::Row;
use crate::domain::id::Id;

/// What the log says, the later word before the earlier.
#[derive(Debug, Default)]
pub(super) struct AppendLog {
    /// Rows that are others now, with their facts.
    pub rows: BTreeMap<Id, (Row, Vec<u8>)>,
    /// Folders that are others now, with the names that came and went.
    pub folders: BTreeMap<(u32, u32), RenamedFolder>,
    /// How many of its bytes make sense.
    pub length: u64,
}

/// A folder since the index was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RenamedFolder {
    pub stamp: FileStamp,
    pub came: Vec<Id>,
    pub went: Vec<Id>,
}

/// Something to be added.
#[derive(Clone, Debug)]
pub(super) enum LogRecord<'a> {
    Row(&'a Row, &'a [u8]),
    Folder(u32, u32, &'a RenamedFolder),
}

impl AppendLog {
    pub fn read(bytes: &[u8]) -> Self {
        let mut log = Self::default();
        let mut reader = ByteReader::of(bytes);
        while log.piece(&mut reader).is_some() {
            log.length = (bytes.len() - reader.left()) as u64;
        }
        log
    }

    fn piece(&mut self, reader: &mut ByteReader<'_>) -> Option<()> {
        let length = u32::from_le_bytes(reader.fixed()?) as usize;
        let expected = u64::from_le_bytes(reader.fixed()?);
        let body = reader.take(length).filter(|body| sum(body) == expected)?;
        let mut reader = ByteReader::of(body);
        match reader.byte()? {
            0 => {
                let row = Row::from_bytes(&reader.fixed::<{ row::SIZE }>()?)?;
                let facts = reader.take(reader.left())?;
                self.rows.insert(row.id, (row, facts.to_vec()));
            }
            1 => {
                let (year, month, stamp) = (reader.number()?, reader.number()?, reader.stamp()?);
                let mut ids = || (0..reader.number::<usize>()?).map(|_| reader.id()).collect::<Option<Vec<Id>>>();
                let (came, went) = (ids()?, ids()?);
                self.folders.insert((year, month), RenamedFolder { stamp, came, went });
            }
            _ => return None,
        }
        Some(())
    }
}

impl LogRecord<'_> {
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut body = ByteWriter::default();
        match self {
            Self::Row(row, facts) => {
                body.0.push(0);
                body.0.extend_from_slice(&row.to_bytes());
                body.0.extend_from_slice(facts);
            }
            Self::Folder(year, month, renamed) => {
                body.0.push(1);
                body.number((*year).into());
                body.number((*month).into());
                body.stamp(renamed.stamp);
                for ids in [&renamed.came, &renamed.went] {
                    body.number(ids.len() as u64);
                    ids.iter().for_each(|id| body.id(*id));
                }
            }
        }
        // Pieces are rows or names of one month; neither comes near four gigabytes.
        out.extend_from_slice(&u32::try_from(body.0.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(&sum(&body.0).to_le_bytes());
        out.extend_from_slice(&body.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_up_to_where_it_makes_no_sense() {
        let id: Id = "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id");
        let (row, stamp) = (Row::unknown(id), FileStamp { size: 1, modified: 2, changed: 3, inode: 4 });
        let renamed = RenamedFolder { stamp, came: vec![id], went: vec![id, id] };
        let mut bytes = Vec::new();
        LogRecord::Row(&row, b"facts").write(&mut bytes);
        let first = bytes.len();
        LogRecord::Folder(2026, 11, &renamed).write(&mut bytes);
        let log = AppendLog::read(&bytes);
        assert_eq!(log.rows[&id], (row, b"facts".to_vec()));
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
