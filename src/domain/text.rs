//! Texts people write, cleaned where they enter, and nothing lost.
//!
//! Must not know how a text is spelled in a file or shown on a terminal.

/// What somebody wrote: one or more lines, each ended by LF, the last of them not blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(String);

impl Text {
    /// Cleans what was typed (FORMAT, rule 6): CRLF and CR become LF, blank lines at the end go, one
    /// newline ends it; every other character is kept. `None` where nothing but blanks was typed.
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

    /// Takes words that need no cleaning. `None` where they do.
    pub fn of_clean(words: String) -> Option<Self> {
        let last_line = words.strip_suffix('\n')?.rsplit('\n').next()?;
        let is_clean =
            !last_line.trim_matches([' ', '\t']).is_empty() && memchr::memchr(b'\r', words.as_bytes()).is_none();
        is_clean.then_some(Self(words))
    }

    /// Stands for words that are not at hand, where it only counts that there are some. Never written anywhere.
    pub const fn left_out() -> Self {
        Self(String::new())
    }

    /// The lines with their ends, the last newline included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first line that is not blank, for places with room for one line.
    pub fn first_line(&self) -> &str {
        self.0.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// Folds a subject into one line: line breaks and tabs become blanks, blanks around it go.
/// `None` where nothing is left.
pub fn clean_subject(typed: &str) -> Option<String> {
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let one_line = typed.split(is_break).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    (!one_line.is_empty()).then_some(one_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_lines_are_made_one_and_blank_lines_at_the_end_go() {
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
            assert_eq!(Text::of_clean(once.0.clone()), Some(once), "{typed:?}");
        }
    }

    #[test]
    fn what_needs_cleaning_is_not_clean() {
        for typed in ["", "\n", "a", "a\n\n", "a\n \t\n", "a\rb\n", "a\r\n"] {
            assert_eq!(Text::of_clean(typed.to_owned()), None, "{typed:?}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(clean_subject(" a\r\n b\u{2028}c "), Some("a b c".to_owned()));
        assert_eq!(clean_subject("\n"), None);
    }
}
