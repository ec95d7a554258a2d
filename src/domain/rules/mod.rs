//! The rules that files, histories and desks are held to, each with a code, a word, an example and the repair.
//!
//! One table for `check`, `audit` and `guard`: a rule that is not here cannot be broken. Codes and words are
//! promises; a rule that goes leaves its code behind, unused. The hundreds say what is looked at:
//!
//! | codes | of |
//! |---|---|
//! | CB001 to CB099 | one file: what it may hold, and how it is spelled |
//! | CB100 to CB199 | one ticket: its header, its history, and what the workflow allows |
//! | CB200 to CB299 | the store: links between tickets, what lies beside them |
//! | CB300 to CB399 | people and policy |
//! | CB400 to CB499 | the history of git, for `audit` |
//! | CB500 to CB599 | a push, for `guard` |
//! | CB600 to CB699 | what was promised, for `sla` |
//!
//! Must not know how anything is found, nor how it is shown.

mod audit;
mod file;
pub mod finding;
mod guard;
mod history;
mod links;
mod policy;
mod sla;

pub use audit::*;
pub use file::*;
pub use guard::*;
pub use history::*;
pub use links::*;
pub use policy::*;
pub use sla::*;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Cannot come from sound commands.
    Error,
    /// Comes from two clones that worked at the same time, or is worth a look.
    Warning,
}

impl Severity {
    /// The word of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Something that holds in every sound desk.
#[derive(Debug)]
pub struct Rule {
    /// Its number: `CB101`.
    pub code: &'static str,
    /// Its stable word: `header.differs`.
    pub word: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What is wrong where it is broken, in one line.
    pub title: &'static str,
    /// Why it is a rule, in a paragraph or two.
    pub explanation: &'static str,
    /// What breaks it: some lines of a file, or a command.
    pub example: &'static str,
    /// What to do.
    pub repair: &'static str,
    /// Whether `check --fix` mends it: only where there is exactly one right answer.
    pub is_fixable: bool,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

/// Every rule, in the order of codes.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [file::ALL, history::ALL, links::ALL, policy::ALL, audit::ALL, guard::ALL, sla::ALL].into_iter().flatten().copied()
}

/// The rule of a code or a word, in any case.
pub fn find_rule(word: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.word.eq_ignore_ascii_case(word))
}

/// Rules as constants, and the list of them.
macro_rules! table {
    ($($name:ident = $code:literal $word:literal $severity:ident $(($fixable:ident))? {
        title: $title:literal,
        explanation: $explanation:literal,
        example: $example:literal,
        repair: $repair:literal $(,)?
    })*) => {
        $(
            #[doc = $title]
            pub static $name: $crate::domain::rules::Rule = $crate::domain::rules::Rule {
                code: $code,
                word: $word,
                severity: $crate::domain::rules::Severity::$severity,
                title: $title,
                explanation: $explanation,
                example: $example,
                repair: $repair,
                is_fixable: $crate::domain::rules::table!(@fixable $($fixable)?),
            };
        )*
        pub(super) static ALL: &[&$crate::domain::rules::Rule] = &[$(&$name),*];
    };
    (@fixable fixable) => { true };
    (@fixable) => { false };
}
use table;

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
    fn every_rule_says_all_it_has_to() {
        for rule in rules() {
            for words in [rule.title, rule.explanation, rule.example, rule.repair] {
                assert!(words.trim_end() == words && words.len() > 8, "{}: {words:?}", rule.code);
            }
            assert!(!rule.title.ends_with('.') && !rule.title.contains('\n'), "{}", rule.code);
        }
    }

    #[test]
    fn a_rule_is_found_by_its_code_and_its_word() {
        assert_eq!(find_rule("cb101"), Some(&HEADER_DIFFERS));
        assert_eq!(find_rule("header.differs"), Some(&HEADER_DIFFERS));
        assert_eq!(find_rule("CB999"), None);
    }
}
