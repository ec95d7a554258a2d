//! The search in texts: for a literal text, whole words, or a regular expression, always without regard to case.
//!
//! Case is folded as Unicode folds single characters, so `ÉTÉ` finds `été` and `ΣΟΦΌΣ` finds `σοφός`. The search of a
//! line takes time in proportion to its length.

use std::ops::Range;

use regex::Regex;

/// A pattern to search for.
#[derive(Clone, Debug)]
pub struct Pattern {
    pattern: Regex,
    in_bytes: Option<regex::bytes::Regex>,
}

/// The way in which the text of a pattern is matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchMode {
    /// True if it is a regular expression of the crate `regex`, not a literal text.
    pub is_regex: bool,
    /// True if no letter or digit may be next to a match.
    pub whole_words: bool,
}

/// The reason why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The text is empty.
    #[error("the search text is empty")]
    Empty,
    /// It is not a valid regular expression; the message of the crate `regex`.
    #[error("{0}")]
    InvalidRegex(String),
}

/// A line with matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The number of the line, from 0.
    pub line: usize,
    /// The text of the line.
    pub text: &'a str,
    /// The byte ranges of the matches; never empty.
    pub ranges: Vec<Range<usize>>,
}

/// The end of every complete ticket file.
const END: &[u8] = b"\n...\n";
/// The mark of a merge conflict that git writes into a file.
const CONFLICT: &[u8] = b"<<<<<<<";

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// An empty text, or an invalid regular expression.
    pub fn parse(text: &str, mode: MatchMode) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        let literal = regex::escape(text);
        let inner = if mode.is_regex { text } else { &literal };
        let pattern = if mode.whole_words {
            format!(r"(?i)\b{{start-half}}(?:{inner})\b{{end-half}}")
        } else {
            format!("(?i){inner}")
        };
        let invalid = |error: regex::Error| PatternError::InvalidRegex(error.to_string());
        // Only letters and digits are certain to be in a file as they are in the text.
        let is_plain = !mode.is_regex && text.chars().all(char::is_alphanumeric);
        let in_bytes = is_plain.then(|| regex::bytes::Regex::new(&format!("(?i){literal}"))).transpose();
        Ok(Self { pattern: Regex::new(&pattern).map_err(invalid)?, in_bytes: in_bytes.map_err(invalid)? })
    }

    /// Returns the lines of a text with matches.
    pub fn hits<'t>(&self, text: &'t str) -> impl Iterator<Item = Hit<'t>> {
        text.lines().enumerate().filter_map(|(line, text)| {
            let ranges = self.ranges(text);
            (!ranges.is_empty()).then_some(Hit { line, text, ranges })
        })
    }

    /// Returns the byte ranges of the matches in one line, without empty ones.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        self.pattern.find_iter(line).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }

    /// Returns true if a ticket file must be read to know if it has a match. That includes a file that looks damaged, so
    /// that it is reported, and a file with a backslash, in which the text may be escaped.
    pub fn may_match_file(&self, file: &[u8]) -> bool {
        let Some(pattern) = &self.in_bytes else { return true };
        let may_hide_text = || {
            !file.ends_with(END)
                || memchr::memchr(b'\\', file).is_some()
                || memchr::memmem::find(file, CONFLICT).is_some()
        };
        pattern.is_match(file) || may_hide_text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text, MatchMode::default()).expect("a pattern")
    }

    fn found(pattern: &Pattern, text: &str) -> Vec<(usize, Vec<String>)> {
        pattern
            .hits(text)
            .map(|hit| (hit.line, hit.ranges.into_iter().map(|range| hit.text[range].to_owned()).collect()))
            .collect()
    }

    #[test]
    fn a_literal_text_is_found_in_any_case() {
        let text = "Tiles time out.\nno\nTILES (tiles)\n";
        let expected = vec![(0, vec!["Tiles".to_owned()]), (2, vec!["TILES".to_owned(), "tiles".to_owned()])];
        assert_eq!(found(&pattern("tiles"), text), expected);
        for (words, line) in [
            ("ÉTÉ", "Cet été"),
            ("ΣΟΦΌΣ", "σοφός"),
            ("タイル", "緊急: タイルが遅い"),
            ("a.b (c)", "x A.B (C)"),
            ("kelvin", "\u{212a}elvin"),
        ] {
            assert_eq!(pattern(words).ranges(line).len(), 1, "{words}");
        }
        assert!(pattern("a.b").ranges("axb").is_empty());
    }

    #[test]
    fn whole_words_have_no_letter_or_digit_next_to_them() {
        let word =
            |text: &str| Pattern::parse(text, MatchMode { whole_words: true, is_regex: false }).expect("a pattern");
        assert_eq!(word("tile").ranges("tiles tile reptile tile").len(), 2);
        assert_eq!(word("c++").ranges("c++ and c++11").len(), 1);
        let both = Pattern::parse("tiles?|maps?", MatchMode { whole_words: true, is_regex: true }).expect("a pattern");
        assert_eq!(both.ranges("tile Maps bitmap").len(), 2);
    }

    #[test]
    fn empty_matches_are_not_hits() {
        let regex = |text: &str| Pattern::parse(text, MatchMode { is_regex: true, whole_words: false });
        assert!(regex("x*").expect("a pattern").ranges("abc").is_empty());
        assert_eq!(regex(r"\d{3}").expect("a pattern").ranges("a 404 b 500").len(), 2);
        assert!(matches!(regex("(").expect_err("an error"), PatternError::InvalidRegex(_)));
        assert_eq!(pattern("x").ranges("").len(), 0);
        assert_eq!(Pattern::parse("", MatchMode::default()).expect_err("an error"), PatternError::Empty);
    }

    #[test]
    fn a_file_is_skipped_only_if_it_cannot_contain_the_text() {
        assert!(!pattern("tiles").may_match_file(b"text: none\n...\n"));
        for file in ["TILES\n...\n", "\\x74iles\n...\n", "cut short", "<<<<<<< HEAD\n...\n", "T\u{131}les tiles"] {
            assert!(pattern("tiles").may_match_file(file.as_bytes()), "{file}");
        }
        assert!(pattern("two words").may_match_file(b"none\n...\n"), "a line may be folded between them");
        assert!(pattern("ask").may_match_file("a\u{17f}\u{212a}\n...\n".as_bytes()));
    }
}
