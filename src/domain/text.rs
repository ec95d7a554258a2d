//! Text that people write, cleaned when it is entered.

/// A text that a person wrote: one or more lines, each ended by LF, the last of them not blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(String);

impl Text {
    /// Cleans a typed text: CRLF and CR become LF, blank lines at the end are removed, and one LF ends it. Every other
    /// character is kept. `None` if only blanks were typed.
    pub fn clean(typed: &str) -> Option<Self> {
        let mut text =
            if typed.contains('\r') { typed.replace("\r\n", "\n").replace('\r', "\n") } else { typed.to_owned() };
        loop {
            let content = text.trim_end_matches('\n').len();
            text.truncate(content);
            let last_line = text.rfind('\n').map_or(0, |newline| newline + 1);
            if text.is_empty() || !text[last_line..].trim_matches([' ', '\t']).is_empty() {
                break;
            }
            text.truncate(last_line);
        }
        if text.is_empty() {
            return None;
        }
        text.push('\n');
        Some(Self(text))
    }

    /// Accepts a text that is clean already; `None` if it is not.
    pub fn from_clean(text: String) -> Option<Self> {
        let last_line = text.strip_suffix('\n')?.rsplit('\n').next()?;
        let is_clean =
            !last_line.trim_matches([' ', '\t']).is_empty() && memchr::memchr(b'\r', text.as_bytes()).is_none();
        is_clean.then_some(Self(text))
    }

    /// Returns a placeholder for a text that was not read, for readers that need only its presence. It is never written.
    pub const fn left_out() -> Self {
        Self(String::new())
    }

    /// Returns the lines, each with its LF.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first line that is not blank, trimmed.
    pub fn first_line(&self) -> &str {
        self.0.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// Folds a subject into one line: line breaks and tabs become a space, and blanks at both ends are removed. `None` if
/// nothing is left.
pub fn clean_subject(typed: &str) -> Option<String> {
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let one_line = typed.split(is_break).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    (!one_line.is_empty()).then_some(one_line)
}

/// Returns a line, cut after some characters if it is longer.
pub fn shortened(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_become_lf_and_blank_lines_at_the_end_are_removed() {
        let clean = |typed| Text::clean(typed).map(|text| text.0);
        assert_eq!(clean("a\r\nb\rc"), Some("a\nb\nc\n".to_owned()));
        assert_eq!(clean("a  \n\n \t\n\n"), Some("a  \n".to_owned()));
        assert_eq!(clean("\n\n  a"), Some("\n\n  a\n".to_owned()));
        assert_eq!(clean(" \n\t\n"), None);
        assert_eq!(clean(""), None);
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for typed in ["a", "\n \n\tx\t\n", "x\u{85}\n", "a\r\r\n\r"] {
            let once = Text::clean(typed).expect("a text");
            assert_eq!(Text::clean(once.as_str()), Some(once.clone()), "{typed:?}");
            assert_eq!(Text::from_clean(once.0.clone()), Some(once), "{typed:?}");
        }
    }

    #[test]
    fn a_text_that_needs_cleaning_is_not_clean() {
        for typed in ["", "\n", "a", "a\n\n", "a\n \t\n", "a\rb\n", "a\r\n"] {
            assert_eq!(Text::from_clean(typed.to_owned()), None, "{typed:?}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(clean_subject(" a\r\n b\u{2028}c "), Some("a b c".to_owned()));
        assert_eq!(clean_subject("\n"), None);
    }
}
