//! `man` and `completions`: manual pages and completion scripts, generated from the definition of the command line.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::error::Error;

/// Print the manual page, or write all pages into a folder.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// A folder to write a page per verb into
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
            clap_mangen::generate_to(super::command(), folder).map_err(Error::io(folder, "write to"))?;
            return Ok(());
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(super::command()).render(&mut page).map_err(Error::io("the page", "write"))?;
        Ok(session.output.print(&String::from_utf8_lossy(&page))?)
    }
}

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
