//! From bytes to a ticket: structure first, then values, then types; the first thing wrong is told with its place.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::canonical_reader;
use super::error::{ReadError, ReadErrorKind};
use super::source::Source;
use super::spans::Outline;
use crate::domain::codec::{DecodeError, DecodeErrorKind, PathElement, ticket_from};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::value::{Fields, Value};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 16 << 20;

/// Where lines break for some readers of YAML alone: those of version 1.1. The printer escapes them.
const ODD_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Reads a ticket: quickly where it is spelled as the printer spells it, else by the library. `id` is the one
/// the file is named after.
///
/// # Errors
/// The first damage, with its line and column.
pub fn read(bytes: &[u8], id: Option<Id>) -> Result<Ticket, ReadError> {
    read_with_canonical_flag(bytes, id).map(|(ticket, _)| ticket)
}

/// The same, and whether the file is spelled exactly as the printer spells it.
///
/// # Errors
/// The first damage, with its line and column.
pub fn read_with_canonical_flag(bytes: &[u8], id: Option<Id>) -> Result<(Ticket, bool), ReadError> {
    if bytes.len() as u64 <= LARGEST_FILE
        && let Some(ticket) = canonical_reader::read(bytes).filter(|ticket| id.is_none_or(|id| id == ticket.id))
    {
        return Ok((ticket, true));
    }
    read_by_library(bytes, id).map(|ticket| (ticket, false))
}

/// Reads a ticket in any spelling; what the quick reader is held against.
///
/// # Errors
/// The first damage, with its line and column.
pub fn read_by_library(bytes: &[u8], id: Option<Id>) -> Result<Ticket, ReadError> {
    let source = source_of(bytes)?;
    let outline = Outline::of(&source)?;
    if outline.end_marker.is_none() {
        let (line, last) = source.lines().last().unwrap_or((1, ""));
        return Err(ReadError { line, column: last.chars().count() + 1, kind: ReadErrorKind::NoEndMarker });
    }
    let ticket = ticket_from(value_of(&source)?).map_err(|flaw| locate(&outline, flaw))?;
    match id {
        Some(id) if id != ticket.id => {
            let place = outline.locate(&[PathElement::Name("id".to_owned())], false);
            Err(place.damage(ReadErrorKind::OtherId { inside: ticket.id }))
        }
        _ => Ok(ticket),
    }
}

/// Reads any YAML file of the store that holds no ticket, under the same limits.
///
/// # Errors
/// The first damage, with its line and column.
pub fn read_value(bytes: &[u8]) -> Result<Value, ReadError> {
    let source = source_of(bytes)?;
    Outline::of(&source)?;
    value_of(&source)
}

/// Where the values of some paths stand in a file that could be read: lines and columns from 1. Where a path leads no
/// further, the place of what it leads to.
pub fn places(bytes: &[u8], paths: &[Vec<PathElement>]) -> Vec<(usize, usize)> {
    let outline = source_of(bytes).ok().and_then(|source| Outline::of(&source).ok());
    let place = |path: &Vec<PathElement>| {
        let place = outline.as_ref().map(|outline| outline.locate(path, false));
        place.map_or((1, 1), |place| (place.line, place.column + 1))
    };
    paths.iter().map(place).collect()
}

/// The name a plain word is read as; none where it can be no name.
pub(super) fn name_of(word: &str) -> Option<String> {
    serde_yaml::from_str::<YamlKey>(word).ok().map(|name| name.0)
}

pub(super) fn source_of(bytes: &[u8]) -> Result<Source<'_>, ReadError> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadError { line: 1, column: 1, kind: ReadErrorKind::TooLarge { limit: LARGEST_FILE } });
    }
    let source = Source::of(bytes)?;
    // One reader would see entries where another sees a comment, or a text.
    match source.text.char_indices().find(|(_, c)| ODD_BREAKS.contains(c)) {
        Some((offset, c)) => {
            let (line, column) = source.place(offset);
            let message = format!(
                "some readers break lines at U+{:04X}, and others do not: write it as an escape, in double quotes",
                u32::from(c)
            );
            Err(ReadError { line, column, kind: ReadErrorKind::Syntax(message) })
        }
        None => Ok(source),
    }
}

pub(super) fn value_of(source: &Source<'_>) -> Result<Value, ReadError> {
    serde_yaml::from_str::<Value>(source.text).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        ReadError { line, column, kind: ReadErrorKind::Syntax(error.to_string()) }
    })
}

pub(super) fn locate(outline: &Outline, flaw: DecodeError) -> ReadError {
    let at_name = matches!(flaw.kind, DecodeErrorKind::Unknown { .. });
    outline.locate(&flaw.path, at_name).damage(ReadErrorKind::Flaw(flaw))
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Integer(number.into()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, words: &str) -> Result<Value, E> {
        Ok(Value::String(words.to_owned()))
    }

    fn visit_string<E>(self, words: String) -> Result<Value, E> {
        Ok(Value::String(words))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Fields::new();
        while let Some((name, value)) = fields.next_entry::<YamlKey, Value>()? {
            map.push((name.0, value));
        }
        Ok(Value::Map(map))
    }
}

/// A name in a map, as it is spelled: `12: x` names `12`.
struct YamlKey(String);

impl<'de> Deserialize<'de> for YamlKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = match Value::deserialize(deserializer)? {
            Value::String(name) => name,
            Value::Bool(flag) => flag.to_string(),
            Value::Integer(number) => number.to_string(),
            _ => return Err(serde::de::Error::custom("a name has to be a plain word")),
        };
        Ok(Self(name))
    }
}
