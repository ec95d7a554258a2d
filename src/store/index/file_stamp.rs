//! Stamps of files: their size, times and inode, by which a change is detected.

use std::fs;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The stamp of a file. Programs can set the modification time, but not the change time. The default is the stamp of no
/// file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileStamp {
    /// The size in bytes.
    pub size: u64,
    /// The modification time, in nanoseconds since 1970, UTC.
    pub modified: i64,
    /// The change time, in nanoseconds since 1970, UTC.
    pub changed: i64,
    /// The inode.
    pub inode: u64,
}

/// The time in nanoseconds for which a file must not have changed before its summary is cached. A tick of the system's
/// clock is at most 10 ms.
const TICK: i64 = 50_000_000;
/// The time of [`TICK`] on file systems with whole seconds, some of which have only even seconds.
const COARSE_TICK: i64 = 2_500_000_000;

impl FileStamp {
    /// Returns the stamp in some metadata.
    pub fn of(metadata: &Metadata) -> Self {
        Self::of_numbers(
            metadata.size(),
            (metadata.mtime(), metadata.mtime_nsec()),
            (metadata.ctime(), metadata.ctime_nsec()),
            metadata.ino(),
        )
    }

    const fn of_numbers(size: u64, modified: (i64, i64), changed: (i64, i64), inode: u64) -> Self {
        const fn joined((seconds, nanoseconds): (i64, i64)) -> i64 {
            seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds)
        }
        Self { size, modified: joined(modified), changed: joined(changed), inode }
    }

    /// Returns the stamp of a file created now in a folder, whose times are the present by the clock of its file
    /// system.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn now(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        Ok(Self::of(&file.as_file().metadata()?))
    }

    /// Returns true if the file or folder was last changed long enough before a pass began that a later change gets another
    /// stamp. `began` is the time by the clock of the file system.
    pub fn is_settled(self, began: Option<Self>) -> bool {
        self != Self::default() && began.is_some_and(|began| self.is_older_than(began))
    }

    /// Returns true if the file had not changed for a tick when `made` was created.
    pub const fn is_older_than(self, made: Self) -> bool {
        let tick = if self.changed % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
        let youngest = if self.changed > self.modified { self.changed } else { self.modified };
        youngest.saturating_add(tick) < made.changed
    }
}

impl From<&rustix::fs::Stat> for FileStamp {
    // The types of these numbers differ between systems.
    #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
    fn from(stat: &rustix::fs::Stat) -> Self {
        Self::of_numbers(
            stat.st_size as u64,
            (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            stat.st_ino as u64,
        )
    }
}
