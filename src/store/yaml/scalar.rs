//! Words as YAML spells them: plain where every reader takes them as the same words, else in quotes.
//!
//! YAML 1.1 and 1.2 disagree about `no`, `1e3`, `12:30` and dates; whatever either of them would not read
//! back as the same string is quoted (FORMAT, rule 6). Must not know tickets.

use std::borrow::Cow;
use std::fmt::Write;

/// Words on one line, plain or double-quoted.
pub(super) fn print_scalar(words: &str) -> Cow<'_, str> {
    if is_plain(words) { Cow::Borrowed(words) } else { Cow::Owned(quote(words)) }
}

/// Words in double quotes on one line.
fn quote(words: &str) -> String {
    let mut quoted = String::with_capacity(words.len() + 2);
    quoted.push('"');
    words.chars().for_each(|c| escape(&mut quoted, c));
    quoted.push('"');
    quoted
}

/// One character of a double-quoted scalar.
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

/// Whether a character may stand in a file as it is, on any reader: YAML's printable characters without
/// those that some readers take for line breaks or byte order marks.
pub(super) const fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether every reader takes the words without quotes as these words. Asked for every scalar of every file, so
/// the common case is one pass over the bytes.
pub(super) fn is_plain(words: &str) -> bool {
    let bytes = words.as_bytes();
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
    if is_indicator || matches!(last, b' ' | b':') || words.starts_with("...") {
        return false;
    }
    // Most words hold nothing that has to be looked at with its neighbours.
    let is_odd = |byte: u8| !(b' '..0x7f).contains(&byte) || byte == b':' || byte == b'#';
    if !bytes.iter().fold(false, |odd, &byte| odd | is_odd(byte)) {
        return !is_other_type(words, *first);
    }
    let mut before = 0;
    for &byte in bytes {
        if byte < b' ' || byte == 0x7f || (before == b':' && byte == b' ') || (before == b' ' && byte == b'#') {
            return false;
        }
        before = byte;
    }
    (words.is_ascii() || words.chars().all(is_printable)) && !is_other_type(words, *first)
}

/// Whether some YAML reader takes the words for something else than a string.
fn is_other_type(words: &str, first: u8) -> bool {
    const CONSTANTS: [&str; 12] = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    match first {
        b'0'..=b'9' => is_number(words) || is_date(words),
        b'+' | b'.' => is_number(words),
        _ => words.len() <= 5 && CONSTANTS.iter().any(|constant| words.eq_ignore_ascii_case(constant)),
    }
}

/// Integers and floats of YAML 1.1 and 1.2, with underscores, other bases, exponents, sixties, inf and nan.
fn is_number(words: &str) -> bool {
    let unsigned = words.strip_prefix(['+', '-']).unwrap_or(words);
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
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        is_digits(digits)
    });
    let starts = mantissa.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let (sixties, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    starts && has_digit && exponent_fits && is_digits(fraction) && sixties.split(':').all(is_digits)
}

/// A date, alone or with a time behind it.
fn is_date(words: &str) -> bool {
    let mut parts = words.splitn(3, '-');
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
    fn words_every_reader_takes_as_words_stay_plain() {
        for words in [
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
            assert_eq!(print_scalar(words), words);
        }
    }

    #[test]
    fn words_some_reader_takes_for_something_else_are_quoted() {
        for words in [
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
            assert!(print_scalar(words).starts_with('"'), "{words:?} became {}", print_scalar(words));
        }
    }

    #[test]
    fn escapes_are_those_every_reader_knows() {
        assert_eq!(quote("a\"\\\t\u{1b}\u{7}\u{85}\u{2028}\u{1f642}"), r#""a\"\\\t\e\x07\x85\u2028🙂""#);
    }
}
