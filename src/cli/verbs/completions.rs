//! `completions`: completion scripts, generated from the definition of the command line.

use clap::Args;
use clap_complete::Shell;

use crate::cli::error::CliError;
use crate::cli::session::Session;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook completions bash > ~/.local/share/bash-completion/completions/casebook")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "casebook", &mut script);
        Ok(session.output.print(&String::from_utf8_lossy(&script))?)
    }
}
