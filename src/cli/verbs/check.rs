//! `check`: whether every file is sound, and says the same as its history.

use clap::Args;
use serde_json::{Value, json};

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::session::Session;
use crate::casebook::{Finding, Severity};
use crate::view;

/// Check that every file parses, header and history agree, ids and paths agree, and merged tickets know each other.
///
/// Ends with 1 if an error was found. Warnings alone end with 0.
#[derive(Debug, Args)]
pub struct Check {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let mut casebook = session.casebook()?;
        let (findings, count) = casebook.check()?;
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        if self.json {
            session.output.json(&Value::Array(findings.iter().map(as_json).collect()))?;
        } else {
            for finding in &findings {
                let words = format!(
                    "{}:{}:{}: {}: {}",
                    finding.path,
                    finding.line,
                    finding.column,
                    finding.severity.word(),
                    finding.message
                );
                session.output.print(&format!("{}\n", view::terminal::one_line(&words)))?;
            }
            let warnings = findings.len() - errors;
            let (tickets, errors, warnings) = (many(count, "ticket"), many(errors, "error"), many(warnings, "warning"));
            session.output.say(&format!("{tickets} checked: {errors}, {warnings}"))?;
        }
        if casebook.has_pending() {
            session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
        }
        Ok(if errors == 0 { Exit::Done } else { Exit::Found })
    }
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn as_json(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.word(),
        "rule": finding.rule,
        "file": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
    })
}
