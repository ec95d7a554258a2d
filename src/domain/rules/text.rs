//! The texts of the rules, which are those of docs/rules.md.

use super::Rule;

/// The page of all rules.
const PAGE: &str = include_str!("../../../docs/rules.md");

/// The texts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// The violation, in one line.
    pub title: &'static str,
    /// The reason for the rule.
    pub explanation: &'static str,
    /// An example of a violation: lines of a file, or a command.
    pub example: &'static str,
    /// The repair.
    pub repair: &'static str,
}

impl Rule {
    /// Returns the texts of the rule.
    pub fn text(&self) -> RuleText {
        self.section().expect("docs/rules.md has a section of this form for every rule, as a test requires")
    }

    /// Returns the texts in the section of the rule. Its first line is like "`file.syntax`: the file is not YAML. An error."
    fn section(&self) -> Option<RuleText> {
        let section = PAGE.split("\n## ").find_map(|section| section.strip_prefix(self.code)?.strip_prefix("\n\n"))?;
        let (first, rest) = section.split_once("\n\n")?;
        let title = first.strip_prefix('`')?.strip_prefix(self.word)?.strip_prefix("`: ")?;
        let title = title.strip_suffix(&format!(". {}.", self.severity.phrase()))?;
        let (explanation, rest) = rest.split_once("\n\n```text\n")?;
        let (example, repair) = rest.split_once("\n```\n\n**Repair.** ")?;
        Some(RuleText { title, explanation, example, repair: repair.trim_end() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rules::rules;

    #[test]
    fn every_rule_has_a_section_and_every_section_a_rule() {
        for rule in rules() {
            let text = rule.section().unwrap_or_else(|| panic!("the section of {} has another form", rule.code));
            for text in [text.title, text.explanation, text.example, text.repair] {
                assert!(text.trim_end() == text && text.len() > 8, "{}: {text:?}", rule.code);
            }
            assert!(!text.title.ends_with('.') && !text.title.contains('\n'), "{}", rule.code);
        }
        assert_eq!(PAGE.matches("\n## CB").count(), rules().count());
    }
}
