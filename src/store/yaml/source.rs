//! The text of a file with its lines, and conversions between places and byte offsets.
//!
//! Lines end in LF, CRLF or a single CR, as in YAML. Columns are counted in characters.

use super::error::{ReadError, ReadErrorKind};

/// The text of a file.
pub(super) struct Source<'a> {
    /// The text without a byte order mark.
    pub text: &'a str,
    /// True if the file began with a byte order mark.
    pub has_mark: bool,
    /// The offsets at which the lines begin.
    line_starts: Vec<usize>,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

impl<'a> Source<'a> {
    /// Returns the text of a file, which must be UTF-8.
    pub fn of(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = valid.matches('\n').count() + 1;
            let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ReadError { line, column, kind: ReadErrorKind::NotUtf8 }
        })?;
        let unmarked = text.strip_prefix(BYTE_ORDER_MARK);
        let text = unmarked.unwrap_or(text);
        Ok(Self { text, has_mark: unmarked.is_some(), line_starts: line_starts(text) })
    }

    /// Returns the offset of a line; lines are counted from 1.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// Returns the offset of a place; the line is counted from 1, the column in characters from 0.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = self.line_start(line);
        self.text[start..].char_indices().nth(column).map_or(self.text.len(), |(offset, _)| start + offset)
    }

    /// Returns the line and the column of an offset, both counted from 1.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_start(line);
        (line, self.text[start..offset].chars().count() + 1)
    }

    /// Returns the offset of the line after the one that contains `offset`.
    pub fn next_line(&self, offset: usize) -> usize {
        let place = self.line_starts.partition_point(|&start| start <= offset);
        self.line_starts.get(place).copied().unwrap_or(self.text.len())
    }

    /// Returns the lines with their numbers, for checks before parsing.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let text = self.text;
        let ends = self.line_starts[1..].iter().copied().chain(std::iter::once(text.len()));
        self.line_starts
            .iter()
            .copied()
            .zip(ends)
            .enumerate()
            .map(move |(index, (start, end))| (index + 1, &text[start..end]))
    }

    /// Returns the line end of the file's first line.
    pub fn line_end(&self) -> &'static str {
        match self.text.find(['\n', '\r']) {
            Some(place) if self.text[place..].starts_with("\r\n") => "\r\n",
            _ => "\n",
        }
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for place in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[place] == b'\n' || bytes.get(place + 1) != Some(&b'\n') {
            starts.push(place + 1);
        }
    }
    starts
}
