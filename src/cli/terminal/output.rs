//! Standard output and standard error: width, color, and what a closed pipe means.

use std::io::{self, IsTerminal, Write};

use crate::error::Error;

/// The standard output and standard error of a command, and how it prints to them.
pub(crate) struct Output {
    /// Standard output is a terminal.
    pub is_terminal: bool,
    /// Colors are used.
    pub color: bool,
    /// Notes and status lines are left out (`--quiet`).
    pub quiet: bool,
    /// Long output goes through a pager, on a terminal.
    pub paged: bool,
}

impl Output {
    /// Looks at standard output. Without a choice of color, a terminal has colors.
    pub fn new(color: Option<bool>, quiet: bool, paged: bool) -> Self {
        let is_terminal = io::stdout().is_terminal();
        Self { is_terminal, color: color.unwrap_or(is_terminal), quiet, paged: paged && is_terminal }
    }

    /// Returns the width of the terminal in columns. None if there is no terminal.
    pub fn width(&self) -> Option<usize> {
        if !self.is_terminal {
            return None;
        }
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
    }

    /// Returns the height of the terminal in lines. None if there is no terminal.
    pub fn height(&self) -> Option<usize> {
        if !self.is_terminal {
            return None;
        }
        terminal_size::terminal_size().map(|(_, height)| usize::from(height.0))
    }

    /// Prints to standard output. A closed pipe is not an error.
    pub fn print(&self, text: &str) -> Result<(), Error> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::Io { path: "standard output".into(), attempt: "write to", source: error })
            }
            _ => Ok(()),
        }
    }

    /// Returns a stream to standard output, for text that may be long.
    pub fn stream(&self) -> PrintStream<'_> {
        PrintStream { output: self, buffer: String::new() }
    }

    /// Prints a line to standard output, unless quiet.
    pub fn status(&self, line: &str) -> Result<(), Error> {
        if self.quiet { Ok(()) } else { self.print(&format!("{line}\n")) }
    }

    /// Prints an indented JSON value. Nothing in it can control a terminal or a CI system.
    pub fn json(&self, value: &serde_json::Value) -> Result<(), Error> {
        self.print(&format!("{}\n", crate::view::json::pretty(value)))
    }

    /// Prints a result as JSON if that was asked for, else as text.
    pub fn json_or_text(
        &self,
        as_json: bool,
        json: impl FnOnce() -> serde_json::Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        if as_json { self.json(&json()) } else { self.print(&text()) }
    }

    /// Prints a note or warning to standard error, unless quiet.
    pub fn warn(&self, line: &str) {
        if !self.quiet {
            self.error_line(line);
        }
    }

    /// Prints a line to standard error, also if quiet.
    pub fn error_line(&self, line: &str) {
        let _ = writeln!(io::stderr(), "{line}");
    }
}

/// The number of bytes that a stream collects before it prints them.
const BUFFER: usize = 1 << 16;

/// A stream to standard output that collects its text into large writes.
pub(crate) struct PrintStream<'a> {
    output: &'a Output,
    buffer: String,
}

impl PrintStream<'_> {
    /// Adds text, and prints what was collected if it is long.
    pub fn push(&mut self, text: &str) -> Result<(), Error> {
        self.buffer.push_str(text);
        if self.buffer.len() < BUFFER {
            return Ok(());
        }
        let printed = self.output.print(&self.buffer);
        self.buffer.clear();
        printed
    }

    /// Prints the rest.
    pub fn end(self) -> Result<(), Error> {
        self.output.print(&self.buffer)
    }
}
