//! The rows of an index: the parts of fixed size, with the ticket's id, the stamp of its file, its summary header, and
//! the place of its full summary.

use chrono::DateTime;

use super::FileStamp;
use super::encoding::{ByteReader, ByteWriter};
use crate::domain::id::Id;
use crate::domain::ticket::summary::{HistorySummary, Summary, SummaryHeader};
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};

/// The size of a row in bytes.
pub(super) const SIZE: usize = 84;

/// A row of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The ticket.
    pub id: Id,
    /// The stamp of the file before it was read; the default stamp if the row must not be used.
    pub(super) stamp: FileStamp,
    /// The summary header, by which most queries can be decided.
    pub header: SummaryHeader,
    pub(super) summary: SummaryRef,
}

/// The place of a packed summary in the file, and its checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SummaryRef {
    pub start: u64,
    pub length: u32,
    pub sum: u32,
}

impl Row {
    /// Returns a row whose summary has no place yet.
    pub(super) fn of(summary: &Summary, stamp: FileStamp) -> Self {
        Self { id: summary.id, stamp, header: SummaryHeader::from(summary), summary: SummaryRef::default() }
    }

    /// Returns a row of which only the id is known.
    pub(super) fn unknown(id: Id) -> Self {
        let header = SummaryHeader {
            status: Status::Open,
            priority: Priority::S4,
            hold: None,
            resolution: None,
            escalated: false,
            merged: false,
            assigned: false,
            past: None,
        };
        Self { id, stamp: FileStamp::default(), header, summary: SummaryRef::default() }
    }

    /// Returns true if the row is valid for a file that has this stamp now.
    pub fn is_of(&self, stamp: FileStamp) -> bool {
        self.stamp == stamp && stamp != FileStamp::default()
    }

    /// Encodes the row.
    pub(super) fn to_bytes(self) -> [u8; SIZE] {
        let mut writer = ByteWriter::default();
        writer.id(self.id);
        // Larger files are not read.
        writer.0.extend_from_slice(&u32::try_from(self.stamp.size).unwrap_or(u32::MAX).to_le_bytes());
        for number in [
            self.stamp.modified.cast_unsigned(),
            self.stamp.changed.cast_unsigned(),
            self.stamp.inode,
            self.summary.start,
        ] {
            writer.0.extend_from_slice(&number.to_le_bytes());
        }
        writer.0.extend_from_slice(&self.summary.length.to_le_bytes());
        writer.0.extend_from_slice(&self.summary.sum.to_le_bytes());
        let header = self.header;
        let no_history = HistorySummary {
            reopened: false,
            created_at: DateTime::UNIX_EPOCH,
            last_activity_at: DateTime::UNIX_EPOCH,
        };
        let past = header.past.unwrap_or(no_history);
        writer.time(past.created_at);
        writer.time(past.last_activity_at);
        let place = |place: Option<u8>| place.map_or(0, |place| place + 1);
        let flags = [header.escalated, header.merged, header.assigned, past.reopened, header.past.is_some()];
        let flags = flags.iter().enumerate().fold(0, |flags, (bit, flag)| flags | u8::from(*flag) << bit);
        writer.0.extend_from_slice(&[header.status as u8, header.priority as u8]);
        writer.0.extend_from_slice(&[place(header.hold.map(|hold| hold as u8))]);
        writer.0.extend_from_slice(&[place(header.resolution.map(|resolution| resolution as u8)), flags]);
        let mut bytes = [0; SIZE];
        bytes[..writer.0.len()].copy_from_slice(&writer.0);
        bytes
    }

    /// Decodes a row.
    pub(super) fn from_bytes(bytes: &[u8; SIZE]) -> Option<Self> {
        let mut reader = ByteReader::of(bytes);
        let id = reader.id()?;
        let size = u32::from_le_bytes(reader.fixed()?);
        let mut number = || reader.fixed().map(u64::from_le_bytes);
        let (modified, changed, inode, start) = (number()?, number()?, number()?, number()?);
        let stamp =
            FileStamp { size: size.into(), modified: modified.cast_signed(), changed: changed.cast_signed(), inode };
        let summary =
            SummaryRef { start, length: u32::from_le_bytes(reader.fixed()?), sum: u32::from_le_bytes(reader.fixed()?) };
        let (created_at, last_activity_at) = (reader.time()?, reader.time()?);
        let [status, priority, hold, resolution, flags] = reader.fixed()?;
        let place = |place: u8| usize::from(place).checked_sub(1);
        let header = SummaryHeader {
            status: *Status::ALL.get(usize::from(status))?,
            priority: *Priority::ALL.get(usize::from(priority))?,
            hold: place(hold).and_then(|place| HoldReason::ALL.get(place).copied()),
            resolution: place(resolution).and_then(|place| Resolution::ALL.get(place).copied()),
            escalated: flags & 1 != 0,
            merged: flags & 2 != 0,
            assigned: flags & 4 != 0,
            past: (flags & 16 != 0).then_some(HistorySummary {
                reopened: flags & 8 != 0,
                created_at,
                last_activity_at,
            }),
        };
        Some(Self { id, stamp, header, summary })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_decoded_as_it_was_encoded() {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let row = Row {
            id: "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id"),
            stamp: FileStamp { size: 70_000, modified: -1, changed: i64::MAX, inode: u64::MAX },
            header: SummaryHeader {
                status: Status::Solved,
                priority: Priority::S4,
                hold: Some(HoldReason::Other),
                resolution: Some(Resolution::Agreed),
                escalated: true,
                merged: false,
                assigned: true,
                past: Some(HistorySummary {
                    reopened: false,
                    created_at: time(-5),
                    last_activity_at: time(5_000_000_000),
                }),
            },
            summary: SummaryRef { start: 1 << 40, length: 7, sum: u32::MAX },
        };
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        let unknown = Row::unknown(row.id);
        assert_eq!(Row::from_bytes(&unknown.to_bytes()), Some(unknown));
        assert!(!unknown.is_of(FileStamp::default()) && row.is_of(row.stamp));
    }
}
