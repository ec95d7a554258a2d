//! An error as it is printed: a sentence, a hint, the exit code, and the error code for programs.
//!
//! The sentences of [`crate::error::Error`] are there; the sentences of refusals are in [`refusal`].

mod eligibility;
mod from_error;
pub(crate) mod refusal;
pub(crate) mod resolve;
pub(crate) mod sync;

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::exit::Exit;
use super::reference::CODES;
use crate::domain::id::Id;
use crate::view::sanitize;

/// A ticket, entry or person that an ambiguous name matches.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// The id or address, for programs.
    pub id: String,
    /// The line for people.
    pub description: String,
}

/// The number of candidates that people read.
pub(crate) const CANDIDATES: usize = 20;

/// An error as it is printed.
#[derive(Debug)]
pub(crate) struct CliError {
    /// The exit code of the program.
    pub exit: Exit,
    /// The error code for programs (docs/cli.md).
    pub code: &'static str,
    /// The sentence: what failed, and why.
    pub message: String,
    /// A command that works, or another way out.
    pub hint: Option<String>,
    /// The ticket of the error.
    pub ticket: Option<Id>,
    /// The file of the error, with line and column.
    pub place: Option<(String, usize, usize)>,
    /// The tickets, entries or people that an ambiguous name matches.
    pub candidates: Vec<Candidate>,
    /// The file in which the text of the failed command is kept.
    pub kept: Option<PathBuf>,
    /// The text of the failed command, if it could not be kept in a file.
    pub unkept: Option<String>,
    /// Notes about an earlier, interrupted command that was finished or rolled back, one per line.
    pub recovery: Vec<String>,
}

impl CliError {
    /// Returns an error with a code of [`CODES`], which has its exit code, and a sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let row = CODES.iter().find(|(known, ..)| *known == code);
        Self {
            exit: row.map_or(Exit::Bug, |(_, exit, _)| *exit),
            code,
            message: message.into(),
            hint: None,
            ticket: None,
            place: None,
            candidates: Vec::new(),
            kept: None,
            unkept: None,
            recovery: Vec::new(),
        }
    }

    /// Returns the error of a command line that does not fit, such as an unknown word.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new("usage", message).hint(hint)
    }

    /// Returns the error of a person who is not an agent. `attempt` follows "only an agent may".
    pub fn agents_only(attempt: &str) -> Self {
        let message = format!("only an agent may {attempt}");
        Self::new("person.not_allowed", message).hint("[team] in casebook.toml lists the agents")
    }

    /// Returns the error with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the error with its ticket.
    pub const fn ticket(mut self, ticket: Id) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// Returns the error with its place in a file.
    pub fn at(mut self, file: impl Into<String>, line: usize, column: usize) -> Self {
        self.place = Some((file.into(), line, column));
        self
    }

    /// Prints the error on standard error, as text or as one JSON object. Returns the exit code.
    pub fn print(&self, as_json: bool) -> u8 {
        let text = if as_json { format!("{}\n", crate::view::json::pretty(&self.json())) } else { self.text() };
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        self.exit as u8
    }

    /// Returns the error as a JSON object on one line, for errors beside a result.
    pub fn line(&self) -> String {
        crate::view::json::line(&self.json()).trim_end().to_owned()
    }

    fn text(&self) -> String {
        let place =
            self.place.as_ref().map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
        let mut text: String = self.recovery.iter().map(|line| format!("{}\n", sanitize::lines(line))).collect();
        text.push_str(&format!("casebook: {place}{}\n", sanitize::lines(&self.message)));
        for candidate in self.candidates.iter().take(CANDIDATES) {
            text.push_str(&format!("  {}\n", sanitize::one_line(&candidate.description)));
        }
        if let Some(more) = self.candidates.len().checked_sub(CANDIDATES).filter(|more| *more > 0) {
            text.push_str(&format!("  and {more} more\n"));
        }
        if let Some(hint) = &self.hint {
            for line in sanitize::lines(hint).lines() {
                text.push_str(format!("  {line}").trim_end());
                text.push('\n');
            }
        }
        if let Some(kept) = &self.kept {
            text.push_str(&format!("  The text is kept in {}\n", kept.display()));
        }
        if let Some(unkept) = &self.unkept {
            text.push_str(&format!("  The text could not be kept; here it is:\n{}\n", sanitize::lines(unkept)));
        }
        text
    }

    fn json(&self) -> Value {
        let mut hints: Vec<String> = self.hint.iter().cloned().collect();
        hints.extend(self.kept.as_ref().map(|kept| format!("the text is kept in {}", kept.display())));
        hints.extend(self.unkept.as_ref().map(|text| format!("the text could not be kept; here it is: {text}")));
        for line in &self.recovery {
            hints.push(line.trim().to_owned());
        }
        let hint = (!hints.is_empty()).then(|| hints.join("; "));
        let place = self.place.as_ref();
        json!({ "error": {
            "code": self.code,
            "message": self.message,
            "hint": hint,
            "ticket": self.ticket.map(|id| id.to_string()),
            "file": place.map(|(file, ..)| file),
            "line": place.map(|(_, line, _)| line),
            "column": place.map(|(.., column)| column),
            "candidates": self.candidates.iter().map(|candidate| &candidate.id).collect::<Vec<_>>(),
        } })
    }
}
