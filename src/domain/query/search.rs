//! The search in texts: for a literal text, whole words, or a regular expression, always without regard to case.
//!
//! A literal text is found in both spellings of Unicode, composed and decomposed; a regular expression only as it is
//! written. Case is folded as Unicode folds single characters, so `ÉTÉ` finds `été` and `ΣΟΦΌΣ` finds `σοφός`. The search of a
//! line takes time in proportion to its length.

use std::ops::Range;

use regex::{Regex, bytes};
use regex_syntax::hir::{Hir, HirKind};
use unicode_normalization::UnicodeNormalization;

/// A pattern to search for.
#[derive(Clone, Debug)]
pub struct Pattern {
    pattern: Regex,
    /// A part of every match, found faster than the pattern itself. Without it every line is searched.
    in_texts: Option<bytes::Regex>,
    /// The same for a file, in which only letters and digits are certain to be as they are in the text.
    in_files: Option<bytes::Regex>,
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
        let literal = spellings(text);
        let inner = if mode.is_regex { text } else { &literal };
        let pattern = if mode.whole_words {
            format!(r"(?i)\b{{start-half}}(?:{inner})\b{{end-half}}")
        } else {
            format!("(?i){inner}")
        };
        let invalid = |error: regex::Error| PatternError::InvalidRegex(error.to_string());
        let pattern = Regex::new(&pattern).map_err(invalid)?;
        let required = if mode.is_regex { required_literal(text) } else { longest_word(text) };
        let part = |text: &str| bytes::Regex::new(&format!("(?i){}", spellings(text))).map_err(invalid);
        let in_files = if required.is_empty() { None } else { Some(part(&required)?) };
        let in_texts = if mode.is_regex { in_files.clone() } else { Some(part(text)?) };
        Ok(Self { pattern, in_texts, in_files })
    }

    /// Returns the lines of a text with matches.
    pub fn hits<'t>(&self, text: &'t str) -> impl Iterator<Item = Hit<'t>> {
        let (mut next_line, mut next) = (0, 0);
        std::iter::from_fn(move || {
            while next < text.len() {
                let candidate = self.find_part(text.as_bytes(), next)?;
                let skipped = &text.as_bytes()[next..candidate];
                let start = memchr::memrchr(b'\n', skipped).map_or(next, |end| next + end + 1);
                let end =
                    memchr::memchr(b'\n', &text.as_bytes()[candidate..]).map_or(text.len(), |end| candidate + end);
                let line = next_line + memchr::memchr_iter(b'\n', skipped).count();
                (next_line, next) = (line + 1, end + 1);
                let content = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
                let ranges = self.ranges(content);
                if !ranges.is_empty() {
                    return Some(Hit { line, text: content, ranges });
                }
            }
            None
        })
    }

    /// Returns the byte ranges of the matches in one line, without empty ones.
    pub fn ranges(&self, line: &str) -> Vec<Range<usize>> {
        self.pattern.find_iter(line).map(|found| found.range()).filter(|range| !range.is_empty()).collect()
    }

    /// Returns the first place, from `from` on, of a part of every match in some texts, which are in the bytes as they are;
    /// `from` itself if there is no such part.
    pub fn find_part(&self, texts: &[u8], from: usize) -> Option<usize> {
        self.in_texts.as_ref().map_or(Some(from), |part| part.find_at(texts, from).map(|found| found.start()))
    }

    /// Returns true if a ticket file must be read to know if it has a match. That includes a file that looks damaged, so
    /// that it is reported, and a file with a backslash, in which the text may be escaped.
    pub fn may_match_file(&self, file: &[u8]) -> bool {
        let Some(part) = &self.in_files else { return true };
        let may_hide_text = || {
            !file.ends_with(END)
                || memchr::memchr(b'\\', file).is_some()
                || memchr::memmem::find(file, CONFLICT).is_some()
        };
        part.is_match(file) || may_hide_text()
    }
}

/// Returns a regular expression for a text in both spellings of Unicode: `é` as one character, and as `e` with an accent.
fn spellings(text: &str) -> String {
    if text.is_ascii() {
        return regex::escape(text);
    }
    let mut spelled = String::new();
    for composed in text.nfc() {
        let decomposed: String = std::iter::once(composed).nfd().collect();
        let composed = regex::escape(composed.encode_utf8(&mut [0; 4]));
        match decomposed == composed {
            true => spelled.push_str(&composed),
            false => spelled.push_str(&format!("(?:{composed}|{decomposed})")),
        }
    }
    // A few characters are composed to others.
    if is_normal(text) { spelled } else { format!("(?:{}|{spelled})", regex::escape(text)) }
}

fn is_normal(text: &str) -> bool {
    text.is_ascii() || text.nfc().eq(text.chars()) || text.nfd().eq(text.chars())
}

/// Returns the longest sequence of letters and digits in a text, with composed characters.
fn longest_word(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let words = composed.split(|c: char| !c.is_alphanumeric()).filter(|_| is_normal(text));
    words.max_by_key(|word| word.len()).unwrap_or_default().to_owned()
}

/// Returns the longest word that every match of a regular expression contains; empty if there is none.
fn required_literal(pattern: &str) -> String {
    fn longest(part: &Hir) -> &str {
        let word = |text| str::split(text, |c: char| !c.is_alphanumeric()).max_by_key(|word| word.len());
        match part.kind() {
            HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().and_then(word).unwrap_or_default(),
            HirKind::Capture(capture) => longest(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => longest(&repetition.sub),
            HirKind::Concat(parts) => parts.iter().map(longest).max_by_key(|word| word.len()).unwrap_or_default(),
            _ => "",
        }
    }
    regex_syntax::parse(pattern).map(|parsed| longest(&parsed).to_owned()).unwrap_or_default()
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
        assert!(pattern("two words").may_match_file(b"two\n  words\n...\n"), "a line may be folded between them");
        assert!(!pattern("two words").may_match_file(b"two\n...\n"));
        assert!(pattern("?!").may_match_file(b"none\n...\n"), "signs may be escaped");
        assert!(pattern("ask").may_match_file("a\u{17f}\u{212a}\n...\n".as_bytes()));
    }

    #[test]
    fn a_regular_expression_is_skipped_by_the_longest_word_of_every_match() {
        for (regex, word) in [
            ("time ?outs?", "time"),
            ("error [45]\\d\\d", "error"),
            ("(tile){2}s", "tile"),
            ("tiles|maps", ""),
            ("x*", ""),
            ("(?i)tiles", ""),
            ("a.*dashboard-tile", "dashboard"),
            ("(", ""),
        ] {
            assert_eq!(required_literal(regex), word, "{regex}");
        }
        let regex = Pattern::parse("time ?outs?", MatchMode { is_regex: true, whole_words: false }).expect("a pattern");
        assert!(regex.may_match_file(b"TIME\n...\n") && !regex.may_match_file(b"out\n...\n"));
    }

    #[test]
    fn composed_and_decomposed_characters_find_each_other() {
        let (composed, decomposed) = ("Café für 가 が", "Cafe\u{301} fu\u{308}r \u{1100}\u{1161} か\u{3099}");
        for text in [composed, decomposed] {
            for words in [composed, decomposed, "CAFÉ", "CAFE\u{301}", "ü", "가", "が"] {
                assert_eq!(pattern(words).ranges(text).len(), 1, "{words} in {text}");
                assert!(pattern(words).may_match_file(format!("{text}\n...\n").as_bytes()), "{words} in {text}");
                assert!(pattern(words).find_part(text.as_bytes(), 0).is_some(), "{words} in {text}");
            }
        }
        // A character that is composed to another one is found as it is, too.
        for text in ["\u{f900}", "\u{8c48}"] {
            assert_eq!(pattern("\u{f900}").ranges(text).len(), 1);
            assert!(pattern("\u{f900}").may_match_file(format!("{text}\n...\n").as_bytes()));
        }
        assert!(!pattern("café").may_match_file(b"cafe\n...\n"));
        assert!(pattern("a.b").ranges("axb").is_empty());
    }

    #[test]
    fn a_text_is_searched_as_its_lines_are() {
        let text = "one tiles\n\ntile\nTILES\r\n no\nlast tiles";
        for (words, is_regex) in [
            ("tiles", false),
            ("tiles$", true),
            ("^", true),
            ("s\nt", false),
            ("[^x]", true),
            ("s.*", true),
            (" ", false),
        ] {
            let pattern = Pattern::parse(words, MatchMode { is_regex, whole_words: false }).expect("a pattern");
            let by_line: Vec<_> = text.lines().map(|line| pattern.ranges(line)).enumerate().collect();
            let hits: Vec<_> = pattern.hits(text).map(|hit| (hit.line, hit.ranges)).collect();
            assert_eq!(
                hits,
                by_line.into_iter().filter(|(_, ranges)| !ranges.is_empty()).collect::<Vec<_>>(),
                "{words}"
            );
        }
    }
}
