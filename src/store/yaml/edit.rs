//! Extending a file: entries are added before the end marker, header lines change where their facts did, and
//! every other byte stays as it is, whatever quoting, comments or line ends a person chose (FORMAT, rules 4 and 7).
//!
//! What comes out is read again and compared with what was meant before anybody writes it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::{ReadError, ReadErrorKind};
use super::source::Source;
use super::spans::{NamedNode, Node, NodeParts, Outline};
use super::{LARGEST_FILE, print, read};
use crate::domain::codec::{HEADER_NAMES, header_fields};
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::value::Value;

/// Why a sound file cannot be extended.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// It is damaged after all.
    #[error("{0}")]
    Damaged(ReadError),
    /// A newer program wrote it.
    #[error("the file has format {0}, newer than this program writes")]
    NewerFormat(u32),
    /// `{…}` or `[…]` around the whole, where nothing can be added line by line.
    #[error("the header or the history is written in one line of brackets; write it one fact per line first")]
    FlowStyle,
    /// It would be larger than what is read.
    #[error("the file would be larger than {} MiB, the most a ticket may hold", LARGEST_FILE >> 20)]
    TooLarge,
    /// What would be written does not read back as what is meant.
    #[error("the file's layout cannot be extended safely; print it in the usual layout first")]
    Unsafe,
}

/// The bytes of a file after some entries were added to its ticket: `before` is what it holds, `after` what it shall.
///
/// # Errors
/// Why it cannot be done without touching what stands.
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
    let amended = if source.marked { format!("\u{feff}{body}") } else { body }.into_bytes();
    if amended.len() as u64 > LARGEST_FILE {
        return Err(EditError::TooLarge);
    }
    match read(&amended, Some(after.id)) {
        Ok(read) if read == *after => Ok(amended),
        Err(damage) if matches!(damage.kind, ReadErrorKind::TooMany { .. }) => Err(EditError::Damaged(damage)),
        _ => Err(EditError::Unsafe),
    }
}

fn offset(source: &Source<'_>, node: &Node) -> usize {
    source.offset(node.start.line, node.start.column)
}

/// Replacements of stretches of the text; what is put in at one place keeps its order.
#[derive(Default)]
struct Edits(BTreeMap<(usize, usize), String>);

impl Edits {
    fn replace(&mut self, stretch: Range<usize>, text: &str) {
        self.0.entry((stretch.start, stretch.end)).or_default().push_str(text);
    }

    /// The text with every edit made; new lines end as the file's do.
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

/// A file's text with the header of another state of its ticket, the history as it stands. `None` where the header is
/// not written line by line.
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
        fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    for (rank, name) in HEADER_NAMES.iter().enumerate() {
        let (was, is) = (value(&old, name), value(&new, name));
        if was == is {
            continue;
        }
        let mut printed = String::new();
        if let Some(is) = &is {
            print::field(&mut printed, 0, name, is);
        }
        match names.iter().find(|named| named.name == *name) {
            Some(named) => replace_field(source, named, printed, edits),
            None => {
                let place = place_behind(source, names, rank);
                edits.replace(place..place, &printed);
            }
        }
    }
}

/// Replaces the lines of one field; a comment behind a one-line value stays.
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

/// The whole lines a field stands on.
fn lines_of(source: &Source<'_>, named: &NamedNode) -> Range<usize> {
    let start = source.line_start(named.place.line);
    let end = named.value.end.max(named.place);
    // A block ends where the next line begins, empty lines below it included: those stay. Everything else ends
    // inside its last line.
    let end = if end.column == 0 && end.line > named.place.line {
        before_empty_lines(source, source.line_start(end.line), keeps_empty_lines(source, &named.value))
    } else {
        source.next_line(source.offset(end.line, end.column).max(start))
    };
    start..end
}

/// Whether the words of a value end in a block whose last empty lines are words too (`|+`).
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

/// The end of a block's lines without the empty lines at their end: blocks claim them, and they stand between them and
/// what comes next; all of them, or the last one where the others are words. A line of blanks is not empty: those may be
/// words.
fn before_empty_lines(source: &Source<'_>, end: usize, are_words: bool) -> usize {
    let line_end = |end: usize| ["\r\n", "\n"].into_iter().find(|line_end| source.text[..end].ends_with(line_end));
    let mut end = end;
    while let Some(empty) = line_end(end)
        && line_end(end - empty.len()).is_some()
    {
        end -= empty.len();
        if are_words {
            break;
        }
    }
    end
}

/// Where a field that is not there yet belongs: behind the nearest one that comes before it in the fixed order.
fn place_behind(source: &Source<'_>, names: &[NamedNode], rank: usize) -> usize {
    let rank_of = |named: &NamedNode| HEADER_NAMES.iter().position(|name| *name == named.name);
    let before = names.iter().filter_map(|named| Some((rank_of(named)?, named))).filter(|(other, _)| *other < rank);
    before.max_by_key(|(other, _)| *other).map_or(0, |(_, named)| lines_of(source, named).end)
}

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
        let stands_free = text.is_empty() && ends_blank(&source.text[..place]);
        if !stands_free {
            text.push('\n');
        }
        print::entry(&mut text, column, entry);
    }
    edits.replace(place..place, &text);
}

/// How far the parser's place of the list lies behind its first dash: it may point at the dash or at the first value.
fn dash_width(source: &Source<'_>, list: &Node) -> usize {
    let line = &source.text[source.line_start(list.start.line)..];
    let dash = line.find('-').map_or(list.start.column, |byte| line[..byte].chars().count());
    list.start.column.saturating_sub(dash)
}

fn ends_blank(text: &str) -> bool {
    text.ends_with("\n\n") || text.ends_with("\n\r\n")
}
