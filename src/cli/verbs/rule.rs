//! `rule`: what a rule of check and audit means, with an example and what to do.

use clap::Args;
use serde_json::json;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::rules::{Rule as Broken, find_rule, rules};
use crate::error::Error;
use crate::view::rules::{render, render_list};

/// Explain a rule of check and audit.
///
/// With an example and what to do; without CODE it lists them all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  casebook rule\n  casebook rule CB101\n  casebook rule header.differs")]
pub struct RuleArgs {
    /// The code of a rule, or its word [default: all of them]
    code: Option<String>,
    /// Print an object, or an array of all of them, as JSON
    #[arg(long)]
    json: bool,
}

impl RuleArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(word) = &self.code else {
            if self.json {
                session.output.json(&serde_json::Value::Array(rules().map(as_json).collect()))?;
            } else {
                session.output.print(&render_list(session.output.is_terminal))?;
            }
            return Ok(Exit::Done);
        };
        let rule = find_rule(word).ok_or_else(|| {
            Error::usage(format!("`{word}` is no rule"), "`casebook rule` lists them; a code looks like CB101")
        })?;
        if self.json {
            session.output.json(&as_json(rule))?;
        } else {
            session.output.print(&render(rule))?;
        }
        Ok(Exit::Done)
    }
}

fn as_json(rule: &Broken) -> serde_json::Value {
    json!({
        "code": rule.code,
        "rule": rule.word,
        "severity": rule.severity.as_str(),
        "title": rule.title,
        "explanation": rule.explanation,
        "example": rule.example,
        "repair": rule.repair,
        "fixable": rule.is_fixable,
    })
}
