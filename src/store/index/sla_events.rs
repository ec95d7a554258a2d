//! The encoding of SLA events: a byte and the seconds since the previous event for each. Most tickets need fewer than
//! ten.

use super::encoding::{ByteReader, ByteWriter};
use crate::domain::sla::events::{SlaEvent, SlaEventKind, SlaEvents};
use crate::domain::vocabulary::{Priority, Status};

/// The kinds of events, in the upper four bits of the byte. The lower four are a place in a vocabulary.
const ANSWERED: u8 = 0 << 4;
const ASKED: u8 = 1 << 4;
const MOVED: u8 = 2 << 4;
const PRIORITY: u8 = 3 << 4;
const LANGUAGE: u8 = 4 << 4;
const CHANNEL: u8 = 5 << 4;
const WENT_ON: u8 = 6 << 4;
const JOINED: u8 = 7 << 4;
const PARTED: u8 = 8 << 4;

/// Appends the events of a ticket.
pub(super) fn write_events(writer: &mut ByteWriter, events: &SlaEvents) {
    writer.number(events.0.len() as u64);
    let mut previous = 0;
    for event in &events.0 {
        let (byte, text) = match &event.kind {
            SlaEventKind::AgentReplied(status) => (ANSWERED | *status as u8, None),
            SlaEventKind::CustomerReplied(status) => (ASKED | *status as u8, None),
            SlaEventKind::StatusChanged(status) => (MOVED | *status as u8, None),
            SlaEventKind::PriorityWas(priority) => (PRIORITY | *priority as u8, None),
            SlaEventKind::LanguageWas(text) => (LANGUAGE, Some(text)),
            SlaEventKind::ChannelWas(text) => (CHANNEL, Some(text)),
            SlaEventKind::MergedAway => (WENT_ON, None),
            SlaEventKind::SourceMerged => (JOINED, None),
            SlaEventKind::SourceUnmerged => (PARTED, None),
        };
        writer.0.push(byte);
        writer.number(event.after.saturating_sub(previous));
        previous = event.after;
        if let Some(text) = text {
            writer.optional_text(text.as_deref());
        }
    }
}

/// Reads the events of a ticket.
pub(super) fn read_events(reader: &mut ByteReader<'_>) -> Option<SlaEvents> {
    let count: usize = reader.number()?;
    let mut events = Vec::with_capacity(count.min(reader.left()));
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
            LANGUAGE => SlaEventKind::LanguageWas(reader.optional_text()?),
            CHANNEL => SlaEventKind::ChannelWas(reader.optional_text()?),
            WENT_ON => SlaEventKind::MergedAway,
            JOINED => SlaEventKind::SourceMerged,
            PARTED => SlaEventKind::SourceUnmerged,
            _ => return None,
        };
        events.push(SlaEvent { after, kind });
    }
    Some(SlaEvents(events))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_decoded_as_they_were_encoded() {
        let events = [
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
        let events = SlaEvents(events.map(|(after, kind)| SlaEvent { after, kind }).into());
        let mut writer = ByteWriter::default();
        write_events(&mut writer, &events);
        assert_eq!(read_events(&mut ByteReader::of(&writer.0)), Some(events));
        for cut in 0..writer.0.len() {
            assert_eq!(read_events(&mut ByteReader::of(&writer.0[..cut])), None, "{cut}");
        }
    }
}
