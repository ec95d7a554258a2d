//! The folder for what must never lie in the work tree: lock, journal, temporary and kept files.
//!
//! In a repository it is `casebook/` inside the git directory of this worktree, found by looking and not by
//! asking git, since every command needs it; elsewhere `.casebook/`, which git ignores.

use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder where there is no repository.
const WITHOUT_REPOSITORY: &str = ".casebook";
/// What the names of new bytes begin with.
const NEW: &str = "new-";
/// What the second name of a file that is being replaced begins with, behind that.
const OLD: &str = "old-";

/// A store's own folder.
#[derive(Clone, Debug)]
pub struct StateDir {
    folder: PathBuf,
    git_dir: Option<PathBuf>,
}

impl StateDir {
    /// Where the store at `root` keeps its own. Nothing is made.
    pub fn of(root: &Path) -> Self {
        let git_dir = git_dir(root);
        let folder = git_dir.as_ref().map_or_else(|| root.join(WITHOUT_REPOSITORY), |git| git.join("casebook"));
        Self { folder, git_dir }
    }

    /// Whether the store lies in a git repository.
    pub const fn in_repository(&self) -> bool {
        self.git_dir.is_some()
    }

    /// The git directory of the worktree the store lies in.
    pub fn git_dir(&self) -> Option<&Path> {
        self.git_dir.as_deref()
    }

    /// A file that was left in the folder from before the store lay in a repository. It is named and never taken up:
    /// what lies in a work tree may have come with a clone, from anybody.
    pub fn legacy_file(&self, root: &Path, name: &str) -> Option<PathBuf> {
        self.git_dir.as_ref()?;
        let path = root.join(WITHOUT_REPOSITORY).join(name);
        path.symlink_metadata().is_ok().then_some(path)
    }

    /// A file of that name in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder. Where there is no repository it ignores itself, should one come later.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        if self.git_dir.is_none() {
            let ignore = self.folder.join(".gitignore");
            if !ignore.exists() {
                fs::write(ignore, "*\n")?;
            }
        }
        Ok(())
    }

    /// Something that changes whenever a command writes: every journal and all new bytes come and go in the folder.
    pub fn stamp(&self) -> Option<SystemTime> {
        fs::metadata(&self.folder).and_then(|metadata| metadata.modified()).ok()
    }

    /// Takes away new bytes that a command which was interrupted never put in their place. The caller holds the lock.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn remove_temp_files(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(NEW.as_bytes()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where the new bytes of a file lie until they take its place.
    pub(super) fn new_bytes(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{NEW}{name}"))
    }

    /// Where a file that is about to be replaced keeps a second name, so that it can come back where no room is left.
    pub(super) fn old_bytes(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{NEW}{OLD}{name}"))
    }

    /// Keeps a text somebody typed, and says where: in a file of its own, whatever else was kept at that moment.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save_text(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        self.create()?;
        let folder = self.folder.join("kept");
        fs::create_dir_all(&folder)?;
        let mut number = 1;
        loop {
            let suffix = if number == 1 { String::new() } else { format!("-{number}") };
            let path = folder.join(format!("{name}{suffix}.txt"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(text.as_bytes());
                    if written.is_err() {
                        // Half of it would pass for all of it.
                        let _ = fs::remove_file(&path);
                    }
                    return written.map(|()| path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// The git directory of the worktree that holds `root`: `.git` upwards, or where a `.git` file points.
fn git_dir(root: &Path) -> Option<PathBuf> {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let candidate = real.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let found = if candidate.is_dir() {
        candidate
    } else {
        let pointer = fs::read_to_string(&candidate).ok()?;
        let target = pointer.strip_prefix("gitdir:")?.trim_end_matches(['\n', '\r']).trim_start();
        candidate.parent()?.join(target)
    };
    found.join("HEAD").exists().then_some(found)
}
