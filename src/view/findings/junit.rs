//! JUnit's XML, as Jenkins, GitLab and others read it: a test case for each finding, one that passed where there is
//! none. A warning is a case that passed with words beside it, unless warnings count.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::ReportSource;
use crate::view::sanitize::one_line;

pub(super) fn report(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let fails = |finding: &&Finding| run.is_strict || finding.severity == Severity::Error;
    let failures = findings.iter().filter(fails).count();
    let name = format!("casebook {}", run.verb);
    let tests = findings.len().max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\"");
    let mut told = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    // Writing to a String cannot fail.
    let _ = writeln!(told, "<testsuites name=\"{name}\" {counts}>");
    let _ = writeln!(told, "  <testsuite name=\"{name}\" {counts} skipped=\"0\">");
    if findings.is_empty() {
        let _ = writeln!(told, "    <testcase name=\"{name}\" classname=\"casebook\"/>");
    }
    for finding in findings {
        case(&mut told, finding, fails(&finding));
    }
    told.push_str("  </testsuite>\n</testsuites>\n");
    told
}

fn case(told: &mut String, finding: &Finding, fails: bool) {
    let (line, column, code) = (finding.line, finding.column, finding.rule.code);
    let path = escaped(&finding.path);
    let title = escaped(&format!("{code} {} {}:{line}:{column}", finding.rule.word, finding.path)).into_owned();
    let commit = finding.commit.as_ref().map(|commit| format!("{commit}: ")).unwrap_or_default();
    let message = escaped(&format!("{commit}{}", finding.message)).into_owned();
    let said = format!("{path}:{line}:{column}: {}: {message} [{code}]", finding.severity.as_str());
    let _ =
        writeln!(told, "    <testcase name=\"{title}\" classname=\"casebook.{}\" file=\"{path}\">", finding.rule.word);
    if fails {
        let kind = finding.severity.as_str();
        let _ = writeln!(told, "      <failure message=\"{message}\" type=\"{kind}\">{said}</failure>");
    } else {
        let _ = writeln!(told, "      <system-out>{said}</system-out>");
    }
    told.push_str("    </testcase>\n");
}

/// Words as XML carries them: no character it has no place for, nothing that ends an attribute or begins a tag.
fn escaped(words: &str) -> Cow<'_, str> {
    let words = one_line(words);
    if !words.contains(['&', '<', '>', '"', '\'', '\u{fffe}', '\u{ffff}']) {
        return words;
    }
    let mut escaped = String::with_capacity(words.len() + 16);
    for c in words.chars() {
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
