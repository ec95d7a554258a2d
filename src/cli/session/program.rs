//! How git is to call this program: by its name where that is found, else by its full path.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::variable;

/// The name the program has where it is installed.
const NAME: &str = "casebook";

/// What a shell has to be given to run this program.
pub(crate) fn program() -> String {
    if path_of(NAME).is_some() {
        return NAME.to_owned();
    }
    std::env::current_exe().map_or_else(|_| NAME.to_owned(), |path| quoted(&path))
}

/// Where a program of that name lies on PATH.
fn path_of(name: &str) -> Option<PathBuf> {
    let folders = variable("PATH")?;
    let is_program =
        |path: &Path| path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_program(path))
}

/// One word of a shell.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_'));
    if is_plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(quoted(Path::new("/usr/local/bin/casebook")), "/usr/local/bin/casebook");
        assert_eq!(quoted(Path::new("/a b/it's")), r"'/a b/it'\''s'");
    }
}
