//! The canonical printer: one form for every ticket, made for reading in a diff.
//!
//! One field per line, texts as blocks, a blank line before `history:` and between entries, the end marker last
//! (docs/format.md#guarantees-of-the-printer). Lines end in LF. The order of the fields is that of the codec.

use sha2::{Digest, Sha256};

use super::scalar::{self, is_printable, print_scalar};
use crate::domain::codec::{entry_fields, header_fields};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::value::{Fields, Value};

/// The last line, which shows that the file is complete.
pub(super) const END_MARKER: &str = "...\n";

/// Prints a ticket file.
pub fn print(ticket: &Ticket) -> String {
    let mut out = head(ticket);
    out.reserve(512 * (ticket.history.len() + 1));
    for (place, one) in ticket.history.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        entry(&mut out, 0, one);
    }
    out.push_str(END_MARKER);
    out
}

/// Prints the text before the entries.
pub(super) fn head(ticket: &Ticket) -> String {
    let mut out = String::with_capacity(512);
    for (name, value) in header_fields(ticket) {
        field(&mut out, 0, &name, &value);
    }
    out.push_str("\nhistory:\n");
    out
}

/// Prints an entry, with its dash after `column` blanks.
pub(super) fn entry(out: &mut String, column: usize, entry: &Entry) {
    item(out, column, &Value::Map(entry_fields(entry)));
}

/// Returns a hash of an entry's canonical bytes, its id included.
pub fn entry_hash(one: &Entry) -> u128 {
    let mut printed = String::with_capacity(512);
    entry(&mut printed, 0, one);
    let digest = Sha256::digest(printed.as_bytes());
    digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// Prints `name: value` with everything below it.
pub(super) fn field(out: &mut String, column: usize, name: &str, value: &Value) {
    blanks(out, column);
    named(out, column, name, value);
}

fn named(out: &mut String, column: usize, name: &str, value: &Value) {
    out.push_str(&print_scalar(name));
    out.push(':');
    match value {
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            items.iter().for_each(|one| item(out, column, one));
        }
        Value::Map(fields) if !fields.is_empty() => {
            out.push('\n');
            fields.iter().for_each(|(name, value)| field(out, column + 2, name, value));
        }
        other => {
            out.push(' ');
            leaf(out, column, other);
        }
    }
}

/// Prints `- value`, with the dash after `column` blanks.
fn item(out: &mut String, column: usize, value: &Value) {
    blanks(out, column);
    match value {
        Value::Map(fields) if !fields.is_empty() => {
            out.push_str("- ");
            item_map(out, column + 2, fields);
        }
        Value::List(items) if !items.is_empty() => {
            out.push_str("-\n");
            items.iter().for_each(|one| item(out, column + 2, one));
        }
        other => {
            out.push_str("- ");
            leaf(out, column, other);
        }
    }
}

fn item_map(out: &mut String, column: usize, fields: &Fields) {
    for (place, (name, value)) in fields.iter().enumerate() {
        if place > 0 {
            blanks(out, column);
        }
        named(out, column, name, value);
    }
}

/// Prints a value without parts, and the end of its line. `column` is that of the name or dash to which it belongs.
fn leaf(out: &mut String, column: usize, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Number(number) => out.push_str(&format_number(*number)),
        Value::Time(time) => out.push_str(&duration::format_instant(*time)),
        Value::String(text) if text.contains('\n') => return lines(out, column + 2, text),
        Value::Text(text) => return lines(out, column + 2, text),
        Value::String(text) => out.push_str(&print_scalar(text)),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
    out.push('\n');
}

/// Formats a float so that YAML 1.1 reads it as a float too: with a dot, and a sign in the exponent.
fn format_number(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            ".nan"
        } else if number > 0.0 {
            ".inf"
        } else {
            "-.inf"
        }
        .to_owned();
    }
    let shortest = format!("{number:?}");
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return shortest };
    let dot = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{mantissa}{dot}e{sign}{exponent}")
}

/// Prints a text of several lines: as a block if possible, otherwise in double quotes with one source line per line.
fn lines(out: &mut String, column: usize, text: &str) {
    let is_printed_as_is = text.chars().all(|c| is_printable(c) || matches!(c, '\n' | '\t'));
    // Empty lines at the end would need `|+`, which includes the blank line after the block.
    if is_printed_as_is && !text.ends_with("\n\n") && text != "\n" {
        block(out, column, text);
    } else {
        quoted_lines(out, column, text);
    }
}

/// Prints a `|` block. If it begins with a blank or an empty line, its indentation is stated, since readers cannot
/// infer it.
fn block(out: &mut String, column: usize, text: &str) {
    out.push('|');
    if text.starts_with([' ', '\t', '\n']) {
        out.push('2');
    }
    let body = text.strip_suffix('\n');
    if body.is_none() {
        out.push('-');
    }
    out.push('\n');
    for line in body.unwrap_or(text).split('\n') {
        if !line.is_empty() {
            blanks(out, column);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Prints a text in double quotes over several source lines, each ended by an escaped line break; readers join them.
fn quoted_lines(out: &mut String, column: usize, text: &str) {
    out.push('"');
    let mut rest = text.split_inclusive('\n').peekable();
    let mut first = true;
    while let Some(line) = rest.next() {
        let mut characters = line.chars();
        if !first {
            blanks(out, column);
            // Readers drop blanks at the start of a continued line, unless they are escaped.
            if line.starts_with(' ') {
                out.push('\\');
                out.extend(characters.next());
            }
        }
        characters.for_each(|c| scalar::escape(out, c));
        if rest.peek().is_some() {
            out.push_str("\\\n");
        }
        first = false;
    }
    out.push_str("\"\n");
}

fn blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}
