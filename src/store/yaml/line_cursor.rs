//! A cursor over the lines of a canonical file, and the values of any names in them. It has no errors: `None` means
//! "not canonical".

use super::scalar;
use crate::domain::value::{Fields, Value};

/// The deepest nesting that is read. Deeper values are left to the library, which limits the depth.
const DEEPEST: usize = 16;

/// The most values of any names that are read. More are left to the library, which limits their number.
const MOST_VALUES: usize = 10_000;

/// A cursor over the lines of a text.
pub(super) struct LineCursor<'a> {
    text: &'a str,
    at: usize,
    /// The number of values of any names that were read.
    values: usize,
}

impl<'a> LineCursor<'a> {
    /// Returns a cursor before the first line.
    pub const fn over(text: &'a str) -> Self {
        Self { text, at: 0, values: 0 }
    }

    /// Returns the next line, and the offset after it. Every line of a canonical file ends in LF.
    fn peek(&self) -> Option<(&'a str, usize)> {
        let rest = &self.text[self.at..];
        let end = memchr::memchr(b'\n', rest.as_bytes())?;
        Some((&rest[..end], self.at + end + 1))
    }

    /// Takes the next line.
    pub fn take(&mut self) -> Option<&'a str> {
        let (line, next) = self.peek()?;
        self.at = next;
        Some(line)
    }

    /// Takes the next line if it is the given one.
    pub fn expect(&mut self, line: &str) -> Option<()> {
        (self.take()? == line).then_some(())
    }

    /// Returns the offset of the next line, in bytes.
    pub const fn place(&self) -> usize {
        self.at
    }

    /// Returns the lines taken since an offset.
    pub fn since(&self, place: usize) -> &'a str {
        &self.text[place..self.at]
    }

    /// Returns true if every line was taken.
    pub const fn is_done(&self) -> bool {
        self.at == self.text.len()
    }

    /// Takes the lines of a block, and returns the last one. Empty lines belong to it only if another line follows.
    /// `None` if a line contains only blanks but should be empty.
    pub fn skip_block(&mut self, column: usize) -> Option<&'a str> {
        let (mut end, mut last) = (self.at, "");
        while let Some((line, next)) = self.peek() {
            match after_blanks(line, column) {
                Some("") => return None,
                Some(content) => (end, last) = (next, content),
                None if line.is_empty() => {}
                None => break,
            }
            self.at = next;
        }
        self.at = end;
        Some(last)
    }

    /// Returns the content of the next line if it begins at `column`.
    fn at(&self, column: usize) -> Option<&'a str> {
        self.at_column(column).map(|(content, _)| content)
    }

    /// Returns the content of the next line if it begins at `column`, and the offset after the line for
    /// [`Self::go_to`].
    pub fn at_column(&self, column: usize) -> Option<(&'a str, usize)> {
        let (line, next) = self.peek()?;
        let content = after_blanks(line, column).filter(|content| !content.is_empty() && !content.starts_with(' '))?;
        Some((content, next))
    }

    /// Takes the lines before an offset.
    pub const fn go_to(&mut self, place: usize) {
        self.at = place;
    }

    /// Parses the named values at a column. `first` is the content of the first one, if it follows a dash that was
    /// taken.
    pub fn map(&mut self, column: usize, first: Option<&'a str>, depth: usize) -> Option<Fields> {
        let mut fields = Fields::new();
        if let Some(content) = first {
            fields.push(self.named(content, column, depth)?);
        }
        while let Some(content) = self.at(column).filter(|content| !content.starts_with("- ") && *content != "-") {
            self.take();
            fields.push(self.named(content, column, depth)?);
        }
        if fields.len() > 1 {
            let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            if names.windows(2).any(|pair| pair[0] == pair[1]) {
                return None;
            }
        }
        (!fields.is_empty() && depth < DEEPEST).then_some(fields)
    }

    /// Parses a name and its value, which can continue on the following lines.
    fn named(&mut self, content: &'a str, column: usize, depth: usize) -> Option<(String, Value)> {
        let (name, rest) = if content.starts_with('"') {
            let (name, end) = unquote(content)?;
            (name, content[end..].strip_prefix(':')?)
        } else {
            let end = content.find(": ").or_else(|| content.len().checked_sub(1).filter(|_| content.ends_with(':')))?;
            (content[..end].to_owned(), &content[end + 1..])
        };
        let value = match rest.strip_prefix(' ') {
            Some(leaf) => self.leaf(leaf, column)?,
            None if rest.is_empty() && self.at(column).is_some_and(|below| below.starts_with('-')) => {
                Value::List(self.list(column, depth + 1)?)
            }
            None if rest.is_empty() => Value::Map(self.map(column + 2, None, depth + 1)?),
            None => return None,
        };
        Some((name, value))
    }

    fn list(&mut self, column: usize, depth: usize) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        while let Some(content) = self.at(column).filter(|content| content.starts_with("- ") || *content == "-") {
            self.take();
            items.push(match content.strip_prefix("- ") {
                None => Value::List(self.list(column + 2, depth + 1)?),
                Some(item) if names_a_value(item)? => Value::Map(self.map(column + 2, Some(item), depth + 1)?),
                Some(item) => self.leaf(item, column)?,
            });
        }
        (depth < DEEPEST).then_some(items)
    }

    /// Parses a value without parts: plain, quoted, or a block on the following lines.
    pub fn leaf(&mut self, value: &'a str, column: usize) -> Option<Value> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return None;
        }
        match value.as_bytes().first()? {
            b'|' => self.block(value, column + 2).map(Value::String),
            b'"' if value.ends_with('\\') => self.quoted_lines(value, column + 2).map(Value::String),
            b'"' => unquote(value).filter(|(_, end)| *end == value.len()).map(|(text, _)| Value::String(text)),
            _ => Some(plain(value)),
        }
    }

    fn block(&mut self, header: &str, column: usize) -> Option<String> {
        let mut text = String::with_capacity(256);
        // Empty lines belong to the block only if another line follows; at the end they separate it from the next one.
        let (mut empty, mut end) = (0, self.at);
        while let Some((line, next)) = self.peek() {
            match after_blanks(line, column) {
                Some(content) => {
                    text.extend(std::iter::repeat_n('\n', empty));
                    text.push_str(content);
                    text.push('\n');
                    (empty, end) = (0, next);
                }
                None if line.is_empty() => empty += 1,
                None => break,
            }
            self.at = next;
        }
        self.at = end;
        if header.ends_with('-') {
            text.pop();
        }
        Some(text)
    }

    /// Parses a quoted text over several lines, each but the last ended by an escaped line break.
    fn quoted_lines(&mut self, first: &str, column: usize) -> Option<String> {
        let mut joined = first.strip_suffix('\\')?.to_owned();
        loop {
            let content = after_blanks(self.take()?, column)?;
            match content.strip_suffix("\\n\\") {
                Some(line) => {
                    joined.push_str(line);
                    joined.push_str("\\n");
                }
                None => {
                    joined.push_str(content);
                    break;
                }
            }
        }
        unquote(&joined).filter(|(_, end)| *end == joined.len()).map(|(text, _)| text)
    }
}

/// Returns the rest of a line after `column` blanks.
fn after_blanks(line: &str, column: usize) -> Option<&str> {
    let blanks = line.as_bytes().get(..column)?;
    blanks.iter().all(|&byte| byte == b' ').then(|| &line[column..])
}

/// Returns true if an item of a list is a map whose first name is on this line.
fn names_a_value(item: &str) -> Option<bool> {
    match item.as_bytes().first()? {
        b'"' => Some(unquote(item).is_some_and(|(_, end)| item[end..].starts_with(':'))),
        b'|' => Some(false),
        _ => Some(item.contains(": ") || item.ends_with(':')),
    }
}

/// Parses a plain scalar: a string, or one of the few other types that the printer does not quote.
fn plain(value: &str) -> Value {
    match value {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" => return Value::Null,
        _ => {}
    }
    if value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.')) && !scalar::is_plain(value) {
        if let Ok(number) = value.parse::<i128>() {
            return Value::Integer(number);
        }
        if let Ok(number) = value.parse::<f64>() {
            return Value::Number(number);
        }
    }
    Value::String(value.to_owned())
}

/// Parses a double-quoted scalar. Returns its text, and the offset after it.
pub(super) fn unquote(quoted: &str) -> Option<(String, usize)> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.char_indices().skip(1);
    while let Some((place, c)) = characters.next() {
        match c {
            '"' => return Some((text, place + 1)),
            '\\' => {
                let (place, kind) = characters.next()?;
                let digits = match kind {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                if digits > 0 {
                    let code = quoted.get(place + 1..place + 1 + digits)?;
                    text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    characters.nth(digits - 1)?;
                } else {
                    text.push(match kind {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'e' => '\u{1b}',
                        '"' | '\\' | ' ' => kind,
                        _ => return None,
                    });
                }
            }
            c => text.push(c),
        }
    }
    None
}
