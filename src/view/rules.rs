//! The rules of check and audit, for people: one in full, or all of them in a list or on a page.

use std::fmt::Write as _;

use crate::domain::rules::{Rule, Severity, rules};

/// One rule in full.
pub fn explained(rule: &Rule) -> String {
    let mut told = format!("{} {} ({})\n\n", rule.code, rule.word, rule.severity.as_str());
    // Writing to a String cannot fail.
    let _ = write!(told, "{}.\n\n{}\n\n", describe(rule.title), filled(rule.explanation));
    let _ = write!(told, "Example:\n\n{}\n\n", indented(rule.example));
    let _ = writeln!(told, "Repair: {}", filled(rule.repair));
    if rule.is_fixable {
        told.push_str("`casebook check --fix` mends it.\n");
    }
    told
}

/// A line for each rule: code, word, severity, title; aligned for people, with tabs between for programs.
pub fn listed(is_terminal: bool) -> String {
    let mut told = String::new();
    for rule in rules() {
        let (code, word, severity, title) = (rule.code, rule.word, rule.severity.as_str(), rule.title);
        let _ = if is_terminal {
            writeln!(told, "{code}  {word:<22}{severity:<9}{title}")
        } else {
            writeln!(told, "{code}\t{word}\t{severity}\t{title}")
        };
    }
    told
}

/// The page of all rules, in Markdown.
pub fn render_page() -> String {
    let mut told = "\n| code | word | severity | where it is broken |\n|---|---|---|---|\n".to_owned();
    for rule in rules() {
        let fix = if rule.is_fixable { " (`--fix`)" } else { "" };
        let (code, anchor) = (rule.code, rule.code.to_lowercase());
        let (word, severity, title) = (rule.word, rule.severity.as_str(), rule.title);
        let _ = writeln!(told, "| [{code}](#{anchor}) | `{word}` | {severity}{fix} | {title} |");
    }
    for rule in rules() {
        let kind = match rule.severity {
            Severity::Error => "An error",
            Severity::Warning => "A warning",
        };
        let _ =
            write!(told, "\n## {}\n\n`{}`: {}. {kind}.\n\n{}\n\n", rule.code, rule.word, rule.title, rule.explanation);
        let _ = write!(told, "```text\n{}\n```\n\n**Repair.** {}\n", rule.example, rule.repair);
    }
    told
}

fn describe(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Words in lines of at most 80 characters.
fn filled(words: &str) -> String {
    const WIDTH: usize = 80;
    let (mut told, mut column) = (String::new(), 0);
    for word in words.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            told.push('\n');
            column = 0;
        } else if column > 0 {
            told.push(' ');
            column += 1;
        }
        told.push_str(word);
        column += width;
    }
    told
}
