//! Findings for people: one line for each, and below it the line of the file with a mark under the place.

use std::fmt::Write as _;

use anstyle::Style;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::ReportSource;
use crate::view::colors;
use crate::view::sanitize::one_line;
use crate::view::text_width::width;

/// How many characters of a long line are shown, around the place.
const SHOWN: usize = 100;

/// One line for each: `FILE:LINE:COLUMN: SEVERITY: MESSAGE [CODE]`.
pub(super) fn concise(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let mut told = String::new();
    findings.iter().for_each(|finding| line(&mut told, finding, run));
    told
}

/// The same, each with its line of the file.
pub(super) fn full(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let mut told = String::new();
    for finding in findings {
        line(&mut told, finding, run);
        if let Some(source) = &finding.source_line {
            excerpt(&mut told, finding, source);
        }
    }
    told
}

fn line(told: &mut String, finding: &Finding, run: &ReportSource<'_>) {
    let severity = run.paint.text(style(finding.severity), finding.severity.as_str());
    let place = match &finding.commit {
        Some(commit) => format!("{}: {}", commit.get(..10).unwrap_or(commit), finding.path),
        None => finding.path.clone(),
    };
    let place = one_line(&place).into_owned();
    let (line, column, code) = (finding.line, finding.column, finding.rule.code);
    let message = format!("{severity}: {}", one_line(&finding.message));
    // Writing to a String cannot fail.
    let _ = writeln!(told, "{place}:{line}:{column}: {message} [{code}]");
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => colors::ALARM,
        Severity::Warning => colors::INTERNAL,
    }
}

/// The line with its number, and a mark below the place. Of a long line, what stands around the place.
fn excerpt(told: &mut String, finding: &Finding, source: &str) {
    let at = finding.column.saturating_sub(1);
    let skipped = at.saturating_sub(SHOWN / 2);
    let shown: String = source.chars().skip(skipped).take(SHOWN).collect();
    let before: String = source.chars().skip(skipped).take(at - skipped).collect();
    let (lead, tail) =
        (if skipped > 0 { "…" } else { "" }, if source.chars().count() > skipped + SHOWN { "…" } else { "" });
    let number = finding.line.to_string();
    let gutter = " ".repeat(number.len());
    // What begins a line in the file begins none here, so it is made safe with what stands before it.
    let line = format!("{number} | {lead}{}{tail}", one_line(&shown));
    let blanks = " ".repeat(width(&format!("{lead}{}", one_line(&before))));
    let _ = writeln!(told, "  {line}\n  {gutter} | {blanks}^");
}
