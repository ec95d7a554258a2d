//! The journal: what one command changes, written down whole before the first file changes.
//!
//! Once it stands, the command is decided: whoever comes next carries it to its end (forward, since a commit
//! begun by a killed process may still appear). Only when git refuses the commit are the old bytes put back.
//! Readers look through it, so that half a command is never seen. Must not know tickets.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::StateDir;
use super::atomic_write::{backup, drop_backup, on_same_device, replace, restore, sync_file_system, sync_folder};
use super::content_addressed::ExtraFile;
use crate::store::layout;

/// The journal's file name.
const NAME: &str = "journal";
/// From this many files on, one call syncs the file system instead of two per file.
const MANY: usize = 8;

/// One file that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The file, relative to the root.
    pub path: String,
    /// What it held; nothing where it was not there.
    pub before: Option<String>,
    /// What it shall hold.
    pub after: String,
}

/// The commit that ends the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCommit {
    /// The whole message.
    pub message: String,
    /// The date it shall bear, where the clock is fixed; RFC 3339.
    pub date: Option<String>,
}

/// Everything one command changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The files, in the order they change.
    pub changes: Vec<FileChange>,
    /// The files that were put in place before them, and are committed with them.
    #[serde(default)]
    pub beside: Vec<ExtraFile>,
    /// The commit, where there is to be one.
    pub commit: Option<PlannedCommit>,
    /// What people typed, to be kept should the command come to nothing.
    pub texts: Vec<String>,
}

impl Journal {
    /// The files that are committed.
    pub fn paths(&self) -> Vec<String> {
        let beside = self.beside.iter().map(|one| &one.path);
        self.changes.iter().map(|change| &change.path).chain(beside).cloned().collect()
    }

    /// Whether it must be written down: a single file without a commit changes in one step by itself, unless
    /// its new bytes have to lie in the work tree first, where somebody must know of them.
    pub fn is_required(&self, state: &StateDir, root: &Path) -> bool {
        let is_near = |change: &FileChange| on_same_device(state.folder(), &root.join(&change.path));
        self.changes.len() > 1 || self.commit.is_some() || !self.changes.iter().all(is_near)
    }

    /// Writes it down, on disk when this returns. What it will replace keeps a second name until its end: what is
    /// to be taken back on a disk that is full needs no room then.
    ///
    /// # Errors
    /// The system refused; nothing has changed.
    pub fn write(&self, state: &StateDir, root: &Path, reach: &dyn Fn(&str)) -> io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        reach("journal");
        replace(state, &state.path(NAME), &bytes, true, &|_| reach("noted"))?;
        let replaced = self.changes.iter().filter(|change| change.before.is_some());
        replaced.for_each(|change| backup(state, &root.join(&change.path)));
        Ok(())
    }

    /// The journal of a command that did not end, if there is one. One that cannot be read was never begun.
    ///
    /// # Errors
    /// The system refused.
    pub fn pending(state: &StateDir) -> io::Result<Option<Self>> {
        match fs::read(state.path(NAME)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Brings every file to what it shall hold. Safe to repeat. A file that is neither what it was nor what it
    /// shall be was changed by somebody else since, and is left alone and named.
    ///
    /// # Errors
    /// The system refused.
    pub fn apply(&self, state: &StateDir, root: &Path, reach: &dyn Fn(&str)) -> io::Result<Vec<String>> {
        let mut foreign = Vec::new();
        let durable = self.changes.len() < MANY;
        for change in &self.changes {
            match self.seen(root, change)? {
                FileState::After => {}
                FileState::Before => {
                    replace(state, &root.join(&change.path), change.after.as_bytes(), durable, reach)?;
                    reach("renamed");
                }
                FileState::Foreign => foreign.push(change.path.clone()),
            }
        }
        if !durable {
            sync_file_system(root)?;
        }
        Ok(foreign)
    }

    /// The files that somebody else has changed since.
    ///
    /// # Errors
    /// The system refused.
    pub fn externally_changed(&self, root: &Path) -> io::Result<Vec<String>> {
        let mut foreign = Vec::new();
        for change in &self.changes {
            if matches!(self.seen(root, change)?, FileState::Foreign) {
                foreign.push(change.path.clone());
            }
        }
        Ok(foreign)
    }

    /// Puts back what every file held, where nobody has changed it since.
    ///
    /// # Errors
    /// The system refused.
    pub fn roll_back(&self, state: &StateDir, root: &Path, reach: &dyn Fn(&str)) -> io::Result<()> {
        for change in &self.changes {
            let path = root.join(&change.path);
            if !matches!(self.seen(root, change)?, FileState::After) {
                continue;
            }
            match &change.before {
                Some(before) => restore(state, &path, before.as_bytes())?,
                None => {
                    fs::remove_file(&path)?;
                    let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
                    // A folder that is empty now was made for this file; one that is not stays.
                    let _ = folders.map(fs::remove_dir).take_while(Result::is_ok).count();
                }
            }
            reach("back");
        }
        Ok(())
    }

    /// Ends it: the command is done, or undone.
    ///
    /// # Errors
    /// The system refused.
    pub fn remove(&self, state: &StateDir, root: &Path) -> io::Result<()> {
        for change in &self.changes {
            let path = root.join(&change.path);
            drop_backup(state, &path);
            let _ = fs::remove_file(layout::new_bytes(&path));
        }
        fs::remove_file(state.path(NAME))?;
        sync_folder(state.folder())
    }

    /// What a reader shall see of a file: what the pending command makes of it, unless somebody else has changed it.
    pub fn look_through(&self, path: &str, bytes: Option<&[u8]>) -> Option<&str> {
        let change = self.changes.iter().find(|change| change.path == path)?;
        (bytes == change.before.as_ref().map(String::as_bytes)).then_some(change.after.as_str())
    }

    fn seen(&self, root: &Path, change: &FileChange) -> io::Result<FileState> {
        let bytes = match fs::read(root.join(&change.path)) {
            Ok(bytes) => Some(bytes),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
            Err(error) => return Err(error),
        };
        Ok(match bytes {
            Some(bytes) if bytes == change.after.as_bytes() => FileState::After,
            bytes if bytes.as_deref() == change.before.as_ref().map(String::as_bytes) => FileState::Before,
            _ => FileState::Foreign,
        })
    }
}

enum FileState {
    Before,
    After,
    Foreign,
}
