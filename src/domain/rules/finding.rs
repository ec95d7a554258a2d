//! The findings of `check`, `audit` and `guard`.
//!
//! A message and a source line may quote text from outside the desk, which views must sanitize.

use super::{Rule, Severity};
use crate::domain::id::Id;

/// A place at which a rule is violated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The severity, which is usually that of the rule.
    pub severity: Severity,
    /// The path of the file, relative to the root of the desk.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The ticket, if it is known.
    pub ticket: Option<Id>,
    /// The entry, if the finding concerns one.
    pub entry: Option<Id>,
    /// The commit, for an audit.
    pub commit: Option<String>,
    /// The message, one sentence.
    pub message: String,
    /// The line of the file, if it is known.
    pub source_line: Option<String>,
}

impl Finding {
    /// Returns a finding at the beginning of a file.
    pub fn new(rule: &'static Rule, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            path: path.into(),
            line: 1,
            column: 1,
            ticket: None,
            entry: None,
            commit: None,
            message: message.into(),
            source_line: None,
        }
    }

    /// Sets the line and column, each from 1.
    #[must_use]
    pub const fn at(mut self, line: usize, column: usize) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    /// Sets the ticket.
    #[must_use]
    pub const fn of(mut self, ticket: Id) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// Sets the entry.
    #[must_use]
    pub const fn about(mut self, entry: Id) -> Self {
        self.entry = Some(entry);
        self
    }

    /// Sets the commit.
    #[must_use]
    pub fn in_commit(mut self, commit: impl Into<String>) -> Self {
        self.commit = Some(commit.into());
        self
    }

    /// Returns the sort key: path, position, rule, entry, commit and message.
    pub fn order(&self) -> impl Ord + '_ {
        (&self.path, self.line, self.column, self.rule.code, self.entry, &self.commit, &self.message)
    }
}
