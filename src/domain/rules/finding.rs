//! Something that a check, an audit or the guard found: a rule, where it is broken, and how.
//!
//! Must not know how it was found, nor how it is shown. The message and the line may quote strangers.

use super::{Rule, Severity};
use crate::domain::id::Id;

/// A place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is here: the rule's own severity, unless there is a reason.
    pub severity: Severity,
    /// The file, relative to the root.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The ticket it is about, where it is known.
    pub ticket: Option<Id>,
    /// The entry it is about, where it is about one.
    pub entry: Option<Id>,
    /// The commit it was found in, for an audit.
    pub commit: Option<String>,
    /// What was found, in one sentence.
    pub message: String,
    /// The line of the file as it is, where it is known.
    pub source_line: Option<String>,
}

impl Finding {
    /// A finding at the beginning of a file.
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

    /// The same at a place: line and column from 1.
    #[must_use]
    pub const fn at(mut self, line: usize, column: usize) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    /// The same about a ticket.
    #[must_use]
    pub const fn of(mut self, ticket: Id) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// The same about an entry.
    #[must_use]
    pub const fn about(mut self, entry: Id) -> Self {
        self.entry = Some(entry);
        self
    }

    /// The same in a commit.
    #[must_use]
    pub fn in_commit(mut self, commit: impl Into<String>) -> Self {
        self.commit = Some(commit.into());
        self
    }

    /// What findings are sorted by: the file, the place, the rule, and what was found.
    pub fn order(&self) -> impl Ord + '_ {
        (&self.path, self.line, self.column, self.rule.code, self.entry, &self.commit, &self.message)
    }
}
