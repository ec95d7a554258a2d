//! The canonical reader: a fast reader of files that are exactly as the printer prints them.
//!
//! It reads each line once, takes the fields in the order of the format, and accepts a value only in the form that the
//! printer gives it. So a file that it reads is canonical, and the library reads the same ticket from it; a file that it
//! does not read is left to the library. It has no other errors. Properties and a fuzz target compare it with the
//! library and the printer.

#[cfg(test)]
mod tests;

use super::line_cursor::{LineCursor, unquote};
use super::print;
use super::scalar::{is_plain, is_printable, print_scalar};
use crate::domain::codec::{FieldSource, Leaf, Record, Shape, take_entry};
use crate::domain::id::Id;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::summary::Summary;
use crate::domain::ticket::{FORMAT, Header, Ticket};
use crate::domain::value::{Fields, Value};

/// The lines between the header and the entries.
pub(super) const HISTORY: &[u8] = b"\n\nhistory:\n";

/// The number of blanks before the lines of a text.
const TEXT_COLUMN: usize = 4;

/// A file that is not canonical.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotCanonical;

type Canonical<T> = Result<T, NotCanonical>;

/// Reads a file that is canonical.
pub(super) fn read(bytes: &[u8]) -> Option<Ticket> {
    CanonicalReader::over(bytes, false)?.ticket().ok()
}

/// Reads a file that is canonical, with [`Text::left_out`] in place of every text.
pub(super) fn read_bare(bytes: &[u8]) -> Option<Ticket> {
    CanonicalReader::over(bytes, true)?.ticket().ok()
}

/// Replaces every text of a ticket by [`Text::left_out`].
pub(super) fn without_text(mut ticket: Ticket) -> Ticket {
    for entry in ticket.history.iter_mut().filter(|entry| entry.text.is_some()) {
        entry.text = Some(Text::left_out());
    }
    ticket
}

/// Reads entries up to the end marker, each after an empty line, as they follow other entries in a canonical file.
/// Texts are replaced by [`Text::left_out`].
pub(super) fn parse_appended(bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut reader = CanonicalReader::over(bytes, true)?;
    reader.expect("").ok()?;
    reader.entries(false).ok()
}

/// Returns true if a file is canonical.
pub fn is_canonical(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

/// Reads the summary of a canonical file. `id` is the id in the name of the file.
pub fn read_summary(bytes: &[u8], id: Id) -> Option<Summary> {
    read_bare(bytes).filter(|ticket| ticket.id == id).map(|ticket| Summary::from(&ticket))
}

/// Reads only the header of a file that looks complete, as [`read_summary`] does. The entries are not checked. But
/// after the header there are only entries: no field of the header, which a reader would accept there too, and no
/// conflict marker.
pub fn read_summary_header(bytes: &[u8], id: Id) -> Option<Header> {
    let end = memchr::memmem::find(bytes, HISTORY)?;
    let entries = bytes[end + HISTORY.len()..].strip_suffix(b"...\n")?;
    let is_history = entries.starts_with(b"- id: ") && entries.ends_with(b"\n") && contains_only_entries(entries);
    if is_history { header_in(&bytes[..=end], id) } else { None }
}

/// Reads the header of a damaged file, if the header is valid.
pub fn salvage_header(bytes: &[u8], id: Id) -> Option<Header> {
    header_in(&bytes[..=memchr::memmem::find(bytes, HISTORY)?], id)
}

fn header_in(bytes: &[u8], id: Id) -> Option<Header> {
    let mut reader = CanonicalReader::over(bytes, true)?;
    let (own, header) = reader.heading().ok()?;
    (own == id && reader.lines.is_done()).then_some(header)
}

/// Returns true if every line after the first is empty, indented, or the first of an entry. The lines must end in LF:
/// the library accepts four other line breaks.
fn contains_only_entries(entries: &[u8]) -> bool {
    let contains = |text: &str| memchr::memmem::find(entries, text.as_bytes()).is_some();
    let has_other_breaks =
        contains("\r") || !entries.is_ascii() && ["\u{85}", "\u{2028}", "\u{2029}"].into_iter().any(contains);
    !has_other_breaks
        && memchr::memchr_iter(b'\n', entries).all(|end| {
            let line = &entries[end + 1..];
            matches!(line.first(), None | Some(b'\n' | b' ')) || line.starts_with(b"- ")
        })
}

/// Returns true if every reader treats each character of the text alike. Tabs are allowed in blocks.
fn is_unambiguous(text: &str) -> bool {
    let is_control = |byte: u8| (byte < b' ' && byte != b'\n' && byte != b'\t') || byte == 0x7f;
    let has_control = text.bytes().fold(false, |found, byte| found | is_control(byte));
    !has_control && (text.is_ascii() || text.chars().all(|c| matches!(c, '\n' | '\t') || is_printable(c)))
}

/// A reader of the canonical lines of a map and of the maps in it.
struct CanonicalReader<'a> {
    lines: LineCursor<'a>,
    /// The column at which the names of the map begin.
    column: usize,
    /// The content of the next line and the offset after it, if the line is one of the map.
    next: Option<(&'a str, usize)>,
    /// True if texts are left out.
    is_bare: bool,
}

impl<'a> CanonicalReader<'a> {
    fn over(bytes: &'a [u8], is_bare: bool) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| is_unambiguous(text))?;
        let mut reader = Self { lines: LineCursor::over(text), column: 0, next: None, is_bare };
        reader.look();
        Some(reader)
    }

    fn ticket(&mut self) -> Canonical<Ticket> {
        let (id, header) = self.heading()?;
        self.expect("")?;
        self.expect("history:")?;
        let history = self.entries(true)?;
        let opens = history.first().is_some_and(|first| first.id == id && matches!(first.action, Action::Open(_)));
        if opens { Ok(Ticket { format: FORMAT, id, header, history }) } else { Err(NotCanonical) }
    }

    /// Takes the header, and returns it with the id.
    fn heading(&mut self) -> Canonical<(Id, Header)> {
        match self.number("format")? {
            Some(format) if format == i128::from(FORMAT) => Ok((self.required("id")?, Header::take(self)?)),
            _ => Err(NotCanonical),
        }
    }

    /// Takes entries, up to the end of the file.
    fn entries(&mut self, mut is_first: bool) -> Canonical<Vec<Entry>> {
        let mut entries = Vec::with_capacity(8);
        loop {
            entries.push(self.item(|reader| take_entry(reader, is_first, false))?);
            is_first = false;
            match self.lines.take() {
                Some("") => self.look(),
                Some("...") if self.lines.is_done() => return Ok(entries),
                _ => return Err(NotCanonical),
            }
        }
    }

    /// Takes a line that is not one of a map.
    fn expect(&mut self, line: &str) -> Canonical<()> {
        self.lines.expect(line).ok_or(NotCanonical)?;
        self.look();
        Ok(())
    }

    /// Looks at the next line.
    fn look(&mut self) {
        self.next = self.lines.at_column(self.column);
    }

    /// Takes the line of a name, if it is the next one. Returns what follows the colon.
    fn after_name(&mut self, name: &str) -> Option<&'a str> {
        let (content, end) = self.next?;
        let rest = content.strip_prefix(name)?.strip_prefix(':')?;
        self.lines.go_to(end);
        self.look();
        Some(rest)
    }

    /// Takes the line of a name and its scalar.
    fn scalar(&mut self, name: &str) -> Canonical<Option<&'a str>> {
        match self.after_name(name).map(|rest| rest.strip_prefix(' ')) {
            None => Ok(None),
            Some(Some(value)) if !value.is_empty() => Ok(Some(value)),
            Some(_) => Err(NotCanonical),
        }
    }

    /// Takes the line of a name whose value is on the lines below.
    fn begins(&mut self, name: &str) -> Canonical<bool> {
        match self.after_name(name) {
            None => Ok(false),
            Some("") => Ok(true),
            Some(_) => Err(NotCanonical),
        }
    }

    /// Returns the content of the next line after its dash, if it is an item of a list.
    fn dash(&self) -> Option<(&'a str, usize)> {
        self.next.and_then(|(content, end)| Some((content.strip_prefix("- ")?, end)))
    }

    /// Takes an item that is a map.
    fn item<T>(&mut self, take: impl FnOnce(&mut Self) -> Canonical<T>) -> Canonical<T> {
        let first = self.dash().ok_or(NotCanonical)?;
        self.inside(Some(first), take)
    }

    /// Takes the values of a map in this one, all of them.
    fn inside<T>(
        &mut self,
        first: Option<(&'a str, usize)>,
        take: impl FnOnce(&mut Self) -> Canonical<T>,
    ) -> Canonical<T> {
        self.column += 2;
        self.next = first;
        if first.is_none() {
            self.look();
        }
        if self.next.is_none() {
            return Err(NotCanonical);
        }
        let taken = take(self)?;
        if self.next.is_some() {
            return Err(NotCanonical);
        }
        self.column -= 2;
        self.look();
        Ok(taken)
    }

    /// Takes the lines of a block without reading them. `None` if its first or last line has only blanks.
    fn skip_block(&mut self) -> Option<()> {
        let is_visible = |line: &str| !line.trim_matches([' ', '\t']).is_empty();
        let (first, _) = self.lines.at_column(self.column + 2)?;
        let begins = first.chars().next().is_some_and(|first| !first.is_whitespace());
        self.lines.skip_block(self.column + 2).filter(|last| begins && is_visible(last)).map(|_| ())
    }

    /// Reads a text that is not a simple block, and compares it with the printer's form.
    fn printed_text(&mut self, header: &'a str, start: usize) -> Option<Text> {
        let Value::String(text) = self.lines.leaf(header, self.column)? else { return None };
        let mut printed = String::with_capacity(text.len() + 64);
        print::field(&mut printed, self.column, "text", &Value::Text(text.clone()));
        let is_same = printed.split_once('\n').is_some_and(|(first, lines)| {
            first.ends_with(header)
                && first.len() == self.column + "text: ".len() + header.len()
                && lines == self.lines.since(start)
        });
        if is_same { Text::from_clean(text) } else { None }
    }
}

/// Reads a scalar in its canonical form.
fn scalar<T: Leaf>(value: &str) -> Canonical<T> {
    let exact = |text: &str| T::parse_exact(text).ok_or(NotCanonical);
    match T::SHAPE {
        Shape::Time | Shape::Word(..) => exact(value),
        // A day has quotes, which readers need to take it for text, and a time has none.
        Shape::DayOrTime if value.len() > 12 => exact(value),
        // Most ids have a letter that is not a digit in any base.
        Shape::Id if value.bytes().skip(2).any(|byte| byte > b'F') => exact(value),
        _ if value.starts_with('"') => match unquote(value) {
            Some((text, end)) if end == value.len() && !text.contains('\n') && print_scalar(&text) == value => {
                exact(&text)
            }
            _ => Err(NotCanonical),
        },
        _ if is_plain(value) => exact(value),
        _ => Err(NotCanonical),
    }
}

impl FieldSource for CanonicalReader<'_> {
    type Error = NotCanonical;

    fn leaf<T: Leaf>(&mut self, name: &'static str) -> Canonical<Option<T>> {
        self.scalar(name)?.map(scalar).transpose()
    }

    fn leaves<T: Leaf>(&mut self, name: &'static str) -> Canonical<Vec<T>> {
        let mut items = Vec::new();
        if self.begins(name)? {
            while let Some((item, end)) = self.dash() {
                items.push(scalar(item)?);
                self.lines.go_to(end);
                self.look();
            }
            if items.is_empty() {
                return Err(NotCanonical);
            }
        }
        Ok(items)
    }

    fn flag(&mut self, name: &'static str) -> Canonical<bool> {
        match self.scalar(name)? {
            None => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(NotCanonical),
        }
    }

    fn number(&mut self, name: &'static str) -> Canonical<Option<i128>> {
        let Some(value) = self.scalar(name)? else { return Ok(None) };
        let number = value.parse().ok().filter(|number: &i128| number.to_string() == value);
        number.map(Some).ok_or(NotCanonical)
    }

    fn text(&mut self) -> Canonical<Option<Text>> {
        let Some(header) = self.scalar("text")? else { return Ok(None) };
        let start = self.lines.place();
        let is_simple = header == "|" && self.skip_block().is_some();
        let text = if !is_simple {
            self.lines.go_to(start);
            self.printed_text(header, start)
        } else if self.is_bare {
            Some(Text::left_out())
        } else {
            text_of(self.lines.since(start))
        };
        self.look();
        let text = text.ok_or(NotCanonical)?;
        Ok(Some(if self.is_bare { Text::left_out() } else { text }))
    }

    fn map<T>(&mut self, name: &'static str, take: impl FnOnce(&mut Self) -> Canonical<T>) -> Canonical<Option<T>> {
        if self.begins(name)? { self.inside(None, take).map(Some) } else { Ok(None) }
    }

    fn maps<T>(&mut self, name: &'static str, mut take: impl FnMut(&mut Self) -> Canonical<T>) -> Canonical<Vec<T>> {
        let mut items = Vec::new();
        if self.begins(name)? {
            items.push(self.item(&mut take)?);
            while self.dash().is_some() {
                items.push(self.item(&mut take)?);
            }
        }
        Ok(items)
    }

    fn open_map(&mut self, name: &'static str) -> Canonical<Fields> {
        if !self.begins(name)? {
            return Ok(Fields::new());
        }
        let start = self.lines.place();
        let fields = self.lines.map(self.column + 2, None, 1).ok_or(NotCanonical)?;
        let mut printed = String::new();
        for (name, value) in &fields {
            print::field(&mut printed, self.column + 2, name, value);
        }
        if printed != self.lines.since(start) {
            return Err(NotCanonical);
        }
        self.look();
        Ok(fields)
    }

    fn reordered(&self) -> Canonical<()> {
        Err(NotCanonical)
    }

    fn missing(&self, _name: &'static str) -> NotCanonical {
        NotCanonical
    }

    fn invalid(&self, _name: &str, _message: &str) -> NotCanonical {
        NotCanonical
    }
}

/// Returns the text of a block whose lines were taken.
fn text_of(lines: &str) -> Option<Text> {
    let mut text = String::with_capacity(lines.len());
    for line in lines.split_inclusive('\n') {
        text.push_str(line.get(TEXT_COLUMN..).unwrap_or("\n"));
    }
    Text::from_clean(text)
}
