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
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("Dashboard", 9), "Dashboard");
        assert_eq!(cut("Dashboard", 8), "Dashboa…");
        assert_eq!(cut("緊急です", 6), "緊急…");
        assert_eq!(cut("one two", 5), "one…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(cut("abc", 0), "…");
        for columns in 1..8 {
            assert!(width(&cut("☁️☁️👩‍🔬🇫🇷緊急", columns)) <= columns, "{columns}");
        }
    }
}
