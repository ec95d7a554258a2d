//! Files that are named after a hash of their bytes: created once, and never written again.

use std::fs;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StateDir;
use super::atomic_write::{FileReadError, refuse_links, replace};

/// A file that a command adds besides the files it changes, to be committed with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraFile {
    /// The path, relative to the desk.
    pub path: String,
    /// True if the file did not exist before the command.
    pub is_new: bool,
}

/// The result of placing bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceOutcome {
    /// The file was created; it is on disk.
    New,
    /// The file existed already, with the same bytes.
    Known,
    /// The file existed already, with other bytes.
    Differs,
}

/// Creates a file in one step, unless it exists. The caller holds the lock.
///
/// # Errors
/// The path leads over a link or is not a plain file, or an error of the operating system.
pub fn place(
    state: &StateDir,
    root: &Path,
    relative: &str,
    bytes: &[u8],
    fault_point: &dyn Fn(&str),
) -> Result<PlaceOutcome, FileReadError> {
    match refuse_links(root, relative) {
        Ok(()) => {
            let is_same = has_bytes(&root.join(relative), bytes).map_err(FileReadError::Io)?;
            Ok(if is_same { PlaceOutcome::Known } else { PlaceOutcome::Differs })
        }
        Err(FileReadError::Missing) => {
            replace(state, &root.join(relative), bytes, true, fault_point).map_err(FileReadError::Io)?;
            Ok(PlaceOutcome::New)
        }
        Err(other) => Err(other),
    }
}

fn has_bytes(path: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    let file = File::open(path)?;
    let length = bytes.len() as u64;
    if file.metadata()?.len() != length {
        return Ok(false);
    }
    let mut found = Vec::with_capacity(bytes.len() + 1);
    file.take(length + 1).read_to_end(&mut found)?;
    Ok(found == bytes)
}

/// Removes the new files of a command that failed, and the folders that became empty. A file that cannot be removed
/// stays; no ticket refers to it.
pub fn remove_placed(root: &Path, files: &[ExtraFile]) {
    for file in files.iter().filter(|file| file.is_new) {
        let path = root.join(&file.path);
        let _ = fs::remove_file(&path);
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
        let _ = folders.map(fs::remove_dir).take_while(Result::is_ok).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_placed_once_and_links_are_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, state) = (folder.path(), StateDir::of(folder.path()));
        state.create().expect("a folder");
        let put = |path: &str, bytes: &[u8]| place(&state, root, path, bytes, &|_| {});
        assert!(matches!(put("a/b/one", b"bytes"), Ok(PlaceOutcome::New)));
        assert!(matches!(put("a/b/one", b"bytes"), Ok(PlaceOutcome::Known)));
        assert!(matches!(put("a/b/one", b"bytez"), Ok(PlaceOutcome::Differs)));
        assert!(matches!(put("a/b/one", b"byte"), Ok(PlaceOutcome::Differs)));
        std::os::unix::fs::symlink("/tmp", root.join("out")).expect("a link");
        assert!(matches!(put("out/one", b"bytes"), Err(FileReadError::Damaged(_))));
        assert!(matches!(put("a/b/one/two", b"bytes"), Err(FileReadError::Io(_))));
        let extra = |path: &str, is_new| ExtraFile { path: path.to_owned(), is_new };
        assert!(matches!(put("a/c/two", b"two"), Ok(PlaceOutcome::New)));
        remove_placed(root, &[extra("a/b/one", false), extra("a/c/two", true)]);
        assert!(root.join("a/b/one").exists() && !root.join("a/c").exists());
    }
}
