//! Uniting two files of one ticket: every entry keeps the bytes it has, the header follows from the union.
//!
//! What a person changed by hand around the entries (comments, quoting) is taken from the side that changed it since
//! the base. Where both did, or an entry says two things, nobody can know which is meant, and the files are split.
//! What comes out is read again and compared with what was meant.

use std::fmt;

use super::edit::with_header;
use super::error::ReadError;
use super::source::Source;
use super::spans::{NodeParts, Outline};
use super::{canonical_reader, print, read, three_way};
use crate::domain::convergence::union::{self, ConcurrentEntry, UnionError};
use crate::domain::id::Id;
use crate::domain::ticket::{FORMAT, Ticket};

/// Two files made one.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// The ticket it holds.
    pub ticket: Ticket,
    /// The entries that cross each other since.
    pub concurrent: Vec<ConcurrentEntry>,
}

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeSide {
    /// The one that is here.
    Ours,
    /// The one that comes.
    Theirs,
}

impl fmt::Display for MergeSide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        })
    }
}

/// Why two files cannot be made one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MergeConflict {
    /// A file is no sound ticket.
    #[error("{side} cannot be read")]
    Unreadable {
        /// Which.
        side: MergeSide,
        /// What is wrong with it.
        #[source]
        damage: ReadError,
    },
    /// A newer program wrote one of them.
    #[error("a newer casebook wrote it (format {0})")]
    NewerFormat(u32),
    /// They are not of one history.
    #[error(transparent)]
    Discord(UnionError),
    /// Both sides changed by hand what stands around the entries.
    #[error("both sides changed by hand what stands around the entries")]
    Surroundings,
    /// An entry is spelled in two ways that mean the same, and neither is that of the base.
    #[error("{}", UnionError::Entry(*.0))]
    Spelling(Id),
    /// A layout that cannot be taken apart line by line.
    #[error("the layout cannot be merged line by line")]
    Layout,
}

/// The union of two files. `base` is what both came from, where there is such a file; it is only asked where the two
/// spell the same thing in two ways.
///
/// # Errors
/// Why there is none.
pub fn merge(base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Result<MergedFile, MergeConflict> {
    let ours = ParsedFile::read(ours).map_err(|damage| MergeConflict::Unreadable { side: MergeSide::Ours, damage })?;
    let theirs =
        ParsedFile::read(theirs).map_err(|damage| MergeConflict::Unreadable { side: MergeSide::Theirs, damage })?;
    if let Some(newer) = [&ours, &theirs].map(|file| file.ticket.format).into_iter().find(|format| *format > FORMAT) {
        return Err(MergeConflict::NewerFormat(newer));
    }
    let ticket = union::unite(&ours.ticket, &theirs.ticket).map_err(MergeConflict::Discord)?;
    let (one, other) = (ours.pieces()?, theirs.pieces()?);
    let base = base.and_then(|bytes| ParsedFile::read(bytes).ok());
    let old = base.as_ref().and_then(|file| file.pieces().ok());
    let head = |file: &ParsedFile<'_>, pieces: &FileParts<'_>| file.head(pieces, &ticket).ok_or(MergeConflict::Layout);
    let mut whole = {
        let (one, other) = (head(&ours, &one)?, head(&theirs, &other)?);
        let old = || base.as_ref().zip(old.as_ref()).and_then(|(file, pieces)| file.head(pieces, &ticket));
        let lines = || three_way::merged(&old()?, &one, &other);
        chosen(&one, &other, old).or_else(lines).ok_or(MergeConflict::Surroundings)?
    };
    for (place, entry) in ticket.history.iter().enumerate() {
        let piece = |pieces: &FileParts<'_>| pieces.of(entry.id).map(|piece| piece.words.to_owned());
        let words = match (piece(&one), piece(&other)) {
            (Some(one), Some(other)) => chosen(&one, &other, || old.as_ref().and_then(piece)),
            (one, other) => one.or(other),
        };
        whole.push_str(&words.ok_or(MergeConflict::Spelling(entry.id))?);
        let is_last = place + 1 == ticket.history.len();
        let gaps = [&one, &other].into_iter().filter_map(|pieces| pieces.of(entry.id));
        let gap =
            gaps.filter(|piece| piece.is_last == is_last).map(|piece| piece.gap).max_by_key(|gap| (gap.len(), *gap));
        whole.push_str(gap.unwrap_or(if is_last { "" } else { "\n" }));
    }
    let old = || old.as_ref().map(|old| old.tail.to_owned());
    whole.push_str(&chosen(&one.tail.to_owned(), &other.tail.to_owned(), old).ok_or(MergeConflict::Surroundings)?);
    let bytes = whole.into_bytes();
    match read(&bytes, Some(ticket.id)) {
        Ok(read) if read == ticket => {}
        _ => return Err(MergeConflict::Layout),
    }
    let concurrent = union::newly_concurrent(&ticket, &ours.ticket, &theirs.ticket);
    Ok(MergedFile { bytes, ticket, concurrent })
}

/// What both sides have, or what the one has that changed it since the base.
fn chosen(one: &String, other: &String, base: impl Fn() -> Option<String>) -> Option<String> {
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

/// A file that was read.
struct ParsedFile<'a> {
    source: Source<'a>,
    ticket: Ticket,
    /// Its structure, where it is not as the printer prints it.
    outline: Option<Outline>,
}

/// A file taken apart.
struct FileParts<'a> {
    head: &'a str,
    /// In the order of ids.
    entries: Vec<(Id, EntryLines<'a>)>,
    tail: &'a str,
}

/// The lines of one entry.
struct EntryLines<'a> {
    words: &'a str,
    /// The empty lines behind it.
    gap: &'a str,
    is_last: bool,
}

impl<'a> ParsedFile<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let (ticket, canonical) = match canonical_reader::read(bytes) {
            Some(ticket) => (ticket, true),
            None => (read(bytes, None)?, false),
        };
        let source = Source::of(bytes)?;
        let outline = if canonical { None } else { Some(Outline::of(&source)?) };
        Ok(Self { source, ticket, outline })
    }

    fn pieces(&self) -> Result<FileParts<'a>, MergeConflict> {
        let text = self.source.text;
        let (starts, end) = self.places().ok_or(MergeConflict::Layout)?;
        let ends = starts.iter().skip(1).copied().chain([end]);
        let mut entries: Vec<(Id, EntryLines<'a>)> = Vec::with_capacity(starts.len());
        for ((start, end), entry) in starts.iter().copied().zip(ends).zip(&self.ticket.history) {
            let lines = text.get(start..end).filter(|lines| !lines.is_empty()).ok_or(MergeConflict::Layout)?;
            let (words, gap) = without_gap(lines);
            entries.push((entry.id, EntryLines { words, gap, is_last: entries.len() + 1 == starts.len() }));
        }
        entries.sort_by_key(|(id, _)| *id);
        Ok(FileParts { head: &text[..starts[0]], entries, tail: &text[end..] })
    }

    /// Where each entry begins, and where the end marker stands.
    fn places(&self) -> Option<(Vec<usize>, usize)> {
        let text = self.source.text;
        let Some(outline) = &self.outline else {
            // As printed: a dash at the start of a line below `history:` begins an entry.
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

    /// What stands before the entries, as it would for the united ticket.
    fn head(&self, pieces: &FileParts<'_>, united: &Ticket) -> Option<String> {
        let Some(outline) = &self.outline else { return Some(print::head(united)) };
        let mut whole = with_header(&self.source, outline, &self.ticket, united)?;
        whole.truncate(whole.len().checked_sub(self.source.text.len() - pieces.head.len())?);
        Some(whole)
    }
}

impl<'a> FileParts<'a> {
    fn of(&self, id: Id) -> Option<&EntryLines<'a>> {
        let place = self.entries.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        Some(&self.entries[place].1)
    }
}

/// The lines of an entry, and the empty ones behind it.
fn without_gap(lines: &str) -> (&str, &str) {
    let mut end = lines.len();
    for line in lines.split_inclusive('\n').rev().take_while(|line| matches!(*line, "\n" | "\r\n")) {
        end -= line.len();
    }
    lines.split_at(end)
}
