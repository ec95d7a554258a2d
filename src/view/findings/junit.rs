//! JUnit XML, for Jenkins, GitLab and other systems: a test case for each finding, or one passed case if there is none. A
//! warning is a passed case with output, unless warnings fail the run.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::ReportSource;
use crate::view::sanitize::one_line;

/// Renders the report.
pub(super) fn report(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let fails = |finding: &&Finding| run.is_strict || finding.severity == Severity::Error;
    let failures = findings.iter().filter(fails).count();
    let name = format!("casebook {}", run.verb);
    let tests = findings.len().max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    // Writing to a String cannot fail.
    let _ = writeln!(xml, "<testsuites name=\"{name}\" {counts}>");
    let _ = writeln!(xml, "  <testsuite name=\"{name}\" {counts} skipped=\"0\">");
    if findings.is_empty() {
        let _ = writeln!(xml, "    <testcase name=\"{name}\" classname=\"casebook\"/>");
    }
    for finding in findings {
        case(&mut xml, finding, fails(&finding));
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Appends the test case of a finding.
fn case(xml: &mut String, finding: &Finding, fails: bool) {
    let (line, column, code) = (finding.line, finding.column, finding.rule.code);
    let path = escaped(&finding.path);
    let title = escaped(&format!("{code} {} {}:{line}:{column}", finding.rule.word, finding.path)).into_owned();
    let commit = finding.commit.as_ref().map(|commit| format!("{commit}: ")).unwrap_or_default();
    let message = escaped(&format!("{commit}{}", finding.message)).into_owned();
    let text = format!("{path}:{line}:{column}: {}: {message} [{code}]", finding.severity.as_str());
    let _ =
        writeln!(xml, "    <testcase name=\"{title}\" classname=\"casebook.{}\" file=\"{path}\">", finding.rule.word);
    if fails {
        let kind = finding.severity.as_str();
        let _ = writeln!(xml, "      <failure message=\"{message}\" type=\"{kind}\">{text}</failure>");
    } else {
        let _ = writeln!(xml, "      <system-out>{text}</system-out>");
    }
    xml.push_str("    </testcase>\n");
}

/// Escapes text for XML, in an attribute or between tags. Characters that XML does not allow are replaced.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = one_line(text);
    if !text.contains(['&', '<', '>', '"', '\'', '\u{fffe}', '\u{ffff}']) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}
