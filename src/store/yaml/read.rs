//! The reader of ticket files: first the structure is checked, then the values are read, then their types are checked.

use super::canonical_reader;
use super::error::{ReadError, ReadErrorKind};
use super::source::Source;
use super::spans::Outline;
use super::value::YamlValue;
use crate::domain::codec::{DecodeError, DecodeErrorKind, PathElement, ticket_from};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::value::Value;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 16 << 20;

/// The characters that only readers of YAML 1.1 accept as line breaks. The printer escapes them.
const ODD_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Reads a ticket: by the canonical reader if possible, otherwise by the library. `id` is the id in the name of the
/// file.
///
/// # Errors
/// The first error, with its line and column.
pub fn read(bytes: &[u8], id: Option<Id>) -> Result<Ticket, ReadError> {
    read_with_canonical_flag(bytes, id).map(|(ticket, _)| ticket)
}

/// Reads a ticket, and returns true if its file is canonical.
///
/// # Errors
/// The first error, with its line and column.
pub fn read_with_canonical_flag(bytes: &[u8], id: Option<Id>) -> Result<(Ticket, bool), ReadError> {
    if bytes.len() as u64 <= LARGEST_FILE
        && let Some(ticket) = canonical_reader::read(bytes).filter(|ticket| id.is_none_or(|id| id == ticket.id))
    {
        return Ok((ticket, true));
    }
    read_by_library(bytes, id).map(|ticket| (ticket, false))
}

/// Reads a ticket in any form. A caller that the canonical reader has refused need not ask it again.
///
/// # Errors
/// The first error, with its line and column.
pub fn read_by_library(bytes: &[u8], id: Option<Id>) -> Result<Ticket, ReadError> {
    let source = source_of(bytes)?;
    let outline = Outline::of(&source)?;
    if outline.end_marker.is_none() {
        let (line, last) = source.lines().last().unwrap_or((1, ""));
        return Err(ReadError { line, column: last.chars().count() + 1, kind: ReadErrorKind::NoEndMarker });
    }
    let ticket = ticket_from(value_of(&source)?).map_err(|error| locate(&outline, error))?;
    match id {
        Some(id) if id != ticket.id => {
            let place = outline.locate(&[PathElement::Name("id".to_owned())], false);
            Err(place.error(ReadErrorKind::OtherId { inside: ticket.id }))
        }
        _ => Ok(ticket),
    }
}

/// Reads a YAML file that is not a ticket, under the same limits.
///
/// # Errors
/// The first error, with its line and column.
pub fn read_value(bytes: &[u8]) -> Result<Value, ReadError> {
    let source = source_of(bytes)?;
    Outline::of(&source)?;
    value_of(&source)
}

/// Returns the places of the values at some paths in a file that could be read: lines and columns from 1. For a path
/// that does not exist, the place of its longest existing part is returned.
pub fn places(bytes: &[u8], paths: &[Vec<PathElement>]) -> Vec<(usize, usize)> {
    let outline = source_of(bytes).ok().and_then(|source| Outline::of(&source).ok());
    let place = |path: &Vec<PathElement>| {
        let place = outline.as_ref().map(|outline| outline.locate(path, false));
        place.map_or((1, 1), |place| (place.line, place.column + 1))
    };
    paths.iter().map(place).collect()
}

/// Checks the size and the characters of a file.
pub(super) fn source_of(bytes: &[u8]) -> Result<Source<'_>, ReadError> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadError { line: 1, column: 1, kind: ReadErrorKind::TooLarge { limit: LARGEST_FILE } });
    }
    let source = Source::of(bytes)?;
    // Otherwise one reader could see an entry in a line that another reads as a comment or text.
    match source.text.char_indices().find(|(_, c)| ODD_BREAKS.contains(c)) {
        Some((offset, c)) => {
            let (line, column) = source.place(offset);
            let message = format!(
                "U+{:04X} is a line break only for some readers; write it as an escape in double quotes",
                u32::from(c)
            );
            Err(ReadError { line, column, kind: ReadErrorKind::Syntax(message) })
        }
        None => Ok(source),
    }
}

/// Reads the values of a file.
pub(super) fn value_of(source: &Source<'_>) -> Result<Value, ReadError> {
    serde_yaml::from_str::<YamlValue>(source.text).map(|value| value.0).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        ReadError { line, column, kind: ReadErrorKind::Syntax(error.to_string()) }
    })
}

/// Adds the place in the file to an error.
pub(super) fn locate(outline: &Outline, error: DecodeError) -> ReadError {
    let at_name = matches!(error.kind, DecodeErrorKind::Unknown { .. });
    outline.locate(&error.path, at_name).error(ReadErrorKind::Decode(error))
}
