//! `rule`: explains the rules of `check`, `audit` and `guard`.

use clap::Args;
use serde_json::json;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::rules::{Rule, find_rule, rules};
use crate::error::Error;
use crate::view::rules::{render, render_list};

/// Explain a rule of check, audit and guard.
///
/// It prints the meaning of the rule, an example and the repair. Without CODE, it lists all rules.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  casebook rule\n  casebook rule CB101\n  casebook rule header.differs")]
pub struct RuleArgs {
    /// The code of a rule, such as CB101, or its word [default: all rules]
    code: Option<String>,
    /// Print the rule as a JSON object, or all rules as an array
    #[arg(long)]
    json: bool,
}

impl RuleArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Some(code_or_word) = &self.code else {
            let list = || render_list(session.output.is_terminal);
            return Ok(session.output.json_or_text(self.json, || rules().map(to_json).collect(), list)?);
        };
        let rule = find_rule(code_or_word).ok_or_else(|| {
            Error::usage(
                format!("there is no rule `{code_or_word}`"),
                "`casebook rule` lists the rules; a code looks like CB101",
            )
        })?;
        Ok(session.output.json_or_text(self.json, || to_json(rule), || render(rule))?)
    }
}

/// Returns a rule as JSON.
fn to_json(rule: &Rule) -> serde_json::Value {
    let text = rule.text();
    json!({
        "code": rule.code,
        "rule": rule.word,
        "severity": rule.severity.as_str(),
        "title": text.title,
        "explanation": text.explanation,
        "example": text.example,
        "repair": text.repair,
        "fixable": rule.is_fixable,
    })
}
