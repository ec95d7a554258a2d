//! The course of a ticket as bytes and back: for each turn a byte, and the seconds since the turn before. Most tickets
//! take less than ten of them.

use super::encoding::{ByteReader, ByteWriter};
use crate::domain::sla::events::{SlaEvent, SlaEventKind, SlaEvents};
use crate::domain::vocabulary::{Priority, Status};

/// What the upper bits of a turn's byte say; the lower four are a place in a vocabulary.
const ANSWERED: u8 = 0 << 4;
const ASKED: u8 = 1 << 4;
const MOVED: u8 = 2 << 4;
const PRIORITY: u8 = 3 << 4;
const LANGUAGE: u8 = 4 << 4;
const CHANNEL: u8 = 5 << 4;
const WENT_ON: u8 = 6 << 4;
const JOINED: u8 = 7 << 4;
const PARTED: u8 = 8 << 4;

pub(super) fn write_course(writer: &mut ByteWriter, course: &SlaEvents) {
    writer.number(course.0.len() as u64);
    let mut before = 0;
    for turn in &course.0 {
        let (byte, words) = match &turn.kind {
            SlaEventKind::AgentReplied(status) => (ANSWERED | *status as u8, None),
            SlaEventKind::CustomerReplied(status) => (ASKED | *status as u8, None),
            SlaEventKind::StatusChanged(status) => (MOVED | *status as u8, None),
            SlaEventKind::PriorityWas(priority) => (PRIORITY | *priority as u8, None),
            SlaEventKind::LanguageWas(words) => (LANGUAGE, Some(words)),
            SlaEventKind::ChannelWas(words) => (CHANNEL, Some(words)),
            SlaEventKind::MergedAway => (WENT_ON, None),
            SlaEventKind::SourceMerged => (JOINED, None),
            SlaEventKind::SourceUnmerged => (PARTED, None),
        };
        writer.0.push(byte);
        writer.number(turn.after.saturating_sub(before));
        before = turn.after;
        if let Some(words) = words {
            writer.some_words(words.as_deref());
        }
    }
}

pub(super) fn course_of(reader: &mut ByteReader<'_>) -> Option<SlaEvents> {
    let count: usize = reader.number()?;
    let mut turns = Vec::with_capacity(count.min(reader.left()));
    let mut after = 0_u64;
    for _ in 0..count {
        let byte = reader.byte()?;
        after = after.checked_add(reader.number()?)?;
        let status = || Status::ALL.get(usize::from(byte & 0xf)).copied();
        let kind = match byte & 0xf0 {
            ANSWERED => SlaEventKind::AgentReplied(status()?),
            ASKED => SlaEventKind::CustomerReplied(status()?),
            MOVED => SlaEventKind::StatusChanged(status()?),
            PRIORITY => SlaEventKind::PriorityWas(Priority::ALL.get(usize::from(byte & 0xf)).copied()?),
            LANGUAGE => SlaEventKind::LanguageWas(reader.some_words()?),
            CHANNEL => SlaEventKind::ChannelWas(reader.some_words()?),
            WENT_ON => SlaEventKind::MergedAway,
            JOINED => SlaEventKind::SourceMerged,
            PARTED => SlaEventKind::SourceUnmerged,
            _ => return None,
        };
        turns.push(SlaEvent { after, kind });
    }
    Some(SlaEvents(turns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_comes_back_as_it_went_in() {
        let turns = [
            (60, SlaEventKind::AgentReplied(Status::AwaitingReply)),
            (60, SlaEventKind::PriorityWas(Priority::S4)),
            (300, SlaEventKind::LanguageWas(Some("ja".to_owned()))),
            (100_000, SlaEventKind::ChannelWas(None)),
            (100_001, SlaEventKind::SourceMerged),
            (100_002, SlaEventKind::SourceUnmerged),
            (100_003, SlaEventKind::MergedAway),
            (u64::from(u32::MAX) * 3, SlaEventKind::CustomerReplied(Status::Open)),
            (u64::MAX, SlaEventKind::StatusChanged(Status::Solved)),
        ];
        let course = SlaEvents(turns.map(|(after, kind)| SlaEvent { after, kind }).into());
        let mut writer = ByteWriter::default();
        write_course(&mut writer, &course);
        assert_eq!(course_of(&mut ByteReader::of(&writer.0)), Some(course));
        for cut in 0..writer.0.len() {
            assert_eq!(course_of(&mut ByteReader::of(&writer.0[..cut])), None, "{cut}");
        }
    }
}
