//! git's lock on its index, taken in a way that distinguishes the lock of a killed casebook from that of a running git.
//!
//! The lock file is created in the state directory and then linked to the name that git uses. A process that holds the
//! desk's lock and finds that both are the same file knows that the owner of the index lock is dead.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::store::files::StateDir;
use crate::store::git::GitError;

/// The name in the state directory.
const OWN: &str = "index-lock";

/// The lock of git's index, released when it is dropped.
#[derive(Debug)]
pub struct IndexLock {
    index: PathBuf,
    lock: PathBuf,
    own: PathBuf,
    file: File,
}

impl IndexLock {
    /// Takes the lock. The caller holds the desk's lock. `None` if the file system has no hard links.
    ///
    /// # Errors
    /// [`GitError::Locked`] if another process has it.
    pub fn take(git_dir: &Path, state: &StateDir) -> Result<Option<Self>, GitError> {
        free(git_dir, state);
        let (index, lock, own) = (git_dir.join("index"), git_dir.join("index.lock"), state.shared_path(OWN));
        let Ok(file) = OpenOptions::new().write(true).create_new(true).open(&own) else { return Ok(None) };
        match fs::hard_link(&own, &lock) {
            Ok(()) => Ok(Some(Self { index, lock, own, file })),
            Err(error) => {
                let _ = fs::remove_file(&own);
                if error.kind() == io::ErrorKind::AlreadyExists {
                    let message = format!("fatal: Unable to create '{}': File exists.", lock.display());
                    return Err(GitError::Locked { message });
                }
                Ok(None)
            }
        }
    }

    /// Returns the bytes of the index, and the second of its last change.
    pub fn read(&self) -> io::Result<(Vec<u8>, i64)> {
        let metadata = fs::symlink_metadata(&self.index)?;
        if !metadata.is_file() {
            // A symbolic link to an index elsewhere would be replaced by the rename.
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok((fs::read(&self.index)?, metadata.mtime()))
    }

    /// Writes the bytes of the new index into the lock file.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Replaces the index with the lock file, which releases the lock.
    pub fn commit_lock(self) -> io::Result<()> {
        fs::rename(&self.lock, &self.index)
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // After `commit_lock`, the lock file is gone or belongs to another process.
        remove_both(&self.lock, &self.own);
    }
}

/// Removes the lock of a casebook that was killed. The caller holds the desk's lock.
pub fn free(git_dir: &Path, state: &StateDir) {
    remove_both(&git_dir.join("index.lock"), &state.shared_path(OWN));
}

/// Removes the name in the state directory, and before it the lock file if both are the same file.
fn remove_both(lock: &Path, own: &Path) {
    let file = |path: &Path| fs::symlink_metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let Some(ours) = file(own) else { return };
    if file(lock) == Some(ours) {
        let _ = fs::remove_file(lock);
    }
    let _ = fs::remove_file(own);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lock_of_a_dead_casebook_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join(".git/HEAD"), "").unwrap();
        let (git, state) = (folder.path().join(".git"), StateDir::of(folder.path()));
        state.create().unwrap();
        let lock = IndexLock::take(&git, &state).unwrap().unwrap();
        assert!(git.join("index.lock").exists());
        std::mem::forget(lock);
        drop(IndexLock::take(&git, &state).unwrap().unwrap());
        assert!(!git.join("index.lock").exists() && !state.shared_path(OWN).exists());
        fs::write(git.join("index.lock"), "another's").unwrap();
        assert!(matches!(IndexLock::take(&git, &state), Err(GitError::Locked { .. })));
        free(&git, &state);
        assert_eq!(fs::read(git.join("index.lock")).unwrap(), b"another's");
        assert!(!state.shared_path(OWN).exists());
        // Killed after the rename: the own name is the index now, and the lock belongs to another process.
        fs::write(git.join("index"), "new").unwrap();
        fs::hard_link(git.join("index"), state.shared_path(OWN)).unwrap();
        free(&git, &state);
        assert!(git.join("index.lock").exists() && git.join("index").exists() && !state.shared_path(OWN).exists());
    }
}
