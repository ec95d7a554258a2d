//! Section `[audit]` of casebook.toml: the findings of `audit` that the desk accepts, each with the reason.
//!
//! ```toml
//! [audit]
//! accepted = ["3f2a9c1d7e5b CB405 a test ticket was deleted"]
//! ```

use super::{ConfigError, Settings};
use crate::domain::rules::{self, Rule};

/// A finding that the desk accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedFinding {
    /// The commit: its name, or the beginning of it.
    pub commit: String,
    /// The rule.
    pub rule: &'static Rule,
    /// The reason.
    pub reason: String,
}

pub(super) fn read(settings: &Settings) -> Result<Vec<AcceptedFinding>, ConfigError> {
    settings.section("audit")?.get("accepted").parse_all(accepted)
}

fn accepted(text: &str) -> Result<AcceptedFinding, String> {
    let mut words = text.trim().splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default().trim();
    let (commit, code, reason) = (word().to_ascii_lowercase(), word(), word());
    let is_commit = (7..=64).contains(&commit.len()) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    match rules::find_rule(code).filter(|_| is_commit && !reason.is_empty()) {
        Some(rule) => Ok(AcceptedFinding { commit, rule, reason: reason.to_owned() }),
        None => {
            Err(format!("`{text}` is not `COMMIT CODE REASON`; expected for example `3f2a9c1 CB405 a test ticket`"))
        }
    }
}
