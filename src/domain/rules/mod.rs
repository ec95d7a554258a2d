//! The rules that files, histories and desks must meet (docs/rules.md).
//!
//! `check`, `audit` and `guard` report only violations of these rules. Codes and words are promises: the code of a removed
//! rule is not used again. The hundreds of a code name its subject:
//!
//! | codes | subject |
//! |---|---|
//! | CB001 to CB099 | one file: its contents and format |
//! | CB100 to CB199 | one ticket: its header, its history, and the workflow |
//! | CB200 to CB299 | links between tickets, and attachments |
//! | CB300 to CB399 | people and policy |
//! | CB400 to CB499 | the history of git, for `audit` |
//! | CB500 to CB599 | a push, for `guard` |
//! | CB600 to CB699 | targets, for `sla` |
//!
//! # Invariants
//!
//! This folder contains only the rules and the form of a finding. The checks are in [`crate::desk`], and the views in
//! [`crate::view`].

pub mod finding;
mod table;
mod text;

pub use table::*;
pub use text::RuleText;

use super::vocabulary::vocabulary;

vocabulary! {
    /// A severity of a finding.
    Severity, "severity" {
        /// The violation cannot be the result of valid commands.
        Error = "error",
        /// The violation can be the result of two clones that worked at the same time, or needs the attention of a person.
        Warning = "warning",
    }
}

impl Severity {
    /// Returns the word with its article, at the beginning of a sentence.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Error => "An error",
            Self::Warning => "A warning",
        }
    }
}

/// A condition that every valid desk meets.
#[derive(Debug)]
pub struct Rule {
    /// The code, such as `CB101`.
    pub code: &'static str,
    /// The stable word, such as `header.differs`.
    pub word: &'static str,
    /// The severity of a violation.
    pub severity: Severity,
    /// True if `check --fix` repairs the violation, because there is exactly one correct value.
    pub is_fixable: bool,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

/// Returns every rule, in the order of codes.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    table::ALL.iter().copied()
}

/// Returns the rule with a code or word, in any case.
pub fn find_rule(word: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.word.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_words_are_in_order_and_unique() {
        let codes: Vec<&str> = rules().map(|rule| rule.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        let words: HashSet<&str> = rules().map(|rule| rule.word).collect();
        assert_eq!(words.len(), codes.len());
        for rule in rules() {
            assert!(rule.code.len() == 5 && rule.code.starts_with("CB"), "{rule:?}");
            assert!(rule.word.split('.').count() == 2, "{rule:?}");
        }
    }

    #[test]
    fn a_rule_is_found_by_its_code_and_its_word() {
        assert_eq!(find_rule("cb101"), Some(&HEADER_DIFFERS));
        assert_eq!(find_rule("header.differs"), Some(&HEADER_DIFFERS));
        assert_eq!(find_rule("CB999"), None);
    }
}
