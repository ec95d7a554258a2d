//! The part of a row that has one size: whose it is, the stamp of its file, what can be judged at a glance, and where
//! the rest lies.

use chrono::DateTime;

use super::FileStamp;
use super::encoding::{ByteReader, ByteWriter};
use crate::domain::id::Id;
use crate::domain::ticket::summary::{HistorySummary, Summary, SummaryHeader};
use crate::domain::vocabulary::{HoldReason, Priority, Resolution, Status};

/// The bytes of a row.
pub(super) const SIZE: usize = 84;

/// What is known of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The ticket.
    pub id: Id,
    /// The file as it was before it was read; no file's, where what was read cannot be believed again.
    pub(super) stamp: FileStamp,
    /// What can be judged without reading more.
    pub glimpse: SummaryHeader,
    pub(super) rest: FactsRef,
}

/// Where the facts of a row lie among all of them, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FactsRef {
    pub start: u64,
    pub length: u32,
    pub sum: u32,
}

impl Row {
    /// A row whose facts are still to be put somewhere.
    pub(super) fn of(summary: &Summary, stamp: FileStamp) -> Self {
        Self { id: summary.id, stamp, glimpse: SummaryHeader::from(summary), rest: FactsRef::default() }
    }

    /// A ticket of which nothing but the name is known.
    pub(super) fn unknown(id: Id) -> Self {
        let glimpse = SummaryHeader {
            status: Status::Open,
            priority: Priority::S4,
            hold: None,
            resolution: None,
            escalated: false,
            merged: false,
            assigned: false,
            past: None,
        };
        Self { id, stamp: FileStamp::default(), glimpse, rest: FactsRef::default() }
    }

    /// Whether a file that bears this stamp now is the one the row was made of.
    pub fn is_of(&self, stamp: FileStamp) -> bool {
        self.stamp == stamp && stamp != FileStamp::default()
    }

    pub(super) fn to_bytes(self) -> [u8; SIZE] {
        let mut writer = ByteWriter::default();
        writer.id(self.id);
        // Larger files are never read.
        writer.0.extend_from_slice(&u32::try_from(self.stamp.size).unwrap_or(u32::MAX).to_le_bytes());
        for number in
            [self.stamp.modified.cast_unsigned(), self.stamp.changed.cast_unsigned(), self.stamp.inode, self.rest.start]
        {
            writer.0.extend_from_slice(&number.to_le_bytes());
        }
        writer.0.extend_from_slice(&self.rest.length.to_le_bytes());
        writer.0.extend_from_slice(&self.rest.sum.to_le_bytes());
        let glimpse = self.glimpse;
        let nothing = HistorySummary {
            reopened: false,
            created_at: DateTime::UNIX_EPOCH,
            last_activity_at: DateTime::UNIX_EPOCH,
        };
        let past = glimpse.past.unwrap_or(nothing);
        writer.time(past.created_at);
        writer.time(past.last_activity_at);
        let place = |place: Option<u8>| place.map_or(0, |place| place + 1);
        let flags = [glimpse.escalated, glimpse.merged, glimpse.assigned, past.reopened, glimpse.past.is_some()];
        let flags = flags.iter().enumerate().fold(0, |flags, (bit, flag)| flags | u8::from(*flag) << bit);
        writer.0.extend_from_slice(&[glimpse.status as u8, glimpse.priority as u8]);
        writer.0.extend_from_slice(&[place(glimpse.hold.map(|hold| hold as u8))]);
        writer.0.extend_from_slice(&[place(glimpse.resolution.map(|resolution| resolution as u8)), flags]);
        let mut bytes = [0; SIZE];
        bytes[..writer.0.len()].copy_from_slice(&writer.0);
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; SIZE]) -> Option<Self> {
        let mut reader = ByteReader::of(bytes);
        let id = reader.id()?;
        let size = u32::from_le_bytes(reader.fixed()?);
        let mut number = || reader.fixed().map(u64::from_le_bytes);
        let (modified, changed, inode, start) = (number()?, number()?, number()?, number()?);
        let stamp =
            FileStamp { size: size.into(), modified: modified.cast_signed(), changed: changed.cast_signed(), inode };
        let rest =
            FactsRef { start, length: u32::from_le_bytes(reader.fixed()?), sum: u32::from_le_bytes(reader.fixed()?) };
        let (created_at, last_activity_at) = (reader.time()?, reader.time()?);
        let [status, priority, hold, resolution, flags] = reader.fixed()?;
        let place = |place: u8| usize::from(place).checked_sub(1);
        let glimpse = SummaryHeader {
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
        Some(Self { id, stamp, glimpse, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_as_it_went_in() {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let row = Row {
            id: "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id"),
            stamp: FileStamp { size: 70_000, modified: -1, changed: i64::MAX, inode: u64::MAX },
            glimpse: SummaryHeader {
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
            rest: FactsRef { start: 1 << 40, length: 7, sum: u32::MAX },
        };
        assert_eq!(Row::from_bytes(&row.to_bytes()), Some(row));
        let unknown = Row::unknown(row.id);
        assert_eq!(Row::from_bytes(&unknown.to_bytes()), Some(unknown));
        assert!(!unknown.is_of(FileStamp::default()) && row.is_of(row.stamp));
    }
}
