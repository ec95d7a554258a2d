//! Words looked for in texts: as they are typed, whole words, or a pattern; case never matters.
//!
//! Cases are folded as Unicode folds single characters, so `ÉTÉ` finds `été` and `ΣΟΦΌΣ` finds `σοφός`. Every look
//! at a line takes time in proportion to its length. Must not know tickets, nor who may read them.

use std::ops::Range;

use regex::Regex;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Pattern {
    pattern: Regex,
    in_bytes: Option<regex::bytes::Regex>,
}

/// How words are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchMode {
    /// They are a pattern of the crate `regex`.
    pub pattern: bool,
    /// No letter or digit may touch them.
    pub whole_words: bool,
}

/// Why nothing can be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// There are no words.
    #[error("there is nothing to look for")]
    Nothing,
    /// The pattern is none.
    #[error("{0}")]
    Pattern(String),
}

/// A line with hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Which line it is, from 0.
    pub line: usize,
    /// The line.
    pub text: &'a str,
    /// Where the hits are, in bytes; never empty.
    pub ranges: Vec<Range<usize>>,
}

/// What a ticket file has at its end, if nothing is missing.
const END: &[u8] = b"\n...\n";
/// What git leaves in a file it could not merge.
const CONFLICT: &[u8] = b"<<<<<<<";

impl Pattern {
    /// Something to look for.
    ///
    /// # Errors
    /// No words, or no pattern.
    pub fn read(words: &str, meaning: MatchMode) -> Result<Self, PatternError> {
        if words.is_empty() {
            return Err(PatternError::Nothing);
        }
        let literal = regex::escape(words);
        let inner = if meaning.pattern { words } else { &literal };
        let pattern = if meaning.whole_words {
            format!(r"(?i)\b{{start-half}}(?:{inner})\b{{end-half}}")
        } else {
            format!("(?i){inner}")
        };
        let flaw = |error: regex::Error| PatternError::Pattern(error.to_string());
        // Only letters and digits are sure to stand in a file as they stand in the text.
        let is_plain = !meaning.pattern && words.chars().all(char::is_alphanumeric);
        let in_bytes = is_plain.then(|| regex::bytes::Regex::new(&format!("(?i){literal}"))).transpose();
        Ok(Self { pattern: Regex::new(&pattern).map_err(flaw)?, in_bytes: in_bytes.map_err(flaw)? })
    }

    /// The lines of a text with hits.
    pub fn hits<'t>(&self, text: &'t str) -> impl Iterator<Item = Hit<'t>> {
        text.lines().enumerate().filter_map(|(line, text)| {
            let ranges = self.ranges(text);
            (!ranges.is_empty()).then_some(Hit { line, text, ranges })
        })
    }

    /// Where the hits of one line are, in bytes. What matches nothing is no hit.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        self.pattern.find_iter(line).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }

    /// Whether a ticket's file has to be read to know whether it holds the words. A file that looks damaged does, so
    /// that it is named; so does one whose words may be spelled with a backslash.
    pub fn may_be_in(&self, file: &[u8]) -> bool {
        let Some(pattern) = &self.in_bytes else { return true };
        let is_odd = || {
            !file.ends_with(END)
                || memchr::memchr(b'\\', file).is_some()
                || memchr::memmem::find(file, CONFLICT).is_some()
        };
        pattern.is_match(file) || is_odd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(words: &str) -> Pattern {
        Pattern::read(words, MatchMode::default()).expect("a needle")
    }

    fn found(needle: &Pattern, text: &str) -> Vec<(usize, Vec<String>)> {
        needle
            .hits(text)
            .map(|hit| (hit.line, hit.ranges.into_iter().map(|range| hit.text[range].to_owned()).collect()))
            .collect()
    }

    #[test]
    fn words_are_found_as_they_are_typed_in_any_case() {
        let text = "Tiles time out.\nno\nTILES (tiles)\n";
        let expected = vec![(0, vec!["Tiles".to_owned()]), (2, vec!["TILES".to_owned(), "tiles".to_owned()])];
        assert_eq!(found(&needle("tiles"), text), expected);
        for (words, line) in [
            ("ÉTÉ", "Cet été"),
            ("ΣΟΦΌΣ", "σοφός"),
            ("タイル", "緊急: タイルが遅い"),
            ("a.b (c)", "x A.B (C)"),
            ("kelvin", "\u{212a}elvin"),
        ] {
            assert_eq!(needle(words).ranges(line).len(), 1, "{words}");
        }
        assert!(needle("a.b").ranges("axb").is_empty());
    }

    #[test]
    fn whole_words_are_touched_by_nothing() {
        let word =
            |words: &str| Pattern::read(words, MatchMode { whole_words: true, pattern: false }).expect("a needle");
        assert_eq!(word("tile").ranges("tiles tile reptile tile").len(), 2);
        assert_eq!(word("c++").ranges("c++ and c++11").len(), 1);
        let both = Pattern::read("tiles?|maps?", MatchMode { whole_words: true, pattern: true }).expect("a needle");
        assert_eq!(both.ranges("tile Maps bitmap").len(), 2);
    }

    #[test]
    fn a_pattern_that_matches_nothing_finds_nothing() {
        let pattern = |words: &str| Pattern::read(words, MatchMode { pattern: true, whole_words: false });
        assert!(pattern("x*").expect("a needle").ranges("abc").is_empty());
        assert_eq!(pattern(r"\d{3}").expect("a needle").ranges("a 404 b 500").len(), 2);
        assert!(matches!(pattern("(").expect_err("a flaw"), PatternError::Pattern(_)));
        assert_eq!(needle("x").ranges("").len(), 0);
        assert_eq!(Pattern::read("", MatchMode::default()).expect_err("a flaw"), PatternError::Nothing);
    }

    #[test]
    fn a_file_is_left_out_only_where_it_cannot_hold_the_words() {
        assert!(!needle("tiles").may_be_in(b"text: none\n...\n"));
        for file in ["TILES\n...\n", "\\x74iles\n...\n", "cut short", "<<<<<<< HEAD\n...\n", "T\u{131}les tiles"] {
            assert!(needle("tiles").may_be_in(file.as_bytes()), "{file}");
        }
        assert!(needle("two words").may_be_in(b"none\n...\n"), "a line may be folded between them");
        assert!(needle("ask").may_be_in("a\u{17f}\u{212a}\n...\n".as_bytes()));
    }
}
