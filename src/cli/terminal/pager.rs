//! Paging as in git: on a terminal only, with the pager that git would run.
//!
//! The pager replaces this process and reads the text from an unnamed file. With two processes, a key meant for the
//! pager, such as Ctrl-C, could end the wrong one.

use std::io::{Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::output::Output;
use crate::cli::env::variable;
use crate::cli::exit::Exit;
use crate::error::Error;

/// Runs the pager and exits with the code of the command, not of the pager. If the pager is not installed, the text is
/// printed directly. Ctrl-C goes to the pager.
const SCRIPT: &str = "trap : INT\n{pager}\n[ $? -ne 127 ] || cat\nexit {exit}\n";

impl Output {
    /// Prints the whole output of a command, in a pager if a person reads it, and returns `exit` as the end of the
    /// command. Everything for standard error must be printed before.
    pub fn print_paged(&self, text: &str, folder: &Path, exit: Exit) -> Result<Exit, Error> {
        if self.paged
            && !text.is_empty()
            && let Some(pager) = pager(folder)
        {
            exec_pager(text, &pager, exit);
        }
        self.print(text)?;
        Ok(exit)
    }
}

/// Returns the pager that git would run. None if it is switched off.
fn pager(folder: &Path) -> Option<String> {
    let asked = Command::new("git").current_dir(folder).args(["var", "GIT_PAGER"]).stderr(Stdio::null()).output().ok();
    let answer = asked
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let pager = answer.or_else(|| variable("GIT_PAGER")).or_else(|| variable("PAGER"));
    Some(pager.unwrap_or_else(|| "less".to_owned())).filter(|pager| !pager.is_empty() && pager != "cat")
}

/// Replaces this process with the pager. Returns only if that is not possible.
fn exec_pager(text: &str, pager: &str, exit: Exit) {
    let Ok(mut file) = tempfile::tempfile() else { return };
    if file.write_all(text.as_bytes()).and_then(|()| file.rewind()).is_err() {
        return;
    }
    let script = SCRIPT.replace("{pager}", pager).replace("{exit}", &(exit as u8).to_string());
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).stdin(file);
    if variable("LESS").is_none() {
        shell.env("LESS", "FRX");
    }
    let _exec_error = shell.exec();
}
