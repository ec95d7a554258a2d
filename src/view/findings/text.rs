//! Findings as text for people: one line for each, and below it the line of the file with a mark under the column.

use std::fmt::Write as _;

use anstyle::Style;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::ReportSource;
use crate::view::colors;
use crate::view::sanitize::one_line;
use crate::view::text_width::width;

/// The number of characters of a long line that are shown, around the column.
const EXCERPT_LENGTH: usize = 100;

/// Renders one line for each finding: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE]`.
pub(super) fn concise(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let mut text = String::new();
    findings.iter().for_each(|finding| line(&mut text, finding, run));
    text
}

/// Renders each finding with its line of the file.
pub(super) fn full(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let mut text = String::new();
    for finding in findings {
        line(&mut text, finding, run);
        if let Some(source) = &finding.source_line {
            excerpt(&mut text, finding, source);
        }
    }
    text
}

/// Appends the line of a finding, with the first ten digits of its commit.
fn line(text: &mut String, finding: &Finding, run: &ReportSource<'_>) {
    let severity = run.color_mode.text(style(finding.severity), finding.severity.as_str());
    let place = match &finding.commit {
        Some(commit) => format!("{}: {}", commit.get(..10).unwrap_or(commit), finding.path),
        None => finding.path.clone(),
    };
    let place = one_line(&place).into_owned();
    let (line, column, code) = (finding.line, finding.column, finding.rule.code);
    let message = format!("{severity}: {}", one_line(&finding.message));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{place}:{line}:{column}: {message} [{code}]");
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => colors::ALARM,
        Severity::Warning => colors::INTERNAL,
    }
}

/// Appends the line of the file with its number, and a mark below the column. A long line is cut around the column.
fn excerpt(text: &mut String, finding: &Finding, source: &str) {
    let at = finding.column.saturating_sub(1);
    let skipped = at.saturating_sub(EXCERPT_LENGTH / 2);
    let excerpt: String = source.chars().skip(skipped).take(EXCERPT_LENGTH).collect();
    let before: String = source.chars().skip(skipped).take(at - skipped).collect();
    let (lead, tail) =
        (if skipped > 0 { "…" } else { "" }, if source.chars().count() > skipped + EXCERPT_LENGTH { "…" } else { "" });
    let number = finding.line.to_string();
    let gutter = " ".repeat(number.len());
    // The text is sanitized together with its prefix: a command at the start of the file line is not at the start here.
    let line = format!("{number} | {lead}{}{tail}", one_line(&excerpt));
    let blanks = " ".repeat(width(&format!("{lead}{}", one_line(&before))));
    let _ = writeln!(text, "  {line}\n  {gutter} | {blanks}^");
}
