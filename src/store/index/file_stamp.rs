//! What tells whether a file has changed: its size, its times, its inode.

use std::fs;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file as the system describes it. The change time is the system's own: nobody can set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// When its bytes last changed, or whatever somebody set; nanoseconds since 1970.
    pub modified: i64,
    /// When anything of it last changed; nanoseconds since 1970.
    pub changed: i64,
    /// Which file it is.
    pub inode: u64,
}

/// How long a file must have been left alone before an index is made that believes it: a tick of the system's
/// clock is 10 ms at most.
const TICK: i64 = 50_000_000;
/// The same on file systems that keep whole seconds, the coarsest of them two.
const COARSE_TICK: i64 = 2_500_000_000;

impl FileStamp {
    /// The stamp in some metadata.
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

    /// The present, by the clock of the file system that holds the folder: that of a file made there now.
    ///
    /// # Errors
    /// Nothing can be made there.
    pub fn now(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = tempfile::NamedTempFile::new_in(folder)?;
        Ok(Self::of(&file.as_file().metadata()?))
    }

    /// Whether it has been as it is since well before another was made.
    pub const fn is_older_than(self, made: Self) -> bool {
        let tick = if self.changed % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
        let youngest = if self.changed > self.modified { self.changed } else { self.modified };
        youngest.saturating_add(tick) < made.changed
    }
}

impl From<&rustix::fs::Stat> for FileStamp {
    // The kinds of numbers in there differ between systems.
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
