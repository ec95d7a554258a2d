//! One version of a ticket's file among many: its bytes, what they say, and where its entries stand.
//!
//! A version that only adds entries to one that was read already is not read again: its older bytes are the same, and
//! what is new is held against what the printer would have added. And where a version is known, those it may have grown
//! from can be made of it, so that whoever can tell them by their names need not be given them. Texts are left out of
//! what is read: nobody asks a version for more than that there are some.

use memchr::memmem;

use super::canonical_reader;
use super::edit::{amend, with_header};
use super::error::ReadError;
use super::print;
use super::print::END_MARKER;
use super::read::{LARGEST_FILE, read};
use super::source::Source;
use super::spans::{NodeParts, Outline};
use crate::domain::audit::RawEntry;
use crate::domain::id::Id;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay::replay;
use crate::domain::ticket::{FORMAT, Ticket};

/// The line before the first entry.
const HISTORY: &[u8] = b"\n\nhistory:\n";

/// How an entry begins that stands behind another one. No line of an entry is spelled so by the printer.
const ENTRY: &[u8] = b"\n\n- ";

/// A version of a file.
#[derive(Debug)]
pub struct FileVersion {
    bytes: Vec<u8>,
    ticket: Result<Ticket, ReadError>,
    /// Where the entries begin, where everything before them is as the printer spells it.
    entries_at: Option<usize>,
    has_grown: bool,
}

impl FileVersion {
    /// Reads a version. `before` is one it may extend.
    pub fn read(bytes: Vec<u8>, id: Option<Id>, before: Option<&Self>) -> Self {
        if let Some((ticket, entries_at)) = before.and_then(|before| grown(before, &bytes)) {
            return Self { bytes, ticket: Ok(ticket), entries_at: Some(entries_at), has_grown: true };
        }
        let canonical = (bytes.len() as u64 <= LARGEST_FILE).then(|| canonical_reader::read_bare(&bytes)).flatten();
        match canonical.filter(|ticket| id.is_none_or(|id| id == ticket.id)) {
            Some(ticket) => {
                // No line of a header can be this one, so the first is the right one.
                let entries_at = memmem::find(&bytes, HISTORY).map(|place| place + HISTORY.len());
                Self { bytes, ticket: Ok(ticket), entries_at, has_grown: false }
            }
            None => Self {
                ticket: read(&bytes, id).map(canonical_reader::without_text),
                bytes,
                entries_at: None,
                has_grown: false,
            },
        }
    }

    /// The version this one would have grown from by its last `count` entries: with the header that follows from the
    /// others, all as the printer spells it. Whether there was one is for the caller to find out. None where there can be
    /// none.
    pub fn truncated(&self, count: usize) -> Option<Self> {
        let (ticket, entries_at) =
            (self.ticket.as_ref().ok().filter(|ticket| ticket.format <= FORMAT)?, self.entries_at?);
        let kept = ticket.history.len().checked_sub(count).filter(|kept| *kept > 0)?;
        let mut end = self.bytes.len();
        for _ in 0..count {
            end = memmem::rfind(&self.bytes[entries_at..end], ENTRY)? + entries_at;
        }
        let history = ticket.history[..kept].to_vec();
        let ticket = Ticket { format: ticket.format, id: ticket.id, header: replay(&history)?, history };
        let head = print::head(&ticket);
        let (entries, entries_at) = (&self.bytes[entries_at..=end], head.len());
        let mut bytes = head.into_bytes();
        bytes.reserve_exact(entries.len() + END_MARKER.len());
        bytes.extend_from_slice(entries);
        bytes.extend_from_slice(END_MARKER.as_bytes());
        Some(Self { bytes, ticket: Ok(ticket), entries_at: Some(entries_at), has_grown: false })
    }

    /// About how much memory it takes, in bytes.
    pub fn memory_size(&self) -> usize {
        let entries = self.ticket.as_ref().map_or(0, |ticket| ticket.history.capacity());
        size_of::<Self>() + self.bytes.capacity() + entries * (size_of::<Entry>() + 64)
    }

    /// What it says, or what is wrong with it.
    pub const fn ticket(&self) -> Result<&Ticket, &ReadError> {
        self.ticket.as_ref()
    }

    /// Whether it was read as more entries behind those of another version, with the header that follows from all.
    pub const fn is_append_of_known(&self) -> bool {
        self.has_grown
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it holds the bytes of all entries of an older version, and nothing but more entries behind them. What is
    /// not seen at once is not seen here: then [`FileVersion::raw_entries`] tell.
    pub fn extends(&self, before: &Self) -> bool {
        let Some((old, new)) = before.history().zip(self.history()) else { return false };
        new.strip_prefix(old).is_some_and(|more| more.is_empty() || more.starts_with(b"\n- "))
    }

    /// Whether what stands before the entries differs from an older version in nothing but the facts that are others now.
    pub fn header_unchanged(&self, before: &Self) -> bool {
        // Both as the printer spells them.
        if self.entries_at.is_some() && before.entries_at.is_some() {
            return true;
        }
        // With their texts, which are kept for nobody else.
        let (Ok(was), Ok(is)) = (read(&before.bytes, None), read(&self.bytes, None)) else { return false };
        // What a command adds to a file that was written by hand.
        amend(&before.bytes, &was, &is).is_ok_and(|amended| amended == self.bytes)
            // And what a hand adds to one.
            || header_led_to(&before.bytes, &was, &is).zip(header(&self.bytes)).is_some_and(|(led, is)| led == is)
    }

    /// The bytes of the entries, without the end marker.
    fn history(&self) -> Option<&[u8]> {
        self.bytes.get(self.entries_at?..)?.strip_suffix(END_MARKER.as_bytes())
    }

    /// The entries as they are spelled; none of a version that cannot be read.
    pub fn raw_entries(&self) -> Vec<RawEntry<'_>> {
        let (Ok(ticket), Ok(source)) = (&self.ticket, Source::of(&self.bytes)) else { return Vec::new() };
        let Ok(outline) = Outline::of(&source) else { return Vec::new() };
        let NodeParts::Map(names) = &outline.root.parts else { return Vec::new() };
        let history = names.iter().find(|named| named.name == "history").map(|named| &named.value.parts);
        let Some(NodeParts::List(entries)) = history else { return Vec::new() };
        let end = outline.end_marker.map_or(source.text.len(), |line| source.line_start(line));
        let mut starts: Vec<usize> = entries.iter().map(|entry| source.line_start(entry.start.line)).collect();
        starts.push(end);
        let stretches = starts.windows(2).map(|pair| source.text.get(pair[0]..pair[1]).unwrap_or_default());
        let own = stretches.map(|text| text.trim_end_matches(['\n', '\r']).as_bytes());
        ticket.history.iter().zip(own).map(|(entry, bytes)| RawEntry { id: entry.id, bytes }).collect()
    }
}

/// The text before the line `history:`.
fn header(bytes: &[u8]) -> Option<String> {
    let source = Source::of(bytes).ok()?;
    let outline = Outline::of(&source).ok()?;
    let NodeParts::Map(names) = &outline.root.parts else { return None };
    let history = names.iter().find(|named| named.name == "history")?;
    Some(source.text[..source.line_start(history.place.line)].to_owned())
}

/// The same with the facts of another state of the ticket.
fn header_led_to(bytes: &[u8], was: &Ticket, is: &Ticket) -> Option<String> {
    let source = Source::of(bytes).ok()?;
    let outline = Outline::of(&source).ok()?;
    header(with_header(&source, &outline, was, is)?.as_bytes())
}

/// What a version says that adds entries to another one and is spelled as the printer spells it, and where its entries
/// begin.
fn grown(before: &FileVersion, bytes: &[u8]) -> Option<(Ticket, usize)> {
    let ticket = before.ticket.as_ref().ok().filter(|ticket| ticket.format <= FORMAT)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return None;
    }
    let known = before.history()?;
    let entries_at = memmem::find(bytes, HISTORY)? + HISTORY.len();
    let entries = canonical_reader::parse_appended(bytes[entries_at..].strip_prefix(known)?)?;
    let mut history = Vec::with_capacity(ticket.history.len() + entries.len());
    history.extend_from_slice(&ticket.history);
    let mut ticket = Ticket { format: ticket.format, id: ticket.id, header: ticket.header.clone(), history };
    entries.into_iter().for_each(|entry| ticket.append(entry));
    (bytes[..entries_at] == *print::head(&ticket).as_bytes()).then_some((ticket, entries_at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ticket::replay::replay;

    const FILE: &str = "\
format: 1
id: 01M7ZH3CA08R6T2M4N0P5S7W1X
subject: Tiles
status: open
priority: S3
requester: ana@acme.example

history:
- id: 01M7ZH3CA08R6T2M4N0P5S7W1X
  at: 2026-11-21T17:05:12Z
  by: ana@acme.example
  role: customer
  action: open
  to: open
  subject: Tiles
  priority: S3
  requester: ana@acme.example
  text: |
    history:
    - id: no entry

- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6
  at: 2026-11-21T17:40:03Z
  by: kenji@desk.example
  role: agent
  action: note
  from: open
  text: |
    One.
...
";
    const MORE: &str = "
- id: 01M7ZK369SH2Y4D6F8J0M2Q4S6
  at: 2026-11-21T17:40:03Z
  by: kenji@desk.example
  role: agent
  action: reply
  from: open
  to: awaiting_reply
  text: |
    Two.
...
";

    fn version(text: &str) -> FileVersion {
        FileVersion::read(text.as_bytes().to_vec(), None, None)
    }

    fn answered() -> String {
        FILE.replace("...\n", MORE).replace("status: open\npri", "status: awaiting_reply\npri")
    }

    #[test]
    fn a_version_that_grew_is_what_reading_all_of_it_says() {
        let (before, text) = (version(FILE), answered());
        let after = FileVersion::read(text.clone().into_bytes(), None, Some(&before));
        assert!(grown(&before, text.as_bytes()).is_some());
        assert_eq!(after.ticket(), version(&text).ticket());
        let ticket = after.ticket().expect("a ticket");
        assert_eq!(replay(&ticket.history).as_ref(), Some(&ticket.header));
        assert!(after.extends(&before) && !before.extends(&after) && before.extends(&before));
    }

    #[test]
    fn what_a_version_grew_from_is_made_of_it() {
        let later =
            answered().replace("...\n", &MORE.replace("9SH2", "9TH2").replace("from: open", "from: awaiting_reply"));
        let set = later
            .replace("...\n", &MORE.replace("9SH2", "9VH2").replace("from: open", "from: awaiting_reply"))
            .replace("  text: |\n    Two.\n...", "  text: |\n    Three, and more:\n\n    - id: none\n...");
        let all = [FILE.to_owned(), answered(), later, set];
        for (place, text) in all.iter().enumerate() {
            let version = version(text);
            for count in 1..4 {
                let older = version.truncated(count);
                // The first has two entries, and a ticket has one at least.
                if let Some(expected) = place.checked_sub(count).map(|place| &all[place]) {
                    let (older, read) = (older.expect("an older version"), super::tests::version(expected));
                    assert_eq!(String::from_utf8_lossy(older.bytes()), expected.as_str());
                    assert_eq!(older.ticket(), read.ticket());
                    assert!(version.extends(&older) && older.entries_at == read.entries_at);
                } else {
                    assert_eq!(older.is_some(), count == place + 1, "{place} {count}");
                }
            }
        }
        for odd in [FILE.replace("    One.", "    One. "), FILE.replace("status: open\npri", "status: open # so\npri")]
        {
            let of_format_2 = odd.replace("format: 1", "format: 2");
            assert!(version(&of_format_2).truncated(1).is_none());
        }
        assert!(version(&FILE.replace("status: open\npri", "status: open # so\npri")).truncated(1).is_none());
    }

    #[test]
    fn whatever_else_changed_is_read_anew() {
        let before = version(FILE);
        for text in [
            answered().replace("    One.", "    Two."),
            answered().replace("status: awaiting_reply", "status: open"),
            answered().replace("\n- id: 01M7ZK369S", "\n\n- id: 01M7ZK369S"),
            answered().replace("    Two.", "    Two. # "),
            answered().replace("  role: agent\n  action: reply", "  role:  agent\n  action: reply"),
            FILE.replace("    One.\n", "    One.\n    More.\n"),
            FILE.replace("status: open\n", "status: open # so\n"),
        ] {
            let after = FileVersion::read(text.clone().into_bytes(), None, Some(&before));
            assert_eq!(after.ticket(), version(&text).ticket(), "{text}");
            let keeps = text.contains("    One.\n") && !text.contains("More.") && !text.contains("# so");
            assert!(keeps || !after.extends(&before), "{text}");
        }
    }

    #[test]
    fn the_pieces_of_any_spelling_are_its_entries() {
        let odd = FILE.replace("\n  ", "\n    ").replace("\n- ", "\n  - ").replace("\n\n  - ", "\n\n  # so\n  - ");
        for text in [FILE.to_owned(), FILE.replace('\n', "\r\n"), format!("\u{feff}{FILE}"), odd] {
            let version = version(&text);
            let pieces = version.raw_entries();
            let ids: Vec<Id> = version.ticket().map(|ticket| ticket.history.iter().map(|e| e.id).collect()).unwrap();
            assert_eq!(pieces.iter().map(|piece| piece.id).collect::<Vec<_>>(), ids);
            assert_eq!(pieces.len(), 2);
            assert!(pieces[0].bytes.ends_with(b"no entry") || pieces[0].bytes.ends_with(b"# so"), "{text}");
            assert!(pieces[1].bytes.ends_with(b"One."), "{text}");
        }
        assert!(version("format: 1\n").raw_entries().is_empty());
    }
}
