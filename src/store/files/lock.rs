//! One writer at a time: a lock the system lets go of when its process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::time::duration::format_wait;

/// The right to write, held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the right to write was not had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process held it all the time.
    #[error("another process has held {} for {}", path.display(), format_wait(*waited))]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// The lock file cannot be made or locked.
    #[error("the lock file cannot be made or locked")]
    Io(#[source] io::Error),
}

impl Lock {
    /// Waits for the lock, at most for `patience`.
    ///
    /// # Errors
    /// [`LockError::Busy`] when the time is over.
    #[allow(clippy::disallowed_methods)] // waiting measures time; it decides nothing that is written
    pub fn take(path: &Path, patience: Duration) -> Result<Self, LockError> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(LockError::Io)?;
        let began = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
                Err(TryLockError::WouldBlock) if began.elapsed() >= patience => {
                    return Err(LockError::Busy { path: path.to_owned(), waited: began.elapsed() });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}
