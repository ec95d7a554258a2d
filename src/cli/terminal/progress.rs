//! A progress line on a terminal, for commands that may take a while. Elsewhere nothing is printed.

use std::io::IsTerminal;

/// A line on a terminal that shows what a command is doing.
pub(crate) struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    /// Shows a line, if standard error is a terminal.
    pub fn begin(message: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = indicatif::ProgressBar::new_spinner().with_message(message);
        bar.enable_steady_tick(std::time::Duration::from_millis(80));
        Self(Some(bar))
    }

    /// Changes the text of the line.
    pub fn step(&self, message: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(message.to_owned());
        }
    }

    /// Removes the line.
    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
