//! Standard output: whether it is a terminal, how wide, in colour or not, and what a closed pipe means.

use std::io::{self, IsTerminal, Write};

use crate::error::Error;

/// Where a command prints.
pub(crate) struct Output {
    /// Whether a person looks at it.
    pub is_terminal: bool,
    /// Whether to use colours.
    pub colour: bool,
    /// Whether to say less.
    pub quiet: bool,
    /// Whether people may turn pages, on a terminal.
    pub paged: bool,
}

impl Output {
    pub fn new(colour: Option<bool>, quiet: bool, paged: bool) -> Self {
        let is_terminal = io::stdout().is_terminal();
        Self { is_terminal, colour: colour.unwrap_or(is_terminal), quiet, paged: paged && is_terminal }
    }

    /// The width of the terminal, where there is one.
    pub fn width(&self) -> Option<usize> {
        if !self.is_terminal {
            return None;
        }
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
    }

    /// Prints to standard output. A reader that went away is no error.
    pub fn print(&self, text: &str) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::Io { path: "standard output".into(), attempt: "write to", source: error })
            }
            _ => Ok(()),
        }
    }

    /// Prints piece by piece, for what may be long.
    pub fn stream(&self) -> PrintStream<'_> {
        PrintStream { output: self, held: String::new() }
    }

    /// Prints a line unless asked to say less.
    pub fn status(&self, line: &str) -> Result<(), Error> {
        if self.quiet { Ok(()) } else { self.print(&format!("{line}\n")) }
    }

    /// Prints a JSON value, indented, on its own. Nothing in it can steer a terminal or a CI system.
    pub fn json(&self, value: &serde_json::Value) -> Result<(), Error> {
        self.print(&format!("{}\n", crate::view::json::pretty(value)))
    }

    /// Says something beside the result, on standard error, unless asked to say less.
    pub fn warn(&self, line: &str) {
        if !self.quiet {
            self.error_line(line);
        }
    }

    /// Says what is wrong, on standard error.
    pub fn error_line(&self, line: &str) {
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// So much is held before it is printed.
const HELD: usize = 1 << 16;

/// Something printed piece by piece.
pub(crate) struct PrintStream<'a> {
    output: &'a Output,
    held: String,
}

impl PrintStream<'_> {
    pub fn push(&mut self, piece: &str) -> Result<(), Error> {
        self.held.push_str(piece);
        if self.held.len() < HELD {
            return Ok(());
        }
        let told = self.output.print(&self.held);
        self.held.clear();
        told
    }

    pub fn end(self) -> Result<(), Error> {
        self.output.print(&self.held)
    }
}
