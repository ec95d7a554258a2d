//! Reading and writing one file: plain files only, below the root, replaced in one step and on disk before that.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::StateDir;
use crate::store::layout;
use crate::store::yaml::{LARGEST_FILE, ReadErrorKind};

/// What reading a plain file can run into.
#[derive(Debug, thiserror::Error)]
pub enum FileReadError {
    /// Nothing is there.
    #[error("there is no such file")]
    Missing,
    /// Something is there that is no sound file.
    #[error(transparent)]
    Damaged(ReadErrorKind),
    /// The system refused.
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

/// Reads a plain file below the root, no larger than a ticket may be. Links are not followed.
///
/// # Errors
/// Why it was not read.
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

/// Refuses a path with a link anywhere below the root, since it could lead out of the store, and what is no file.
///
/// # Errors
/// [`FileReadError::Damaged`] for a link or another odd thing, [`FileReadError::Missing`] where a folder is not there.
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

/// Where the new bytes of a file are written before they take its place.
///
/// Beside the lock, never in the work tree; only where that is another file system, and a rename cannot cross
/// over, a hidden file beside the target, which the journal's recovery takes away.
fn temporary(state: &StateDir, target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    if on_same_device(state.folder(), target) { state.new_bytes(&name) } else { layout::new_bytes(target) }
}

/// Whether a file lies where a rename from the store's own folder can put it.
pub(super) fn on_same_device(folder: &Path, target: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    let parent = target.ancestors().skip(1).find(|parent| parent.exists());
    parent.is_some_and(|parent| device(parent) == device(folder))
}

/// Puts `bytes` in the place of a file, in one step: whoever reads sees the old bytes or the new ones.
/// The caller holds the lock; `durable` asks for the disk to have them when this returns.
pub(super) fn replace(
    state: &StateDir,
    target: &Path,
    bytes: &[u8],
    durable: bool,
    reach: &dyn Fn(&str),
) -> io::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("."));
    let made = missing_folders(parent);
    fs::create_dir_all(parent)?;
    let temporary = temporary(state, target);
    // A crashed predecessor may have left one; with the lock held it is nobody's.
    let _ = fs::remove_file(&temporary);
    let mode = fs::metadata(target).map_or(0o666, |metadata| metadata.permissions().mode());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| if durable { file.sync_all() } else { Ok(()) });
    drop(file);
    reach("written");
    let renamed = written.and_then(|()| fs::rename(&temporary, target));
    if let Err(error) = renamed {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    if durable {
        sync_folder(parent)?;
        for folder in made.iter().filter_map(|folder| folder.parent()) {
            sync_folder(folder)?;
        }
    }
    Ok(())
}

/// Gives a file that is about to be replaced a second name, where the file system can.
pub(super) fn backup(state: &StateDir, target: &Path) {
    let old = old_name(state, target);
    let _ = fs::remove_file(&old);
    let _ = fs::hard_link(target, old);
}

/// Takes the second name away.
pub(super) fn drop_backup(state: &StateDir, target: &Path) {
    let _ = fs::remove_file(old_name(state, target));
}

/// Puts back what a file held: itself, by its second name, which needs no room on the disk; else its bytes.
pub(super) fn restore(state: &StateDir, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let old = old_name(state, target);
    if fs::read(&old).is_ok_and(|held| held == bytes) && fs::rename(&old, target).is_ok() {
        return sync_folder(target.parent().unwrap_or(Path::new(".")));
    }
    replace(state, target, bytes, true, &|_| {})
}

fn old_name(state: &StateDir, target: &Path) -> PathBuf {
    state.old_bytes(&target.file_name().unwrap_or_default().to_string_lossy())
}

/// The folders of a path that are not there yet.
fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf).collect()
}

/// Asks the disk to have a folder's names.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Asks the disk to have everything of the file system the folder is on: one call for many files.
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
    fn what_is_put_back_is_the_file_itself_unless_it_was_changed() {
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
        // Somebody who had it open wrote into it: its bytes are made anew.
        backup(&state, &target);
        replace();
        fs::write(state.old_bytes("T.yaml"), "other").unwrap();
        restore(&state, &target, b"before").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"before");
        drop_backup(&state, &target);
        assert!(!state.old_bytes("T.yaml").exists());
    }
}
