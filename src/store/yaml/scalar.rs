//! Scalars: plain if every reader reads them as the same text, otherwise in quotes.
//!
//! YAML 1.1 and 1.2 disagree about `no`, `1e3`, `12:30` and dates. A text that either of them would not read back as
//! the same string is quoted (docs/format.md#guarantees-of-the-printer).

use std::borrow::Cow;
use std::fmt::Write;

/// Prints a text on one line, plain or in double quotes.
pub(super) fn print_scalar(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { Cow::Owned(quote(text)) }
}

/// Prints a text in double quotes on one line.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    text.chars().for_each(|c| escape(&mut quoted, c));
    quoted.push('"');
    quoted
}

/// Prints a character of a double-quoted scalar.
pub(super) fn escape(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\u{1b}' => out.push_str("\\e"),
        c if is_printable(c) => out.push(c),
        c => {
            let code = u32::from(c);
            let written = match code {
                0..=0xff => write!(out, "\\x{code:02X}"),
                0x100..=0xffff => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
            debug_assert!(written.is_ok(), "writing into a string cannot fail");
        }
    }
}

/// Returns true if a character needs no escape for any reader: YAML's printable characters, except those that some
/// readers take for line breaks or byte order marks.
pub(super) const fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// Returns true if every reader reads a text without quotes as this text. This is called for every scalar of every
/// file, so the common case is one pass over the bytes.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let is_indicator = matches!(
        first,
        b' ' | b'-'
            | b'?'
            | b':'
            | b','
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'#'
            | b'&'
            | b'*'
            | b'!'
            | b'|'
            | b'>'
            | b'\''
            | b'"'
            | b'%'
            | b'@'
            | b'`'
    );
    if is_indicator || matches!(last, b' ' | b':') || text.starts_with("...") {
        return false;
    }
    // Most texts contain no character that depends on its neighbors.
    let is_special = |byte: u8| !(b' '..0x7f).contains(&byte) || byte == b':' || byte == b'#';
    if !bytes.iter().fold(false, |special, &byte| special | is_special(byte)) {
        return !is_other_type(text, *first);
    }
    let mut before = 0;
    for &byte in bytes {
        if byte < b' ' || byte == 0x7f || (before == b':' && byte == b' ') || (before == b' ' && byte == b'#') {
            return false;
        }
        before = byte;
    }
    (text.is_ascii() || text.chars().all(is_printable)) && !is_other_type(text, *first)
}

/// Returns true if some YAML reader takes a text for something other than a string.
fn is_other_type(text: &str, first: u8) -> bool {
    const CONSTANTS: [&str; 12] = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    match first {
        b'0'..=b'9' => is_number(text) || is_date(text),
        b'+' | b'.' => is_number(text),
        _ => text.len() <= 5 && CONSTANTS.iter().any(|constant| text.eq_ignore_ascii_case(constant)),
    }
}

/// Returns true for integers and floats of YAML 1.1 and 1.2, with underscores, other bases, exponents, base 60, inf and
/// nan.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return digits.chars().all(|c| c == '_' || c.is_digit(radix));
        }
    }
    let (mantissa, exponent) = lower.split_once('e').map_or((lower.as_str(), None), |(m, e)| (m, Some(e)));
    let is_digits = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '_');
    let has_digit = mantissa.contains(|c: char| c.is_ascii_digit());
    let has_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        is_digits(digits)
    });
    let starts = mantissa.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let (base_60, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    starts && has_digit && has_exponent && is_digits(fraction) && base_60.split(':').all(is_digits)
}

/// Returns true for a date, with or without a time.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let day = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let after = rest[day..].trim_start_matches(['T', 't', ' ']);
    year.len() == 4
        && is_digits(year)
        && (1..=2).contains(&month.len())
        && is_digits(month)
        && (1..=2).contains(&day)
        && (rest.len() == day || after.len() < rest.len() - day && after.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_every_reader_takes_as_text_stay_plain() {
        for text in [
            "Dashboard tiles time out",
            "ana@acme.example",
            "26.18 is slow",
            "1.2.3",
            "01M7ZH3CA08R6T2M4N0P5S7W1X",
            "a:b",
            "a#b",
            "notes",
            "2026-11-21 outage",
            "2026-11 report",
            "été",
            "日本語",
            "🙂",
            "12 monkeys",
            "é",
            "x: y".split_at(1).0,
        ] {
            assert_eq!(print_scalar(text), text);
        }
    }

    #[test]
    fn texts_that_some_reader_takes_for_another_type_are_quoted() {
        for text in [
            "",
            "no",
            "NO",
            "Yes",
            "on",
            "off",
            "y",
            "N",
            "~",
            "null",
            "=",
            "<<",
            "1e3",
            "1E5",
            "12:30",
            "1:30:00.5",
            "2026-11-21",
            "2026-11-21T10:00:00Z",
            "2026-1-2 3:04:05",
            "0x1F",
            "0o17",
            "0b1",
            "017",
            "1_000",
            ".5",
            "1.",
            "+1",
            "-1",
            ".inf",
            "-.INF",
            ".NaN",
            "26.18",
            "123456789012",
            "- a",
            "-a",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a'",
            "\"a\"",
            "%a",
            "@a",
            "`a`",
            " a",
            "a ",
            "a\tb",
            "a\nb",
            "{a",
            "[a",
            "]",
            "}",
            ",",
            "?",
            "...",
            "\u{85}",
            "\u{feff}a",
            "a\u{2028}b",
            "\u{1b}[31m",
            "1e",
            "01E45678901234567890123456",
        ] {
            assert!(print_scalar(text).starts_with('"'), "{text:?} became {}", print_scalar(text));
        }
    }

    #[test]
    fn escapes_are_those_that_every_reader_knows() {
        assert_eq!(quote("a\"\\\t\u{1b}\u{7}\u{85}\u{2028}\u{1f642}"), r#""a\"\\\t\e\x07\x85\u2028🙂""#);
    }
}
