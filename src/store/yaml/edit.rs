//! Edits of a ticket file: entries are inserted before the end marker, changed header fields are replaced, and every
//! other byte stays as it is, with its quoting, comments and line ends (docs/format.md#how-a-command-changes-a-file).
//!
//! The result is read again and compared with the intended ticket before it is written.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{ReadError, ReadErrorKind};
use super::source::Source;
use super::spans::{NamedNode, Node, NodeParts, Outline};
use super::{LARGEST_FILE, print, read};
use crate::domain::codec::{header_fields, header_names};
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::value::Value;

/// A reason why a valid file cannot be extended.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The file is damaged after all.
    #[error("{0}")]
    Damaged(ReadError),
    /// The file was written by a newer program.
    #[error("the file has format {0}, newer than this program writes")]
    NewerFormat(u32),
    /// The header or history is in flow style (`{a: b}`, `[a]`), in which lines cannot be inserted.
    #[error("the header or the history is in brackets; write one field or entry per line first")]
    FlowStyle,
    /// The result would be larger than the limit for tickets.
    #[error("the file would exceed {} MiB, the limit for a ticket", LARGEST_FILE >> 20)]
    TooLarge,
    /// The result would be read as another ticket than the intended one.
    #[error(
        "the layout of the file prevents an edit that keeps its other bytes; write the file in canonical format first"
    )]
    Unsafe,
}

/// Returns the bytes of a file after its ticket changed from `before` to `after`, by appended entries and the header
/// that follows from them.
///
/// # Errors
/// The file cannot be changed without touching other bytes.
pub fn amend(bytes: &[u8], before: &Ticket, after: &Ticket) -> Result<Vec<u8>, EditError> {
    if before.format > FORMAT {
        return Err(EditError::NewerFormat(before.format));
    }
    let source = Source::of(bytes).map_err(EditError::Damaged)?;
    let outline = Outline::of(&source).map_err(EditError::Damaged)?;
    let NodeParts::Map(names) = &outline.root.parts else { return Err(EditError::FlowStyle) };
    let history = names.iter().find(|named| named.name == "history").ok_or(EditError::FlowStyle)?;
    if source.text[offset(&source, &outline.root)..].starts_with('{')
        || source.text[offset(&source, &history.value)..].starts_with('[')
    {
        return Err(EditError::FlowStyle);
    }
    let mut edits = Edits::default();
    edit_header(&source, names, before, after, &mut edits);
    add_entries(&source, &outline, history, before, after, &mut edits);
    let body = edits.apply(source.text, source.line_end());
    let amended = if source.has_mark { format!("\u{feff}{body}") } else { body }.into_bytes();
    if amended.len() as u64 > LARGEST_FILE {
        return Err(EditError::TooLarge);
    }
    match read(&amended, Some(after.id)) {
        Ok(read) if read == *after => Ok(amended),
        Err(error) if matches!(error.kind, ReadErrorKind::TooMany { .. }) => Err(EditError::Damaged(error)),
        _ => Err(EditError::Unsafe),
    }
}

fn offset(source: &Source<'_>, node: &Node) -> usize {
    source.offset(node.start.line, node.start.column)
}

/// Replacements of ranges of the text. Several insertions at one place keep their order.
#[derive(Default)]
struct Edits(BTreeMap<(usize, usize), String>);

impl Edits {
    fn replace(&mut self, range: Range<usize>, text: &str) {
        self.0.entry((range.start, range.end)).or_default().push_str(text);
    }

    /// Applies the edits to the text. New lines end like the lines of the file.
    fn apply(self, text: &str, line_end: &str) -> String {
        let mut amended = String::with_capacity(text.len() + self.0.values().map(String::len).sum::<usize>() + 64);
        let mut kept = 0;
        for ((start, end), new) in self.0 {
            amended.push_str(&text[kept..start]);
            amended.push_str(&if line_end == "\n" { new } else { new.replace('\n', line_end) });
            kept = end.max(kept);
        }
        amended.push_str(&text[kept..]);
        amended
    }
}

/// Returns the text of a file with the header changed from that of `before` to that of `after`, and the same history.
/// `None` if the header is in flow style.
pub(super) fn with_header(source: &Source<'_>, outline: &Outline, before: &Ticket, after: &Ticket) -> Option<String> {
    let NodeParts::Map(names) = &outline.root.parts else { return None };
    if source.text[offset(source, &outline.root)..].starts_with('{') {
        return None;
    }
    let mut edits = Edits::default();
    edit_header(source, names, before, after, &mut edits);
    Some(edits.apply(source.text, source.line_end()))
}

fn edit_header(source: &Source<'_>, names: &[NamedNode], before: &Ticket, after: &Ticket, edits: &mut Edits) {
    let (old, new) = (header_fields(before), header_fields(after));
    let value = |fields: &'_ [(String, Value)], name: &str| {
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    };
    for (rank, name) in header_names().enumerate() {
        let (old, new) = (value(&old, name), value(&new, name));
        if old == new {
            continue;
        }
        let mut printed = String::new();
        if let Some(new) = &new {
            print::field(&mut printed, 0, name, new);
        }
        match names.iter().find(|named| named.name == name) {
            Some(named) => replace_field(source, named, printed, edits),
            None => {
                let place = place_of_field(source, names, rank);
                edits.replace(place..place, &printed);
            }
        }
    }
}

/// Replaces the lines of a field. A comment after a value on the same line stays.
fn replace_field(source: &Source<'_>, named: &NamedNode, mut printed: String, edits: &mut Edits) {
    let lines = lines_of(source, named);
    let one_line = named.place.line == named.value.end.line && matches!(named.value.parts, NodeParts::Scalar);
    if one_line && printed.matches('\n').count() == 1 {
        let tail = source.text[source.offset(named.value.end.line, named.value.end.column)..lines.end].trim();
        if tail.starts_with('#') {
            printed.insert_str(printed.len() - 1, &format!(" {tail}"));
        }
    }
    edits.replace(lines, &printed);
}

/// Returns the range of the complete lines of a field.
fn lines_of(source: &Source<'_>, named: &NamedNode) -> Range<usize> {
    let start = source.line_start(named.place.line);
    let end = named.value.end.max(named.place);
    // The parser ends a block at the next line, after any empty lines; those stay. Everything else ends within its last
    // line.
    let end = if end.column == 0 && end.line > named.place.line {
        before_empty_lines(source, source.line_start(end.line), keeps_empty_lines(source, &named.value))
    } else {
        source.next_line(source.offset(end.line, end.column).max(start))
    };
    start..end
}

/// Returns true if a value ends in a block whose trailing empty lines belong to its text (`|+`).
fn keeps_empty_lines(source: &Source<'_>, value: &Node) -> bool {
    match &value.parts {
        NodeParts::Scalar => {
            let text = &source.text[offset(source, value)..];
            let opening = text.lines().next().unwrap_or_default().split('#').next().unwrap_or_default();
            opening.starts_with(['|', '>']) && opening.contains('+')
        }
        NodeParts::List(items) => items.last().is_some_and(|item| keeps_empty_lines(source, item)),
        NodeParts::Map(names) => names.last().is_some_and(|named| keeps_empty_lines(source, &named.value)),
    }
}

/// Returns the end of a block without its trailing empty lines, which separate it from the next field. If they belong
/// to the text (`are_text`), only the last one is removed. A line of blanks can be text, and is not removed.
fn before_empty_lines(source: &Source<'_>, end: usize, are_text: bool) -> usize {
    let line_end = |end: usize| ["\r\n", "\n"].into_iter().find(|line_end| source.text[..end].ends_with(line_end));
    let mut end = end;
    while let Some(empty) = line_end(end)
        && line_end(end - empty.len()).is_some()
    {
        end -= empty.len();
        if are_text {
            break;
        }
    }
    end
}

/// Returns the place of a field that the header does not have yet: after the nearest one before it in the fixed order.
fn place_of_field(source: &Source<'_>, names: &[NamedNode], rank: usize) -> usize {
    let rank_of = |named: &NamedNode| header_names().position(|name| name == named.name);
    let before = names.iter().filter_map(|named| Some((rank_of(named)?, named))).filter(|(other, _)| *other < rank);
    before.max_by_key(|(other, _)| *other).map_or(0, |(_, named)| lines_of(source, named).end)
}

/// Inserts the new entries before the end marker.
fn add_entries(
    source: &Source<'_>,
    outline: &Outline,
    history: &NamedNode,
    before: &Ticket,
    after: &Ticket,
    edits: &mut Edits,
) {
    let Some(end_marker) = outline.end_marker else { return };
    let place = source.line_start(end_marker);
    let column = match &history.value.parts {
        NodeParts::List(_) => history.value.start.column.saturating_sub(dash_width(source, &history.value)),
        _ => 0,
    };
    let mut text = String::new();
    for entry in &after.history[before.history.len().min(after.history.len())..] {
        let follows_empty_line = text.is_empty() && ends_blank(&source.text[..place]);
        if !follows_empty_line {
            text.push('\n');
        }
        print::entry(&mut text, column, entry);
    }
    edits.replace(place..place, &text);
}

/// Returns the distance between the first dash of a list and the place that the parser reports for the list, which can
/// be that of the dash or of the first value.
fn dash_width(source: &Source<'_>, list: &Node) -> usize {
    let line = &source.text[source.line_start(list.start.line)..];
    let dash = line.find('-').map_or(list.start.column, |byte| line[..byte].chars().count());
    list.start.column.saturating_sub(dash)
}

fn ends_blank(text: &str) -> bool {
    text.ends_with("\n\n") || text.ends_with("\n\r\n")
}
