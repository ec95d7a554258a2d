//! The encoding of summaries. It follows from the types. A change of the fields of a ticket makes a new kind of index by
//! itself; a change of another type needs a new version ([`MAGIC`](super::MAGIC)).

use crate::domain::codec::Record;
use crate::domain::id::Id;
use crate::domain::ticket::Header;
use crate::domain::ticket::summary::Summary;

/// Returns the type and version of an index file: two letters, a hash of the names of the header's fields, the version.
pub(super) const fn magic(version: u16) -> [u8; 8] {
    const FACTOR: u32 = 0x0100_0193;
    let (mut hash, mut place) = (0x811c_9dc5_u32, 0);
    while place < Header::FIELDS.len() {
        let name = Header::FIELDS[place].name.as_bytes();
        let mut letter = 0;
        while letter < name.len() {
            hash = (hash ^ name[letter] as u32).wrapping_mul(FACTOR);
            letter += 1;
        }
        // The end of a name.
        hash = hash.wrapping_mul(FACTOR);
        place += 1;
    }
    let ([a, b, c, d], [high, low]) = (hash.to_be_bytes(), version.to_be_bytes());
    [b'c', b'b', a, b, c, d, high, low]
}

/// Appends a summary.
pub(super) fn write_summary(out: &mut Vec<u8>, summary: &Summary) {
    let packed = postcard::to_extend(summary, std::mem::take(out));
    *out = packed.expect("every part of a summary can be encoded, and memory does not refuse bytes");
}

/// Decodes the summary of a ticket. `None` if the bytes are invalid.
pub(super) fn read_summary(id: Id, bytes: &[u8]) -> Option<Summary> {
    let (summary, rest) = postcard::take_from_bytes::<Summary>(bytes).ok()?;
    rest.is_empty().then_some(Summary { id, ..summary })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person::Person;
    use crate::domain::sla::events::{SlaEvent, SlaEventKind, SlaEvents};
    use crate::domain::ticket::action::Action;
    use crate::domain::ticket::entry::Entry;
    use crate::domain::ticket::{Escalation, Hold, OpenFields, Ticket};
    use crate::domain::time::planned::PlannedTime;
    use crate::domain::value::Value;
    use crate::domain::vocabulary::{EscalationReason, HoldReason, Priority, Role, Status};

    fn summary() -> Summary {
        let id: Id = "01M7ZH3CA0AAAAAAAAAAAAAAAA".parse().expect("an id");
        let ana = Person::from_name("ana@acme.example").expect("a person");
        let mut opening = OpenFields::new("画面が遅い".to_owned(), Priority::S2, ana.clone());
        opening.fields = vec![("hw".to_owned(), Value::Integer(-3)), ("of".to_owned(), Value::Number(0.5))];
        opening.imported_id = Some("7".to_owned());
        let entry = Entry::new(id, ana.clone(), Role::Customer, Action::Open(Box::new(opening)));
        let mut summary = Summary::from(&Ticket::opened_by(entry).expect("it opens a ticket"));
        let since = summary.created_at;
        let escalation = Escalation { reason: EscalationReason::BusinessImpact, manager: Some(ana), since };
        summary.header.escalation = Some(escalation);
        summary.header.hold =
            Some(Hold { reason: HoldReason::Other, team: None, until: Some(PlannedTime::Instant(since)) });
        let events = [
            (60, SlaEventKind::AgentReplied(Status::AwaitingReply)),
            (60, SlaEventKind::PriorityWas(Priority::S4)),
            (300, SlaEventKind::LanguageWas(Some("ja".to_owned()))),
            (100_000, SlaEventKind::ChannelWas(None)),
            (100_003, SlaEventKind::MergedAway),
            (u64::MAX, SlaEventKind::StatusChanged(Status::Solved)),
        ];
        summary.sla_events = SlaEvents(events.map(|(after, kind)| SlaEvent { after, kind }).into());
        summary
    }

    #[test]
    fn a_summary_is_decoded_as_it_was_encoded() {
        let (summary, mut bytes) = (summary(), Vec::new());
        write_summary(&mut bytes, &summary);
        assert_eq!(read_summary(summary.id, &bytes), Some(summary.clone()));
        for cut in 0..bytes.len() {
            assert_eq!(read_summary(summary.id, &bytes[..cut]), None, "{cut}");
        }
        bytes.push(0);
        assert_eq!(read_summary(summary.id, &bytes), None);
    }
}
