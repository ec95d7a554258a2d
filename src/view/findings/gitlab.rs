//! GitLab code quality report: an array of issues, each with a stable fingerprint.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use serde_json::{Value, json};

use crate::domain::rules::Severity;
use crate::domain::rules::finding::Finding;

use super::fingerprints;
use crate::view::json::pretty;

/// Renders the report.
pub(super) fn report(findings: &[Finding]) -> String {
    let issue = |(finding, fingerprint): (&Finding, String)| {
        let severity = match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        };
        let commit = finding.commit.as_ref().map(|commit| format!(" (commit {commit})")).unwrap_or_default();
        json!({
            "description": format!("{}{commit}", finding.message),
            "check_name": format!("{} {}", finding.rule.code, finding.rule.word),
            "fingerprint": fingerprint,
            "severity": severity,
            "location": { "path": finding.path, "lines": { "begin": finding.line } },
        })
    };
    format!("{}\n", pretty(&Value::Array(findings.iter().zip(fingerprints(findings)).map(issue).collect())))
}
