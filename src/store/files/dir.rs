//! An open folder, from which the stamps and bytes of files are read by name. The system resolves the folder's path
//! once instead of once per file.

use std::fs::File;
use std::io;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags};

use crate::store::index::FileStamp;
use crate::store::yaml::LARGEST_FILE;

/// A folder that is not a symbolic link.
#[derive(Debug)]
pub struct Dir(OwnedFd);

impl Dir {
    /// Opens a folder.
    ///
    /// # Errors
    /// The folder does not exist, or is not a folder.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// Returns the stamp of a file, or the default stamp if there is no file. Links are not followed.
    ///
    /// # Errors
    /// An error of the operating system.
    pub fn stamp(&self, name: &str) -> io::Result<FileStamp> {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(FileStamp::from(&stat)),
            Err(rustix::io::Errno::NOENT) => Ok(FileStamp::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads the bytes of a plain file that is not larger than a ticket may be, and returns the stamp it had before.
    /// Returns `None` if the file is not plain or too large.
    ///
    /// # Errors
    /// The file does not exist, or an error of the operating system.
    pub fn read(&self, name: &str, bytes: &mut Vec<u8>) -> io::Result<Option<FileStamp>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = File::from(rustix::fs::openat(&self.0, name, flags, Mode::empty())?);
        let metadata = file.metadata()?;
        if !metadata.is_file() || metadata.len() > LARGEST_FILE {
            return Ok(None);
        }
        // One byte more than the file has, so that growth during the read is noticed.
        bytes.resize(usize::try_from(metadata.len()).unwrap_or(0) + 1, 0);
        let read = file.read(bytes)?;
        if read + 1 == bytes.len() {
            bytes.truncate(read);
        } else {
            bytes.truncate(read);
            (&mut file).take(LARGEST_FILE + 1).read_to_end(bytes)?;
        }
        Ok(Some(FileStamp::of(&metadata)))
    }

    /// Reads bytes like [`Self::read`], without a stamp; `None` if they do not fit into `room` with a byte to spare.
    ///
    /// # Errors
    /// The file does not exist, or an error of the operating system.
    pub fn read_small<'a>(&self, name: &str, room: &'a mut [u8]) -> io::Result<Option<&'a [u8]>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.0, name, flags, Mode::empty())?;
        let read = rustix::io::read(&file, &mut *room)?;
        Ok((read < room.len()).then(|| &room[..read]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_links_are_not_followed() {
        let parent = tempfile::tempdir().expect("a folder");
        std::fs::write(parent.path().join("a"), "bytes").expect("written");
        std::os::unix::fs::symlink("a", parent.path().join("link")).expect("a link");
        let folder = Dir::open(parent.path()).expect("a folder");
        let mut bytes = b"before".to_vec();
        let stamp = folder.read("a", &mut bytes).expect("read").expect("a plain file");
        assert_eq!((bytes.as_slice(), stamp.size), (b"bytes".as_slice(), 5));
        assert_eq!(folder.read_small("a", &mut [0; 6]).expect("read"), Some(b"bytes".as_slice()));
        assert_eq!(folder.read_small("a", &mut [0; 5]).expect("read"), None);
        assert_eq!(folder.stamp("a").expect("a stamp"), stamp);
        assert_ne!(folder.stamp("link").expect("a stamp"), stamp);
        assert!(folder.read("link", &mut bytes).is_err());
        assert_eq!(folder.stamp("none").expect("a stamp"), FileStamp::default());
        assert!(Dir::open(&parent.path().join("link")).is_err());
    }
}
