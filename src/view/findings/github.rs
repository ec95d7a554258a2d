//! GitHub annotations: a workflow command on each line, with every character escaped that could end it.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write as _;

use crate::domain::rules::finding::Finding;

use crate::view::sanitize::one_line;

/// Renders an annotation for each finding.
pub(super) fn annotations(findings: &[Finding]) -> String {
    let mut report = String::new();
    for finding in findings {
        let command = finding.severity.as_str();
        let file = property(&finding.path);
        let title = property(&format!("{} {}", finding.rule.code, finding.rule.word));
        let (line, column) = (finding.line, finding.column);
        let message = match &finding.commit {
            Some(commit) => data(&format!("{commit}: {}", finding.message)),
            None => data(&finding.message),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(report, "::{command} file={file},line={line},col={column},title={title}::{message}");
    }
    report
}

/// Escapes the text after a command.
fn data(text: &str) -> String {
    one_line(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, which would end at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
