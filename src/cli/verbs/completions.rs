//! `completions` and `man`: made from the command line itself, so they cannot lie.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::error::Error;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook completions bash > ~/.local/share/bash-completion/completions/casebook")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::cli::command(), "casebook", &mut script);
        session.output.print(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}

/// Print the manual page, or write all of them into a folder.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page per verb into this folder
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl ManArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder).map_err(Error::io(folder, "make"))?;
            clap_mangen::generate_to(crate::cli::command(), folder).map_err(Error::io(folder, "write to"))?;
            return Ok(Exit::Done);
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(crate::cli::command()).render(&mut page).map_err(Error::io("the page", "write"))?;
        session.output.print(&String::from_utf8_lossy(&page))?;
        Ok(Exit::Done)
    }
}
