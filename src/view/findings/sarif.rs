//! SARIF 2.1.0, the report format of static analyzers: the violated rules, and the places of the violations.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::domain::rules::Rule;
use crate::domain::rules::finding::Finding;

use super::{ReportSource, fingerprints};
use crate::view::json::pretty;

/// Renders the report.
pub(super) fn log(findings: &[Finding], run: &ReportSource<'_>) -> String {
    let violated: BTreeMap<&str, &Rule> = findings.iter().map(|finding| (finding.rule.code, finding.rule)).collect();
    let indices: BTreeMap<&str, usize> = violated.keys().enumerate().map(|(index, code)| (*code, index)).collect();
    let results = findings.iter().zip(fingerprints(findings));
    let results: Vec<Value> =
        results.map(|(finding, fingerprint)| result(finding, indices[finding.rule.code], &fingerprint)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "casebook",
                "version": run.version,
                "rules": violated.values().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": format!("casebook/{}/", run.verb) },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{}\n", pretty(&log))
}

fn descriptor(rule: &Rule) -> Value {
    let text = rule.text();
    json!({
        "id": rule.code,
        "name": rule.word,
        "shortDescription": { "text": text.title },
        "fullDescription": { "text": text.explanation },
        "help": { "text": text.repair },
        "defaultConfiguration": { "level": rule.severity.as_str() },
    })
}

fn result(finding: &Finding, rule_index: usize, fingerprint: &str) -> Value {
    let mut region = json!({ "startLine": finding.line, "startColumn": finding.column });
    if let Some(line) = &finding.source_line {
        region["snippet"] = json!({ "text": line });
    }
    let mut properties = Map::new();
    let ids = [("ticket", finding.ticket.map(|id| id.to_string())), ("entry", finding.entry.map(|id| id.to_string()))];
    for (name, value) in ids.into_iter().chain([("commit", finding.commit.clone())]) {
        properties.extend(value.map(|value| (name.to_owned(), Value::String(value))));
    }
    let mut result = json!({
        "ruleId": finding.rule.code,
        "ruleIndex": rule_index,
        "level": finding.severity.as_str(),
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&finding.path), "uriBaseId": "%SRCROOT%" },
            "region": region,
        } }],
        "partialFingerprints": { "casebook/v1": fingerprint },
    });
    if !properties.is_empty() {
        result["properties"] = Value::Object(properties);
    }
    result
}

/// Returns a path as a relative URI reference, percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            // Writing to a String cannot fail.
            byte => _ = write!(uri, "%{byte:02X}"),
        }
    }
    uri
}
