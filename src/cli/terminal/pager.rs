//! Turning pages as git does: on a terminal only, with the pager git would take.
//!
//! The pager takes the place of this process, with the text in a file that has no name any more: a key meant for the
//! pager, such as Ctrl-C, then never ends the wrong one of two processes.

use std::io::{Seek, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::output::Output;
use crate::cli::Exit;
use crate::cli::session::variable;
use crate::error::Error;

/// Runs the pager, and ends with the exit code of the command whatever the pager's is. Where it is not installed
/// the text is printed as it is. Ctrl-C is the pager's.
const SCRIPT: &str = "trap : INT\n{pager}\n[ $? -ne 127 ] || cat\nexit {exit}\n";

impl Output {
    /// Prints what a command has to say at its end, page by page where people read it, and ends the command with
    /// `exit`. What is said on standard error has to be said before.
    pub fn print_paged(&self, text: &str, folder: &Path, exit: Exit) -> Result<Exit, Error> {
        if self.paged
            && !text.is_empty()
            && let Some(pager) = pager(folder)
        {
            turn_pages(text, &pager, exit);
        }
        self.print(text)?;
        Ok(exit)
    }
}

/// The pager git would take; none where people want none.
fn pager(folder: &Path) -> Option<String> {
    let asked = Command::new("git").current_dir(folder).args(["var", "GIT_PAGER"]).stderr(Stdio::null()).output().ok();
    let answer = asked
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let pager = answer.or_else(|| variable("GIT_PAGER")).or_else(|| variable("PAGER"));
    Some(pager.unwrap_or_else(|| "less".to_owned())).filter(|pager| !pager.is_empty() && pager != "cat")
}

/// Goes on as the pager. Comes back only where that is not possible.
fn turn_pages(text: &str, pager: &str, exit: Exit) {
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
    let _could_not = shell.exec();
}
