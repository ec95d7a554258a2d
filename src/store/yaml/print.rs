//! The canonical printer: one spelling of every ticket, made to be read in a diff.
//!
//! One fact per line, texts as blocks, a blank line before `history:` and between entries, the end marker
//! last (FORMAT, rules 3, 6 and 8). Lines end in LF. Must not know which fields there are: they come in order.

use sha2::{Digest, Sha256};

use super::scalar::{self, is_printable, print_scalar};
use crate::domain::codec::{entry_fields, header_fields};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::duration;
use crate::domain::value::{Fields, Value};

/// The line that says a file is whole.
pub(super) const END_MARKER: &str = "...\n";

/// A whole ticket file.
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

/// What stands before the entries.
pub(super) fn head(ticket: &Ticket) -> String {
    let mut out = String::with_capacity(512);
    for (name, value) in header_fields(ticket) {
        field(&mut out, 0, &name, &value);
    }
    out.push_str("\nhistory:\n");
    out
}

/// One entry, its dash `column` blanks from the left.
pub(super) fn entry(out: &mut String, column: usize, entry: &Entry) {
    item(out, column, &Value::Map(entry_fields(entry)));
}

/// What the bytes of an entry come to, its id among them.
pub fn entry_hash(one: &Entry) -> u128 {
    let mut printed = String::with_capacity(512);
    entry(&mut printed, 0, one);
    let digest = Sha256::digest(printed.as_bytes());
    digest.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}

/// `name: value` with everything below it.
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

/// `- value`, the dash at `column`.
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

/// A value without parts, and the end of its line. `column` is that of the name or dash it belongs to.
fn leaf(out: &mut String, column: usize, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Number(number) => out.push_str(&spell_number(*number)),
        Value::Time(time) => out.push_str(&duration::format_instant(*time)),
        Value::String(words) if words.contains('\n') => return lines(out, column + 2, words),
        Value::Text(words) => return lines(out, column + 2, words),
        Value::String(words) => out.push_str(&print_scalar(words)),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
    out.push('\n');
}

/// A float that YAML 1.1 takes for one too: with a dot, and a sign in the exponent.
fn spell_number(number: f64) -> String {
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

/// Several lines: a block where a block can carry them, else double quotes with one source line per line.
fn lines(out: &mut String, column: usize, words: &str) {
    let carries = words.chars().all(|c| is_printable(c) || matches!(c, '\n' | '\t'));
    // Empty lines at the end would need `|+`, which takes the blank line behind it for one of its own.
    if carries && !words.ends_with("\n\n") && words != "\n" {
        block(out, column, words);
    } else {
        quoted_lines(out, column, words);
    }
}

/// A `|` block. Where it begins with a blank or an empty line, its indentation is stated, so that no reader has to guess.
fn block(out: &mut String, column: usize, words: &str) {
    out.push('|');
    if words.starts_with([' ', '\t', '\n']) {
        out.push('2');
    }
    let body = words.strip_suffix('\n');
    if body.is_none() {
        out.push('-');
    }
    out.push('\n');
    for line in body.unwrap_or(words).split('\n') {
        if !line.is_empty() {
            blanks(out, column);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Double quotes over several source lines: each ends in an escaped line break, which readers join again.
fn quoted_lines(out: &mut String, column: usize, words: &str) {
    out.push('"');
    let mut rest = words.split_inclusive('\n').peekable();
    let mut first = true;
    while let Some(line) = rest.next() {
        let mut characters = line.chars();
        if !first {
            blanks(out, column);
            // A reader drops blanks at the start of a continued line; an escaped one stays.
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
