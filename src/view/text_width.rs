//! The width of text on a terminal, in columns, and text cut to a width.
//!
//! A column is neither a byte nor a character: `緊急` takes four columns, a combining accent none. The text must have been
//! through [`super::sanitize`].

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns the columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to `columns`, with `…` at its end if it was cut.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(1);
    let mut taken = 0;
    let end = text.char_indices().find_map(|(index, c)| {
        taken += max_width(c);
        (taken > room).then_some(index)
    });
    Cow::Owned(format!("{}…", text[..end.unwrap_or(text.len())].trim_end()))
}

/// Cuts the start of a text off, so that its end takes `columns`, with `…` at its start if it was cut.
pub fn cut_start(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let room = columns.saturating_sub(1);
    let mut taken = 0;
    let start = text.char_indices().rev().take_while(|(_, c)| {
        taken += max_width(*c);
        taken <= room
    });
    Cow::Owned(format!("…{}", &text[start.last().map_or(text.len(), |(index, _)| index)..]))
}

/// Breaks a line into parts of at most `columns`: at blanks, and inside a word only if it is longer. A line that fits is its
/// only part.
pub fn wrap(line: &str, columns: usize) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), line);
    while rest.width() > columns.max(1) {
        let mut taken = 0;
        let place = rest.char_indices().skip(1).find_map(|(place, c)| {
            taken += rest[..place].chars().next_back().map_or(0, max_width);
            (taken + max_width(c) > columns).then_some(place)
        });
        let Some(place) = place else { break };
        let blank = if rest[place..].starts_with(' ') { Some(place) } else { rest[..place].rfind(' ') };
        let place = blank.filter(|blank| !rest[..*blank].trim().is_empty()).unwrap_or(place);
        parts.push(rest[..place].trim_end());
        rest = rest[place..].trim_start_matches(' ');
    }
    parts.push(rest);
    parts
}

/// Appends spaces after a text of `taken` columns, up to `columns`.
pub(super) fn pad(line: &mut String, taken: usize, columns: usize) {
    line.extend(std::iter::repeat_n(' ', columns.saturating_sub(taken)));
}

/// Returns the most columns that a character can add. The selector of emoji presentation widens the character before it.
fn max_width(c: char) -> usize {
    if c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_not_characters() {
        for (text, columns) in [("", 0), ("abc", 3), ("緊急", 4), ("e\u{301}", 1), ("👩‍🔬", 2)] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn a_line_is_wrapped_at_blanks() {
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("  indented words", 10), ["  indented", "words"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("緊急です", 4), ["緊急", "です"]);
        assert_eq!(wrap("", 4), [""]);
        for columns in 2..9 {
            for part in wrap("☁️☁️👩‍🔬🇫🇷緊急 a bc 緊急です abcdefghij", columns) {
                assert!(width(part) <= columns, "{part} {columns}");
            }
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("Dashboard", 9), "Dashboard");
        assert_eq!(cut("Dashboard", 8), "Dashboa…");
        assert_eq!(cut("緊急です", 6), "緊急…");
        assert_eq!(cut("one two", 5), "one…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut("abc", 0), "…");
        assert_eq!(
            (cut_start("abc", 3), cut_start("abc", 2), cut_start("緊急です", 4)),
            ("abc".into(), "…c".into(), "…す".into())
        );
        for columns in 1..8 {
            assert!(width(&cut("☁️☁️👩‍🔬🇫🇷緊急", columns)) <= columns, "{columns}");
        }
    }
}
