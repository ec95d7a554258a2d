//! The merge of two versions of a ticket file: every entry keeps its bytes, and the header follows from the union of
//! the histories (docs/decisions/0010-union-of-histories.md).
//!
//! Changes that people made by hand around the entries (comments, quoting) are taken from the side that changed them
//! since the base. If both sides did, or if they spell an entry differently, the files conflict. The result is read
//! again and compared with the intended ticket.

use super::edit::with_header;
use super::error::ReadError;
use super::source::Source;
use super::spans::{NodeParts, Outline};
use super::{canonical_reader, print, read, three_way};
use crate::domain::convergence::union::{self, ConcurrentEntry, UnionError};
use crate::domain::id::Id;
use crate::domain::ticket::{FORMAT, Ticket};
use crate::domain::vocabulary::vocabulary;

/// The result of a merge.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedFile {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The ticket in it.
    pub ticket: Ticket,
    /// The entries that were added concurrently on both sides.
    pub concurrent: Vec<ConcurrentEntry>,
}

vocabulary! {
    /// A side of a merge.
    MergeSide, "side" {
        /// The branch that is checked out.
        Ours = "ours",
        /// The branch that is merged.
        Theirs = "theirs",
    }
}

/// A reason why two files cannot be merged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MergeConflict {
    /// A file that cannot be read as a ticket.
    #[error("{side} cannot be read")]
    Unreadable {
        /// The side of the file.
        side: MergeSide,
        /// The first error in the file.
        #[source]
        damage: ReadError,
    },
    /// A file that was written by a newer program.
    #[error("the file has format {0}, newer than this program writes")]
    NewerFormat(u32),
    /// Histories that cannot be united.
    #[error(transparent)]
    Union(UnionError),
    /// Text around the entries that both sides changed.
    #[error("both sides changed the text around the entries by hand")]
    HandEdits,
    /// An entry that the sides spell differently, with the same meaning, and neither like the base.
    #[error("{}", UnionError::Entry(*.0))]
    Spelling(Id),
    /// A layout that cannot be split into lines.
    #[error("the layout of the file cannot be merged line by line")]
    Layout,
}

/// Merges two files. `base` is their merge base, if there is one; it only decides if the two spell the same content
/// differently.
///
/// # Errors
/// The files conflict.
pub fn merge(base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Result<MergedFile, MergeConflict> {
    let ours = ParsedFile::read(ours).map_err(|damage| MergeConflict::Unreadable { side: MergeSide::Ours, damage })?;
    let theirs =
        ParsedFile::read(theirs).map_err(|damage| MergeConflict::Unreadable { side: MergeSide::Theirs, damage })?;
    if let Some(newer) = [&ours, &theirs].map(|file| file.ticket.format).into_iter().find(|format| *format > FORMAT) {
        return Err(MergeConflict::NewerFormat(newer));
    }
    let ticket = union::unite(&ours.ticket, &theirs.ticket).map_err(MergeConflict::Union)?;
    let (our_parts, their_parts) = (ours.parts()?, theirs.parts()?);
    let base = base.and_then(|bytes| ParsedFile::read(bytes).ok());
    let base_parts = base.as_ref().and_then(|file| file.parts().ok());
    let head = |file: &ParsedFile<'_>, parts: &FileParts<'_>| file.head(parts, &ticket).ok_or(MergeConflict::Layout);
    let mut merged = {
        let (one, other) = (head(&ours, &our_parts)?, head(&theirs, &their_parts)?);
        let old = || base.as_ref().zip(base_parts.as_ref()).and_then(|(file, parts)| file.head(parts, &ticket));
        let by_lines = || three_way::merged(&old()?, &one, &other);
        choose(&one, &other, old).or_else(by_lines).ok_or(MergeConflict::HandEdits)?
    };
    for (place, entry) in ticket.history.iter().enumerate() {
        let lines = |parts: &FileParts<'_>| parts.of(entry.id).map(|entry| entry.text.to_owned());
        let text = match (lines(&our_parts), lines(&their_parts)) {
            (Some(one), Some(other)) => choose(&one, &other, || base_parts.as_ref().and_then(lines)),
            (one, other) => one.or(other),
        };
        merged.push_str(&text.ok_or(MergeConflict::Spelling(entry.id))?);
        let is_last = place + 1 == ticket.history.len();
        let sides = [&our_parts, &their_parts].into_iter().filter_map(|parts| parts.of(entry.id));
        let gaps = sides.filter(|lines| lines.is_last == is_last).map(|lines| lines.gap);
        merged.push_str(gaps.max_by_key(|gap| (gap.len(), *gap)).unwrap_or(if is_last { "" } else { "\n" }));
    }
    let old = || base_parts.as_ref().map(|parts| parts.tail.to_owned());
    let tail = choose(&our_parts.tail.to_owned(), &their_parts.tail.to_owned(), old);
    merged.push_str(&tail.ok_or(MergeConflict::HandEdits)?);
    let bytes = merged.into_bytes();
    match read(&bytes, Some(ticket.id)) {
        Ok(read) if read == ticket => {}
        _ => return Err(MergeConflict::Layout),
    }
    let concurrent = union::newly_concurrent(&ticket, &ours.ticket, &theirs.ticket);
    Ok(MergedFile { bytes, ticket, concurrent })
}

/// Returns the text that both sides have, or that of the only side that differs from the base.
fn choose(one: &String, other: &String, base: impl Fn() -> Option<String>) -> Option<String> {
    if one == other {
        return Some(one.clone());
    }
    let base = base()?;
    match (*one == base, *other == base) {
        (true, _) => Some(other.clone()),
        (_, true) => Some(one.clone()),
        _ => None,
    }
}

/// A parsed file.
struct ParsedFile<'a> {
    source: Source<'a>,
    ticket: Ticket,
    /// The structure of the file; none if it is canonical.
    outline: Option<Outline>,
}

/// The parts of a file: the text before, of and after the entries.
struct FileParts<'a> {
    head: &'a str,
    /// The entries, sorted by id.
    entries: Vec<(Id, EntryLines<'a>)>,
    tail: &'a str,
}

/// The lines of an entry.
struct EntryLines<'a> {
    text: &'a str,
    /// The empty lines after it.
    gap: &'a str,
    is_last: bool,
}

impl<'a> ParsedFile<'a> {
    /// Parses a file.
    fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let (ticket, canonical) = match canonical_reader::read(bytes) {
            Some(ticket) => (ticket, true),
            None => (read(bytes, None)?, false),
        };
        let source = Source::of(bytes)?;
        let outline = if canonical { None } else { Some(Outline::of(&source)?) };
        Ok(Self { source, ticket, outline })
    }

    /// Splits the file into its parts.
    fn parts(&self) -> Result<FileParts<'a>, MergeConflict> {
        let text = self.source.text;
        let (starts, end) = self.places().ok_or(MergeConflict::Layout)?;
        let ends = starts.iter().skip(1).copied().chain([end]);
        let mut entries: Vec<(Id, EntryLines<'a>)> = Vec::with_capacity(starts.len());
        for ((start, end), entry) in starts.iter().copied().zip(ends).zip(&self.ticket.history) {
            let lines = text.get(start..end).filter(|lines| !lines.is_empty()).ok_or(MergeConflict::Layout)?;
            let (text, gap) = without_gap(lines);
            entries.push((entry.id, EntryLines { text, gap, is_last: entries.len() + 1 == starts.len() }));
        }
        entries.sort_by_key(|(id, _)| *id);
        Ok(FileParts { head: &text[..starts[0]], entries, tail: &text[end..] })
    }

    /// Returns the offset of each entry, and that of the end marker.
    fn places(&self) -> Option<(Vec<usize>, usize)> {
        let text = self.source.text;
        let Some(outline) = &self.outline else {
            // In a canonical file, an entry begins with a dash at the start of a line after `history:`.
            let first = text.find("\nhistory:\n")? + "\nhistory:\n".len();
            let more = memchr::memmem::find_iter(&text.as_bytes()[first..], b"\n- ").map(|place| first + place + 1);
            return Some((std::iter::once(first).chain(more).collect(), text.len() - "...\n".len()));
        };
        let NodeParts::Map(names) = &outline.root.parts else { return None };
        let NodeParts::List(items) = &names.iter().find(|named| named.name == "history")?.value.parts else {
            return None;
        };
        let start =
            |line| Some(self.source.line_start(line)).filter(|start| text[*start..].trim_start().starts_with('-'));
        let starts: Vec<usize> = items.iter().map(|item| start(item.start.line)).collect::<Option<_>>()?;
        let rises = starts.windows(2).all(|pair| pair[0] < pair[1]);
        (rises && starts.len() == self.ticket.history.len())
            .then_some((starts, self.source.line_start(outline.end_marker?)))
    }

    /// Returns the text before the entries, with the header of the merged ticket.
    fn head(&self, parts: &FileParts<'_>, merged: &Ticket) -> Option<String> {
        let Some(outline) = &self.outline else { return Some(print::head(merged)) };
        let mut text = with_header(&self.source, outline, &self.ticket, merged)?;
        text.truncate(text.len().checked_sub(self.source.text.len() - parts.head.len())?);
        Some(text)
    }
}

impl<'a> FileParts<'a> {
    /// Returns the lines of an entry.
    fn of(&self, id: Id) -> Option<&EntryLines<'a>> {
        let place = self.entries.binary_search_by_key(&id, |(entry, _)| *entry).ok()?;
        Some(&self.entries[place].1)
    }
}

/// Splits the lines of an entry from the empty lines after it.
fn without_gap(lines: &str) -> (&str, &str) {
    let mut end = lines.len();
    for line in lines.split_inclusive('\n').rev().take_while(|line| matches!(*line, "\n" | "\r\n")) {
        end -= line.len();
    }
    lines.split_at(end)
}
