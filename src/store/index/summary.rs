//! The encoding of summaries.

use super::encoding::{ByteReader, ByteWriter};
use super::sla_events::{read_events, write_events};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{Escalation, Header, Hold};
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::{EscalationReason, HoldReason, Kind, Priority, Resolution, Status};

/// Appends a summary.
pub(super) fn write_summary(out: &mut Vec<u8>, summary: &Summary) {
    let mut writer = ByteWriter(std::mem::take(out));
    write_header(&mut writer, &summary.header);
    writer.number(summary.alerts as u64);
    writer.number(u64::from(summary.reopened));
    writer.time(summary.created_at);
    writer.time(summary.last_activity_at);
    writer.id(summary.version);
    list(&mut writer, summary.assigned_by.as_slice(), |writer, id| writer.id(*id));
    writer.optional_text(summary.imported_id.as_deref());
    write_events(&mut writer, &summary.sla_events);
    *out = writer.0;
}

/// Decodes a summary. `None` if the bytes are invalid.
pub(super) fn read_summary(id: Id, bytes: &[u8]) -> Option<Summary> {
    let mut reader = ByteReader::of(bytes);
    let summary = Summary {
        id,
        header: header_of(&mut reader)?,
        alerts: reader.number()?,
        reopened: reader.number::<u8>()? == 1,
        created_at: reader.time()?,
        last_activity_at: reader.time()?,
        version: reader.id()?,
        assigned_by: items(&mut reader, ByteReader::id)?.pop(),
        imported_id: reader.optional_text()?,
        sla_events: read_events(&mut reader)?,
    };
    (reader.left() == 0).then_some(summary)
}

fn write_header(writer: &mut ByteWriter, header: &Header) {
    writer.text(&header.subject);
    writer.number(place(Kind::ALL, header.kind));
    writer.number(header.status as u64);
    writer.number(header.priority as u64);
    for field in [
        &header.product,
        &header.product_group,
        &header.organization,
        &header.instance,
        &header.channel,
        &header.language,
    ] {
        writer.optional_text(field.as_deref());
    }
    writer.text(header.requester.as_str());
    writer.optional_text(header.assignee.as_ref().map(Person::as_str));
    list(writer, &header.cc, |writer, person| writer.text(person.as_str()));
    list(writer, &header.tags, |writer, tag| writer.text(tag));
    list(writer, header.escalation.as_slice(), |writer, escalation| {
        writer.number(escalation.reason as u64);
        writer.optional_text(escalation.manager.as_ref().map(Person::as_str));
        writer.time(escalation.since);
    });
    list(writer, header.hold.as_slice(), |writer, hold| {
        writer.number(hold.reason as u64);
        writer.optional_text(hold.team.as_deref());
        list(writer, hold.until.as_slice(), |writer, until| writer.time(*until));
    });
    writer.number(place(Resolution::ALL, header.resolution));
    list(writer, header.merged_into.as_slice(), |writer, id| writer.id(*id));
    list(writer, &header.merged_from, |writer, id| writer.id(*id));
    list(writer, header.follow_up_of.as_slice(), |writer, id| writer.id(*id));
    write_fields(writer, &header.fields);
}

fn header_of(reader: &mut ByteReader<'_>) -> Option<Header> {
    let subject = reader.text()?.to_owned();
    let kind = optional(reader, Kind::ALL)?;
    let (status, priority) = (of(reader, Status::ALL)?, of(reader, Priority::ALL)?);
    let (product, product_group) = (reader.optional_text()?, reader.optional_text()?);
    let (organization, instance) = (reader.optional_text()?, reader.optional_text()?);
    let (channel, language) = (reader.optional_text()?, reader.optional_text()?);
    Some(Header {
        subject,
        kind,
        status,
        priority,
        product,
        product_group,
        organization,
        instance,
        requester: Person::from_name(reader.text()?).ok()?,
        assignee: optional_person(reader)?,
        cc: items(reader, |reader| Person::from_name(reader.text()?).ok())?,
        channel,
        language,
        tags: items(reader, |reader| reader.text().map(str::to_owned))?,
        escalation: items(reader, |reader| {
            let reason = of(reader, EscalationReason::ALL)?;
            Some(Escalation { reason, manager: optional_person(reader)?, since: reader.time()? })
        })?
        .pop(),
        hold: items(reader, |reader| {
            let (reason, team) = (of(reader, HoldReason::ALL)?, reader.optional_text()?);
            Some(Hold { reason, team, until: items(reader, ByteReader::time)?.pop() })
        })?
        .pop(),
        resolution: optional(reader, Resolution::ALL)?,
        merged_into: items(reader, ByteReader::id)?.pop(),
        merged_from: items(reader, ByteReader::id)?,
        follow_up_of: items(reader, ByteReader::id)?.pop(),
        fields: fields_of(reader)?,
    })
}

fn optional_person(reader: &mut ByteReader<'_>) -> Option<Option<Person>> {
    match reader.optional_text()? {
        None => Some(None),
        Some(text) => Person::from_name(&text).ok().map(Some),
    }
}

fn list<T>(writer: &mut ByteWriter, items: &[T], mut write: impl FnMut(&mut ByteWriter, &T)) {
    writer.number(items.len() as u64);
    items.iter().for_each(|item| write(writer, item));
}

fn items<'a, T>(reader: &mut ByteReader<'a>, mut read: impl FnMut(&mut ByteReader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let count: usize = reader.number()?;
    let mut items = Vec::with_capacity(count.min(reader.left()));
    for _ in 0..count {
        items.push(read(reader)?);
    }
    Some(items)
}

/// Returns the place of a value in its vocabulary, from 1; 0 for none.
fn place<T: PartialEq>(all: &[T], word: Option<T>) -> u64 {
    word.and_then(|word| all.iter().position(|value| *value == word)).map_or(0, |place| place as u64 + 1)
}

fn optional<T: Copy>(reader: &mut ByteReader<'_>, all: &[T]) -> Option<Option<T>> {
    match reader.number::<usize>()? {
        0 => Some(None),
        place => all.get(place - 1).copied().map(Some),
    }
}

fn of<T: Copy>(reader: &mut ByteReader<'_>, all: &[T]) -> Option<T> {
    all.get(reader.number::<usize>()?).copied()
}

/// Appends custom fields.
fn write_fields(writer: &mut ByteWriter, fields: &Fields) {
    list(writer, fields, |writer, (name, value)| {
        writer.text(name);
        write_value(writer, value);
    });
}

fn fields_of(reader: &mut ByteReader<'_>) -> Option<Fields> {
    items(reader, |reader| Some((reader.text()?.to_owned(), value_of(reader)?)))
}

fn write_value(writer: &mut ByteWriter, value: &Value) {
    match value {
        Value::Null => writer.number(0),
        Value::Bool(flag) => writer.number(1 + u64::from(*flag)),
        Value::Integer(number) => {
            writer.number(3);
            writer.0.extend_from_slice(&number.to_le_bytes());
        }
        Value::Number(number) => {
            writer.number(4);
            writer.0.extend_from_slice(&number.to_le_bytes());
        }
        Value::String(text) => {
            writer.number(5);
            writer.text(text);
        }
        Value::Text(text) => {
            writer.number(6);
            writer.text(text);
        }
        Value::Time(time) => {
            writer.number(7);
            writer.time(*time);
        }
        Value::List(values) => {
            writer.number(8);
            list(writer, values, write_value);
        }
        Value::Map(fields) => {
            writer.number(9);
            write_fields(writer, fields);
        }
    }
}

fn value_of(reader: &mut ByteReader<'_>) -> Option<Value> {
    Some(match reader.number::<u8>()? {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Integer(i128::from_le_bytes(reader.fixed()?)),
        4 => Value::Number(f64::from_le_bytes(reader.fixed()?)),
        5 => Value::String(reader.text()?.to_owned()),
        6 => Value::Text(reader.text()?.to_owned()),
        7 => Value::Time(reader.time()?),
        8 => Value::List(items(reader, value_of)?),
        9 => Value::Map(fields_of(reader)?),
        _ => return None,
    })
}
