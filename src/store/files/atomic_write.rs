//! Reads and writes of one file: only plain files in the desk; a write replaces the file in one step.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::StateDir;
use crate::store::layout;
use crate::store::yaml::{LARGEST_FILE, ReadErrorKind};

/// An error of reading a plain file.
#[derive(Debug, thiserror::Error)]
pub enum FileReadError {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// A file that is not plain, or too large.
    #[error(transparent)]
    Damaged(ReadErrorKind),
    /// An error of the operating system.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for FileReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

/// Reads a plain file of the desk, not larger than a ticket may be. Links are not followed.
///
/// # Errors
/// The file is missing, is not plain or too large, or cannot be read.
pub fn read_plain(root: &Path, relative: &str) -> Result<Vec<u8>, FileReadError> {
    refuse_links(root, relative)?;
    let path = root.join(relative);
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits().cast_signed();
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(&path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(FileReadError::Damaged(ReadErrorKind::NotAFile));
    }
    if metadata.len() > LARGEST_FILE {
        return Err(FileReadError::Damaged(ReadErrorKind::TooLarge { limit: LARGEST_FILE }));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    (&mut file).take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Creates a temporary file in a folder of the git directory, to be renamed into its place. All users of the clone can read
/// it, unless the umask forbids it.
///
/// # Errors
/// An error of the operating system.
pub fn new_shared_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o644)).tempfile_in(folder)
}

/// Refuses a path with a symbolic link anywhere below the root, which could lead out of the desk, and a path that is
/// not a file.
///
/// # Errors
/// [`FileReadError::Damaged`] for a link or a special file, [`FileReadError::Missing`] if the file or a folder of the
/// path does not exist.
pub(super) fn refuse_links(root: &Path, relative: &str) -> Result<(), FileReadError> {
    let (mut path, mut is_file) = (root.to_path_buf(), false);
    for part in Path::new(relative).components() {
        match part {
            std::path::Component::Normal(name) => path.push(name),
            _ => return Err(FileReadError::Damaged(ReadErrorKind::WrongPlace)),
        }
        let metadata = fs::symlink_metadata(&path)?;
        if metadata.is_symlink() {
            return Err(FileReadError::Damaged(ReadErrorKind::Symlink));
        }
        is_file = metadata.is_file();
    }
    if is_file { Ok(()) } else { Err(FileReadError::Damaged(ReadErrorKind::NotAFile)) }
}

/// Returns the path at which the new bytes of a file are written before they take its place.
///
/// It is beside the lock, not in the work tree. Only if that is on another file system, which a rename cannot cross, it
/// is a hidden file beside the target, which recovery removes (docs/decisions/0005-lock-and-journal.md).
fn temporary(state: &StateDir, target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    if on_same_device(state.folder(), target) { state.new_bytes(&name) } else { layout::new_bytes(target) }
}

/// Returns true if a rename can move a file from `folder` to `target`.
pub(super) fn on_same_device(folder: &Path, target: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    let parent = target.ancestors().skip(1).find(|parent| parent.exists());
    parent.is_some_and(|parent| device(parent) == device(folder))
}

/// Replaces the bytes of a file in one step: readers see the old or the new bytes. The caller holds the lock. If
/// `durable`, the bytes are on disk when this returns.
pub(super) fn replace(
    state: &StateDir,
    target: &Path,
    bytes: &[u8],
    durable: bool,
    fault_point: &dyn Fn(&str),
) -> io::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("."));
    let created = missing_folders(parent);
    fs::create_dir_all(parent)?;
    let temporary = temporary(state, target);
    // A command that was killed may have left one. With the lock held, no process uses it.
    let _ = fs::remove_file(&temporary);
    let mode = fs::metadata(target).map_or(0o666, |metadata| metadata.permissions().mode());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| if durable { file.sync_all() } else { Ok(()) });
    drop(file);
    fault_point("written");
    let renamed = written.and_then(|()| fs::rename(&temporary, target));
    if let Err(error) = renamed {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    fault_point("moved");
    if durable {
        sync_folder(parent)?;
        for folder in created.iter().filter_map(|folder| folder.parent()) {
            sync_folder(folder)?;
        }
    }
    Ok(())
}

/// Gives a file that will be replaced a second name, if the file system has hard links.
pub(super) fn backup(state: &StateDir, target: &Path) {
    let old = old_name(state, target);
    let _ = fs::remove_file(&old);
    let _ = fs::hard_link(target, old);
}

/// Removes the second name of a file.
pub(super) fn drop_backup(state: &StateDir, target: &Path) {
    let _ = fs::remove_file(old_name(state, target));
}

/// Restores the bytes of a file: by renaming the backup, which needs no space on the disk, or else by writing them.
pub(super) fn restore(state: &StateDir, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = old_name(state, target);
    if fs::read(&old).is_ok_and(|backup| backup == bytes) && fs::rename(&old, target).is_ok() {
        return sync_folder(target.parent().unwrap_or(Path::new(".")));
    }
    replace(state, target, bytes, true, &|_| {})
}

fn old_name(state: &StateDir, target: &Path) -> PathBuf {
    state.old_bytes(&target.file_name().unwrap_or_default().to_string_lossy())
}

/// Returns the folders of a path that do not exist yet.
fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf).collect()
}

/// Syncs the names in a folder to disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Syncs the whole file system that contains a folder: one call for many files.
pub(super) fn sync_file_system(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return Ok(rustix::fs::syncfs(File::open(folder)?)?);
    #[cfg(not(target_os = "linux"))]
    return sync_folder(folder);
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn a_restore_renames_the_backup_unless_the_backup_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (state, target) = (StateDir::of(folder.path()), folder.path().join("T.yaml"));
        state.create().unwrap();
        let inode = || fs::metadata(&target).unwrap().ino();
        let replace = || replace(&state, &target, b"after", false, &|_| {}).unwrap();
        fs::write(&target, "before").unwrap();
        let before = inode();
        backup(&state, &target);
        replace();
        assert_ne!(inode(), before);
        restore(&state, &target, b"before").unwrap();
        assert_eq!((inode(), fs::read(&target).unwrap()), (before, b"before".to_vec()));
        // A program that had the file open wrote to it, so the bytes are written anew.
        backup(&state, &target);
        replace();
        fs::write(state.old_bytes("T.yaml"), "other").unwrap();
        restore(&state, &target, b"before").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"before");
        drop_backup(&state, &target);
        assert!(!state.old_bytes("T.yaml").exists());
    }
}
