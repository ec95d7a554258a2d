//! A version of a ticket file among many: its bytes, its ticket, and the place of its entries.
//!
//! A version that only appends entries to one that was read before is not read again: its first bytes are the same, and
//! the new ones are compared with the printer's. From a known version, the versions before its last entries can be
//! computed; a caller that recognizes them by their object names does not have to load them. Texts are left out of the
//! tickets; only their presence is known.

use memchr::memmem;

use super::canonical_reader::{self, HISTORY};
use super::edit::{amend, with_header};
use super::error::ReadError;
use super::print;
use super::print::END_MARKER;
use super::read::{LARGEST_FILE, read, read_by_library};
use super::source::Source;
use super::spans::{NodeParts, Outline};
use crate::domain::audit::RawEntry;
use crate::domain::id::Id;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::replay::replay;
use crate::domain::ticket::{FORMAT, Ticket};

/// The beginning of an entry after another one. No line within a printed entry looks like it.
const ENTRY: &[u8] = b"\n\n- ";

/// A version of a ticket file.
#[derive(Debug)]
pub struct FileVersion {
    bytes: Vec<u8>,
    ticket: Result<Ticket, ReadError>,
    /// The offset of the entries, if everything before them is canonical.
    entries_at: Option<usize>,
    is_append: bool,
}

impl FileVersion {
    /// Reads a version. `before` is a version to which it may have appended entries.
    pub fn read(bytes: Vec<u8>, id: Option<Id>, before: Option<&Self>) -> Self {
        if let Some((ticket, entries_at)) = before.and_then(|before| appended(before, &bytes)) {
            return Self { bytes, ticket: Ok(ticket), entries_at: Some(entries_at), is_append: true };
        }
        let canonical = (bytes.len() as u64 <= LARGEST_FILE).then(|| canonical_reader::read_bare(&bytes)).flatten();
        match canonical.filter(|ticket| id.is_none_or(|id| id == ticket.id)) {
            Some(ticket) => {
                // The line cannot occur in a header, so the first one is the right one.
                let entries_at = memmem::find(&bytes, HISTORY).map(|place| place + HISTORY.len());
                Self { bytes, ticket: Ok(ticket), entries_at, is_append: false }
            }
            None => Self {
                ticket: read_by_library(&bytes, id).map(canonical_reader::without_text),
                bytes,
                entries_at: None,
                is_append: false,
            },
        }
    }

    /// Returns the canonical version without the last `count` entries, with the header that follows from the other
    /// entries. The caller must check that this version existed. `None` if it cannot have existed.
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
        Some(Self { bytes, ticket: Ok(ticket), entries_at: Some(entries_at), is_append: false })
    }

    /// Returns the approximate memory used, in bytes.
    pub fn memory_size(&self) -> usize {
        let entries = self.ticket.as_ref().map_or(0, |ticket| ticket.history.capacity());
        size_of::<Self>() + self.bytes.capacity() + entries * (size_of::<Entry>() + 64)
    }

    /// Returns the ticket, or the error in the file.
    pub const fn ticket(&self) -> Result<&Ticket, &ReadError> {
        self.ticket.as_ref()
    }

    /// Returns true if the version was read as another version with appended entries, and the header that follows from
    /// them.
    pub const fn is_append_of_known(&self) -> bool {
        self.is_append
    }

    /// Returns the bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns true if the version contains the bytes of all entries of an older version, and only entries after them.
    /// False can also mean that it is not known; then [`FileVersion::raw_entries`] must be compared.
    pub fn extends(&self, before: &Self) -> bool {
        let Some((old, new)) = before.history().zip(self.history()) else { return false };
        new.strip_prefix(old).is_some_and(|more| more.is_empty() || more.starts_with(b"\n- "))
    }

    /// Returns true if the text before the entries differs from that of an older version only in fields that changed.
    pub fn header_unchanged(&self, before: &Self) -> bool {
        // Both are canonical.
        if self.entries_at.is_some() && before.entries_at.is_some() {
            return true;
        }
        // The texts, which were left out, are needed here.
        let (Ok(old), Ok(new)) = (read(&before.bytes, None), read(&self.bytes, None)) else { return false };
        // The result of a command on a file that was edited by hand.
        amend(&before.bytes, &old, &new).is_ok_and(|amended| amended == self.bytes)
            // Or entries that were added by hand.
            || header_after(&before.bytes, &old, &new).zip(header(&self.bytes)).is_some_and(|(expected, is)| expected == is)
    }

    /// Returns the bytes of the entries, without the end marker.
    fn history(&self) -> Option<&[u8]> {
        self.bytes.get(self.entries_at?..)?.strip_suffix(END_MARKER.as_bytes())
    }

    /// Returns the bytes of the entries; none if the version cannot be read.
    pub fn raw_entries(&self) -> Vec<RawEntry<'_>> {
        let (Ok(ticket), Ok(source)) = (&self.ticket, Source::of(&self.bytes)) else { return Vec::new() };
        let Ok(outline) = Outline::of(&source) else { return Vec::new() };
        let NodeParts::Map(names) = &outline.root.parts else { return Vec::new() };
        let history = names.iter().find(|named| named.name == "history").map(|named| &named.value.parts);
        let Some(NodeParts::List(entries)) = history else { return Vec::new() };
        let end = outline.end_marker.map_or(source.text.len(), |line| source.line_start(line));
        let mut starts: Vec<usize> = entries.iter().map(|entry| source.line_start(entry.start.line)).collect();
        starts.push(end);
        let ranges = starts.windows(2).map(|pair| source.text.get(pair[0]..pair[1]).unwrap_or_default());
        let own = ranges.map(|text| text.trim_end_matches(['\n', '\r']).as_bytes());
        ticket.history.iter().zip(own).map(|(entry, bytes)| RawEntry { id: entry.id, bytes }).collect()
    }
}

/// Returns the text before the line `history:`.
fn header(bytes: &[u8]) -> Option<String> {
    let source = Source::of(bytes).ok()?;
    let outline = Outline::of(&source).ok()?;
    let NodeParts::Map(names) = &outline.root.parts else { return None };
    let history = names.iter().find(|named| named.name == "history")?;
    Some(source.text[..source.line_start(history.place.line)].to_owned())
}

/// Returns the text before the line `history:` after the header changed from that of `old` to that of `new`.
fn header_after(bytes: &[u8], old: &Ticket, new: &Ticket) -> Option<String> {
    let source = Source::of(bytes).ok()?;
    let outline = Outline::of(&source).ok()?;
    header(with_header(&source, &outline, old, new)?.as_bytes())
}

/// Returns the ticket of a canonical version that appends entries to another version, and the offset of its entries.
fn appended(before: &FileVersion, bytes: &[u8]) -> Option<(Ticket, usize)> {
    let ticket = before.ticket.as_ref().ok().filter(|ticket| ticket.format <= FORMAT)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return None;
    }
    let old = before.history()?;
    let entries_at = memmem::find(bytes, HISTORY)? + HISTORY.len();
    let entries = canonical_reader::parse_appended(bytes[entries_at..].strip_prefix(old)?)?;
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
    fn a_version_with_appended_entries_is_the_same_as_if_read_completely() {
        let (before, text) = (version(FILE), answered());
        let after = FileVersion::read(text.clone().into_bytes(), None, Some(&before));
        assert!(appended(&before, text.as_bytes()).is_some());
        assert_eq!(after.ticket(), version(&text).ticket());
        let ticket = after.ticket().expect("a ticket");
        assert_eq!(replay(&ticket.history).as_ref(), Some(&ticket.header));
        assert!(after.extends(&before) && !before.extends(&after) && before.extends(&before));
    }

    #[test]
    fn older_versions_are_computed_from_a_version() {
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
                // The first version has two entries, and a ticket has at least one.
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
        for file in [FILE.replace("    One.", "    One. "), FILE.replace("status: open\npri", "status: open # so\npri")]
        {
            let of_format_2 = file.replace("format: 1", "format: 2");
            assert!(version(&of_format_2).truncated(1).is_none());
        }
        assert!(version(&FILE.replace("status: open\npri", "status: open # so\npri")).truncated(1).is_none());
    }

    #[test]
    fn other_changes_are_read_completely() {
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
    fn raw_entries_of_any_layout_are_found() {
        let hand_edited =
            FILE.replace("\n  ", "\n    ").replace("\n- ", "\n  - ").replace("\n\n  - ", "\n\n  # so\n  - ");
        for text in [FILE.to_owned(), FILE.replace('\n', "\r\n"), format!("\u{feff}{FILE}"), hand_edited] {
            let version = version(&text);
            let entries = version.raw_entries();
            let ids: Vec<Id> = version.ticket().map(|ticket| ticket.history.iter().map(|e| e.id).collect()).unwrap();
            assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
            assert_eq!(entries.len(), 2);
            assert!(entries[0].bytes.ends_with(b"no entry") || entries[0].bytes.ends_with(b"# so"), "{text}");
            assert!(entries[1].bytes.ends_with(b"One."), "{text}");
        }
        assert!(version("format: 1\n").raw_entries().is_empty());
    }
}
