//! Files that are named after their bytes: put in place once, and never written again.
//!
//! Must not know what the bytes are for, nor which digest it is.

use std::fs;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StateDir;
use super::atomic_write::{FileReadError, refuse_links, replace};

/// A file that a command brings beside those it changes, to be committed with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraFile {
    /// The file, relative to the root.
    pub path: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// What became of bytes that were to be put in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceOutcome {
    /// They lie there now, on disk.
    New,
    /// They lay there already.
    Known,
    /// Something else lies there.
    Differs,
}

/// Puts bytes at a place below the root, in one step, unless something is there. The caller holds the lock.
///
/// # Errors
/// A link or another odd thing is in the way, or the system refused.
pub fn place(
    state: &StateDir,
    root: &Path,
    relative: &str,
    bytes: &[u8],
    reach: &dyn Fn(&str),
) -> Result<PlaceOutcome, FileReadError> {
    match refuse_links(root, relative) {
        Ok(()) => {
            let holds = holds(&root.join(relative), bytes).map_err(FileReadError::Io)?;
            Ok(if holds { PlaceOutcome::Known } else { PlaceOutcome::Differs })
        }
        Err(FileReadError::Missing) => {
            replace(state, &root.join(relative), bytes, true, reach).map_err(FileReadError::Io)?;
            Ok(PlaceOutcome::New)
        }
        Err(other) => Err(other),
    }
}

fn holds(path: &Path, bytes: &[u8]) -> std::io::Result<bool> {
    let file = File::open(path)?;
    let length = bytes.len() as u64;
    if file.metadata()?.len() != length {
        return Ok(false);
    }
    let mut held = Vec::with_capacity(bytes.len() + 1);
    file.take(length + 1).read_to_end(&mut held)?;
    Ok(held == bytes)
}

/// Takes away what a command brought that came to nothing, with the folders that were made for it. What cannot be taken
/// away is a file nobody names.
pub fn remove_placed(root: &Path, brought: &[ExtraFile]) {
    for one in brought.iter().filter(|one| one.is_new) {
        let path = root.join(&one.path);
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
        let beside = |path: &str, is_new| ExtraFile { path: path.to_owned(), is_new };
        assert!(matches!(put("a/c/two", b"two"), Ok(PlaceOutcome::New)));
        remove_placed(root, &[beside("a/b/one", false), beside("a/c/two", true)]);
        assert!(root.join("a/b/one").exists() && !root.join("a/c").exists());
    }
}
