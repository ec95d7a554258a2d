//! The state directory: lock, journal, index, temporary files and saved texts, which do not belong in the work tree.
//!
//! In a repository it is `casebook/` in the git directory of the worktree, or a folder below for a desk that is not at the
//! top of the worktree, so that several desks do not share it. Only the lock is shared, since all of them commit to the same
//! index of git. Every command needs the directory, so it is found without a git process. Outside a repository it is
//! `.casebook/` in the desk, with a `.gitignore` for itself.

use std::ffi::OsStr;
use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::store::index::sum;

/// The name of the directory in a git directory.
const SHARED: &str = "casebook";
/// The name of the directory outside a repository.
const WITHOUT_REPOSITORY: &str = ".casebook";
/// The prefix of temporary files.
const NEW: &str = "new-";
/// The second prefix of backups, after [`NEW`].
const OLD: &str = "old-";

/// The state directory of a desk.
#[derive(Clone, Debug)]
pub struct StateDir {
    folder: PathBuf,
    /// The directory that the desks of a worktree share.
    shared: PathBuf,
    git_dir: Option<PathBuf>,
}

impl StateDir {
    /// Returns the state directory of the desk at `root`. Nothing is created.
    pub fn of(root: &Path) -> Self {
        let Some((git_dir, desk)) = git_dir(root) else {
            let folder = root.join(WITHOUT_REPOSITORY);
            return Self { shared: folder.clone(), folder, git_dir: None };
        };
        Self { folder: desk_folder(&git_dir, &desk), shared: git_dir.join(SHARED), git_dir: Some(git_dir) }
    }

    /// Returns true if the desk is in a git repository.
    pub const fn in_repository(&self) -> bool {
        self.git_dir.is_some()
    }

    /// Returns the git directory of the desk's worktree.
    pub fn git_dir(&self) -> Option<&Path> {
        self.git_dir.as_deref()
    }

    /// Returns a file of `.casebook/` that remains from before the desk was in a repository. It is only reported, never
    /// used: a file in a work tree may have come with a clone.
    pub fn legacy_file(&self, root: &Path, name: &str) -> Option<PathBuf> {
        self.git_dir.as_ref()?;
        let path = root.join(WITHOUT_REPOSITORY).join(name);
        path.symlink_metadata().is_ok().then_some(path)
    }

    /// Returns the path of a file that all desks of the worktree share.
    pub fn shared_path(&self, name: &str) -> PathBuf {
        self.shared.join(name)
    }

    /// Returns the path of a file in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns the directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Creates the directory. Outside a repository it gets a `.gitignore` for itself, in case one is created later.
    ///
    /// # Errors
    /// The directory cannot be created.
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

    /// Returns the directory's modification time. It changes with every command that writes, because journals and
    /// temporary files are created and removed there.
    pub fn stamp(&self) -> Option<SystemTime> {
        fs::metadata(&self.folder).and_then(|metadata| metadata.modified()).ok()
    }

    /// Removes temporary files and backups of interrupted commands. The caller holds the lock.
    ///
    /// # Errors
    /// The directory cannot be read, or a file cannot be removed.
    pub fn remove_temp_files(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(NEW.as_bytes()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Returns the temporary path of a file's new bytes.
    pub(super) fn new_bytes(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{NEW}{name}"))
    }

    /// Returns the path of a file's backup, a hard link.
    pub(super) fn old_bytes(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{NEW}{OLD}{name}"))
    }

    /// Saves a text that a person typed, and returns its path. An existing file is never overwritten: a number is added
    /// to the name.
    ///
    /// # Errors
    /// The file cannot be written.
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
                        // A part of the text could be mistaken for all of it.
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

/// Returns the folder in a git directory for the state of a desk. `desk` is the path of the desk in the worktree, empty at
/// its top.
pub fn desk_folder(git_dir: &Path, desk: &Path) -> PathBuf {
    let shared = git_dir.join(SHARED);
    let Some(name) = desk.file_name() else { return shared };
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let name: String = name.to_string_lossy().chars().take(40).map(plain).collect();
    let joined: Vec<&[u8]> = desk.iter().map(OsStr::as_bytes).collect();
    shared.join("desks").join(format!("{name}-{:016x}", sum(&joined.join(&b'/'))))
}

/// Returns the git directory of the worktree that contains `root`: `.git` in it or a parent, or the target of a `.git`
/// file; and the path of `root` in the worktree.
fn git_dir(root: &Path) -> Option<(PathBuf, PathBuf)> {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let top = real.ancestors().find(|folder| folder.join(".git").exists())?;
    let candidate = top.join(".git");
    let found = if candidate.is_dir() {
        candidate
    } else {
        let pointer = fs::read(&candidate).ok()?;
        top.join(OsStr::from_bytes(pointer.strip_prefix(b"gitdir:")?.trim_ascii()))
    };
    let desk = real.strip_prefix(top).expect("an ancestor is a prefix").to_owned();
    found.join("HEAD").exists().then_some((found, desk))
}
