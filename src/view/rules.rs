//! The rules of `check`, `audit` and `guard`: one rule in full, and a list.

use std::fmt::Write as _;

use super::colors::ColorMode;
use super::table::{Cell, Table, tab_separated};
use crate::domain::rules::{Rule, rules};

/// Renders a rule in full, for people.
pub fn render(rule: &Rule) -> String {
    let texts = rule.text();
    let mut text = format!("{} {} ({})\n\n", rule.code, rule.word, rule.severity.as_str());
    // Writing to a String cannot fail.
    let _ = write!(text, "{}.\n\n{}\n\n", capitalized(texts.title), wrapped(texts.explanation));
    let _ = write!(text, "Example:\n\n{}\n\n", indented(texts.example));
    let _ = writeln!(text, "Repair: {}", wrapped(texts.repair));
    if rule.is_fixable {
        text.push_str("`casebook check --fix` repairs it.\n");
    }
    text
}

/// Renders a line for each rule: code, word, severity, title; aligned for people, tab-separated for programs.
pub fn render_list(is_terminal: bool) -> String {
    let cells = |rule: &Rule| [rule.code, rule.word, rule.severity.as_str(), rule.text().title];
    if !is_terminal {
        return rules().map(|rule| tab_separated(cells(rule))).collect();
    }
    let mut table = Table::without_header();
    rules().for_each(|rule| table.push(cells(rule).map(Cell::plain).to_vec()));
    table.render(ColorMode::PLAIN, None)
}

/// Capitalizes the first letter of a title.
fn capitalized(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// Indents each line by four spaces.
fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Wraps a text into lines of at most 80 characters.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 80;
    let (mut lines, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            lines.push('\n');
            column = 0;
        } else if column > 0 {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += width;
    }
    lines
}
