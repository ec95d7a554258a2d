//! The journal: everything that a command changes, on disk before the first file changes
//! (docs/decisions/0005-lock-and-journal.md).
//!
//! Once the journal is written, the command will be completed: by the next writer, if this process is killed. Rolling
//! back would be wrong then, because a `git commit` that the killed process started may still finish. Only if git
//! refuses the commit are the old bytes restored. Readers apply the journal while they read, so they never see half a
//! command.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StateDir;
use super::atomic_write::{backup, drop_backup, on_same_device, replace, restore, sync_file_system, sync_folder};
use super::content_addressed::ExtraFile;
use crate::store::layout;

/// The name of the file in the state directory.
const NAME: &str = "journal";
/// The number of files from which on one call syncs the whole file system, instead of two calls per file.
const MANY: usize = 8;

/// A change of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path, relative to the desk.
    pub path: String,
    /// The old text; none if the file did not exist.
    pub before: Option<String>,
    /// The new text.
    pub after: String,
}

/// The commit that completes a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCommit {
    /// The complete message.
    pub message: String,
    /// The date of the commit as an RFC 3339 time, if the clock of the environment is fixed.
    pub date: Option<String>,
}

/// The plan of a write: everything that one command changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The files that change, in this order.
    pub changes: Vec<FileChange>,
    /// The new files that were written before, and are committed with the changes.
    #[serde(default, rename = "beside")]
    pub extra_files: Vec<ExtraFile>,
    /// The commit, if there will be one.
    pub commit: Option<PlannedCommit>,
    /// The texts that people typed; they are saved if the command fails.
    pub texts: Vec<String>,
}

impl Journal {
    /// Returns the paths that are committed.
    pub fn paths(&self) -> Vec<String> {
        let extra = self.extra_files.iter().map(|file| &file.path);
        self.changes.iter().map(|change| &change.path).chain(extra).cloned().collect()
    }

    /// Returns true if the journal must be written. A change of a single file without a commit is one step and needs
    /// none, unless its new bytes must first be written in the work tree, where recovery has to find them.
    pub fn is_required(&self, state: &StateDir, root: &Path) -> bool {
        let is_near = |change: &FileChange| on_same_device(state.folder(), &root.join(&change.path));
        self.changes.len() > 1 || self.commit.is_some() || !self.changes.iter().all(is_near)
    }

    /// Writes the journal; it is on disk when this returns. Each file to be replaced gets a second name, so that it can
    /// be restored even if the disk is full.
    ///
    /// # Errors
    /// An error of the operating system; nothing has changed.
    pub fn write(&self, state: &StateDir, root: &Path, fault_point: &dyn Fn(&str)) -> io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        fault_point("journal");
        replace(state, &state.path(NAME), &bytes, true, &|_| fault_point("noted"))?;
        let replaced = self.changes.iter().filter(|change| change.before.is_some());
        replaced.for_each(|change| backup(state, &root.join(&change.path)));
        Ok(())
    }

    /// Returns the journal of a command that was not completed, if there is one. A journal that cannot be parsed was
    /// not written completely, so its command had not begun.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn pending(state: &StateDir) -> io::Result<Option<Self>> {
        match fs::read(state.path(NAME)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives every file its new text, and returns the paths of files that another program has changed since: they have
    /// neither the old nor the new text, and are not touched. Can be repeated.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn apply(&self, state: &StateDir, root: &Path, fault_point: &dyn Fn(&str)) -> io::Result<Vec<String>> {
        let mut changed = Vec::new();
        let durable = self.changes.len() < MANY;
        for change in &self.changes {
            match Self::state_of(root, change)? {
                FileState::After => {}
                FileState::Before => {
                    replace(state, &root.join(&change.path), change.after.as_bytes(), durable, fault_point)?;
                    fault_point("renamed");
                }
                FileState::Other(_) => changed.push(change.path.clone()),
            }
        }
        if !durable {
            sync_file_system(root)?;
        }
        Ok(changed)
    }

    /// Returns the paths of files that another program has changed since.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn externally_changed(&self, root: &Path) -> io::Result<Vec<String>> {
        let mut changed = Vec::new();
        for change in &self.changes {
            if matches!(Self::state_of(root, change)?, FileState::Other(_)) {
                changed.push(change.path.clone());
            }
        }
        Ok(changed)
    }

    /// Restores the old text of every file that has the new one, or a text that `is_ours`: the new one as another program,
    /// such as a hook of git, has changed it since. Returns the paths of the files that have another text.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn roll_back(
        &self,
        state: &StateDir,
        root: &Path,
        is_ours: &dyn Fn(&FileChange, &[u8]) -> bool,
        fault_point: &dyn Fn(&str),
    ) -> io::Result<Vec<String>> {
        let mut left = Vec::new();
        for change in &self.changes {
            let path = root.join(&change.path);
            match Self::state_of(root, change)? {
                FileState::After => {}
                FileState::Before => continue,
                FileState::Other(bytes) if bytes.as_ref().is_some_and(|bytes| is_ours(change, bytes)) => {}
                FileState::Other(_) => {
                    left.push(change.path.clone());
                    continue;
                }
            }
            match &change.before {
                Some(before) => restore(state, &path, before.as_bytes())?,
                None => {
                    fs::remove_file(&path)?;
                    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
                    // A folder that is empty now was created for this file.
                    let _ = folders.map(fs::remove_dir).take_while(Result::is_ok).count();
                }
            }
            fault_point("back");
        }
        Ok(left)
    }

    /// Removes the journal and the backups: the command is completed or rolled back.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn remove(&self, state: &StateDir, root: &Path) -> io::Result<()> {
        for change in &self.changes {
            let path = root.join(&change.path);
            drop_backup(state, &path);
            let _ = fs::remove_file(layout::new_bytes(&path));
        }
        fs::remove_file(state.path(NAME))?;
        sync_folder(state.folder())
    }

    /// Returns the text of a file as it will be after the pending command; `None` if the command does not change the
    /// file, or if another program has changed it since. `bytes` are those of the file.
    pub fn look_through(&self, path: &str, bytes: Option<&[u8]>) -> Option<&str> {
        let change = self.changes.iter().find(|change| change.path == path)?;
        (bytes == change.before.as_ref().map(String::as_bytes)).then_some(change.after.as_str())
    }

    fn state_of(root: &Path, change: &FileChange) -> io::Result<FileState> {
        let bytes = match fs::read(root.join(&change.path)) {
            Ok(bytes) => Some(bytes),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
            Err(error) => return Err(error),
        };
        Ok(match bytes {
            Some(bytes) if bytes == change.after.as_bytes() => FileState::After,
            bytes if bytes.as_deref() == change.before.as_ref().map(String::as_bytes) => FileState::Before,
            bytes => FileState::Other(bytes),
        })
    }
}

/// The state of a file that the journal names.
enum FileState {
    /// It has its old text, or does not exist yet.
    Before,
    /// It has its new text.
    After,
    /// It has other bytes, or was removed.
    Other(Option<Vec<u8>>),
}
