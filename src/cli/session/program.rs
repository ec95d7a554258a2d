//! The command by which git and hooks call this program: its name if it is on PATH, else its full path.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::cli::env::path_variable;
use crate::cli::terminal::shell::quoted;

/// The name of the installed program.
const NAME: &str = "casebook";

/// Returns the command that runs this program in a shell.
pub(crate) fn program() -> String {
    if find_on_path(NAME).is_some() {
        return NAME.to_owned();
    }
    std::env::current_exe().map_or_else(|_| NAME.to_owned(), |path| quoted(&path))
}

/// Returns the path of a program that is on PATH.
fn find_on_path(name: &str) -> Option<PathBuf> {
    let folders = path_variable("PATH")?;
    let is_program =
        |path: &Path| path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_program(path))
}
