//! Findings as JSON: an array, or an object on each line, always with the same fields.

use serde_json::{Map, Value, json};

use crate::domain::rules::finding::Finding;

use crate::view::csv_and_jsonl;
use crate::view::json::{pretty, record};

/// Renders the findings as a JSON array.
pub(super) fn array(findings: &[Finding]) -> String {
    format!("{}\n", pretty(&Value::Array(findings.iter().map(|finding| Value::Object(object(finding))).collect())))
}

/// Renders the findings as JSON lines.
pub(super) fn lines(findings: &[Finding]) -> String {
    findings.iter().map(|finding| csv_and_jsonl::line(object(finding))).collect()
}

/// Returns a finding as JSON.
pub fn object(finding: &Finding) -> Map<String, Value> {
    record(json!({
        "severity": finding.severity.as_str(),
        "rule": finding.rule.word,
        "code": finding.rule.code,
        "file": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "ticket": finding.ticket.map(|id| id.to_string()),
        "entry": finding.entry.map(|id| id.to_string()),
        "commit": finding.commit,
    }))
}
