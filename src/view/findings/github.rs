//! Annotations of GitHub: a workflow command on each line, with everything in it that could end it escaped.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::fmt::Write as _;

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use crate::view::sanitize::one_line;

pub(super) fn annotations(findings: &[Finding]) -> String {
    let mut told = String::new();
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let file = property(&finding.path);
        let title = property(&format!("{} {}", finding.rule.code, finding.rule.word));
        let (line, column) = (finding.line, finding.column);
        let message = match &finding.commit {
            Some(commit) => data(&format!("{commit}: {}", finding.message)),
            None => data(&finding.message),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(told, "::{command} file={file},line={line},col={column},title={title}::{message}");
    }
    told
}

/// Words behind the command. What strangers wrote is made safe first, and can then end nothing.
fn data(words: &str) -> String {
    one_line(words).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which ends at a comma or a colon.
fn property(words: &str) -> String {
    data(words).replace(':', "%3A").replace(',', "%2C")
}
