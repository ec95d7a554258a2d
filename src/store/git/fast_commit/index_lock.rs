//! git's lock on its index, taken so that the next writer can tell a dead casebook's from a living git's.
//!
//! The lock file gets a second name in the store's own folder before it gets the name git looks for. Whoever holds
//! the store's lock and finds both to be the same file knows that nobody alive holds the index.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::store::files::StateDir;
use crate::store::git::GitError;

/// The second name.
const OWN: &str = "index-lock";

/// The right to write git's index; given back when dropped.
#[derive(Debug)]
pub struct IndexLock {
    index: PathBuf,
    lock: PathBuf,
    own: PathBuf,
    file: File,
}

impl IndexLock {
    /// Takes it. The caller holds the store's lock. `None` where the file system gives a file no second name.
    ///
    /// # Errors
    /// [`GitError::Locked`] while somebody else has it.
    pub fn take(git_dir: &Path, state: &StateDir) -> Result<Option<Self>, GitError> {
        free(git_dir, state);
        let (index, lock, own) = (git_dir.join("index"), git_dir.join("index.lock"), state.path(OWN));
        let Ok(file) = OpenOptions::new().write(true).create_new(true).open(&own) else { return Ok(None) };
        match fs::hard_link(&own, &lock) {
            Ok(()) => Ok(Some(Self { index, lock, own, file })),
            Err(error) => {
                let _ = fs::remove_file(&own);
                if error.kind() == io::ErrorKind::AlreadyExists {
                    let said = format!("fatal: Unable to create '{}': File exists.", lock.display());
                    return Err(GitError::Locked { said });
                }
                Ok(None)
            }
        }
    }

    /// The index as it is, and the second it was last changed in.
    pub fn read(&self) -> io::Result<(Vec<u8>, i64)> {
        let there = fs::symlink_metadata(&self.index)?;
        if !there.is_file() {
            // Somebody has put it elsewhere; a rename would bring it back.
            return Err(io::ErrorKind::InvalidInput.into());
        }
        Ok((fs::read(&self.index)?, there.mtime()))
    }

    /// Writes the index that shall be.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts what was written in the place of the index, and gives the lock back.
    pub fn commit_lock(self) -> io::Result<()> {
        fs::rename(&self.lock, &self.index)
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // Behind `settle` the lock is no more, or already somebody else's.
        remove_both(&self.lock, &self.own);
    }
}

/// Gives back the lock of a casebook that was killed. The caller holds the store's lock.
pub fn free(git_dir: &Path, state: &StateDir) {
    remove_both(&git_dir.join("index.lock"), &state.path(OWN));
}

/// Removes the own name, and before it the lock if that is the same file.
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
    fn a_dead_casebooks_lock_is_given_back_and_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::write(folder.path().join(".git/HEAD"), "").unwrap();
        let (git, state) = (folder.path().join(".git"), StateDir::of(folder.path()));
        state.create().unwrap();
        let held = IndexLock::take(&git, &state).unwrap().unwrap();
        assert!(git.join("index.lock").exists());
        std::mem::forget(held);
        drop(IndexLock::take(&git, &state).unwrap().unwrap());
        assert!(!git.join("index.lock").exists() && !state.path(OWN).exists());
        fs::write(git.join("index.lock"), "somebody's").unwrap();
        assert!(matches!(IndexLock::take(&git, &state), Err(GitError::Locked { .. })));
        free(&git, &state);
        assert_eq!(fs::read(git.join("index.lock")).unwrap(), b"somebody's");
        assert!(!state.path(OWN).exists());
        // Killed behind the rename: the own name is the index now, the lock somebody else's.
        fs::write(git.join("index"), "new").unwrap();
        fs::hard_link(git.join("index"), state.path(OWN)).unwrap();
        free(&git, &state);
        assert!(git.join("index.lock").exists() && git.join("index").exists() && !state.path(OWN).exists());
    }
}
