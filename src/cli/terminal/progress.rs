//! A line on a terminal that says what goes on, for what may take a while. Elsewhere nothing is said.

use std::io::IsTerminal;

/// A line on a terminal that says what goes on.
pub(crate) struct Progress(Option<indicatif::ProgressBar>);

impl Progress {
    pub fn begin(what: &'static str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = indicatif::ProgressBar::new_spinner().with_message(what);
        bar.enable_steady_tick(std::time::Duration::from_millis(80));
        Self(Some(bar))
    }

    pub fn step(&self, what: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.to_owned());
        }
    }

    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
