//! The lock of writers: one process writes at a time. The system releases the lock when the process ends, in any way.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::time::duration::format_wait;

/// The variable that names the held lock to the processes that git starts.
pub const LOCK_VARIABLE: &str = "CASEBOOK_LOCK";

/// The path of the lock that this process holds.
static HELD: Mutex<Option<PathBuf>> = Mutex::new(None);

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Returns the path of the lock that this process holds.
pub fn held_lock() -> Option<PathBuf> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Drop for Lock {
    fn drop(&mut self) {
        *HELD.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// An error of taking the lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process held the lock for all the time.
    #[error("another process has held {} for {}", path.display(), format_wait(*waited))]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// The time waited.
        waited: Duration,
    },
    /// The lock file cannot be created or locked.
    #[error("cannot create or lock the lock file")]
    Io(#[source] io::Error),
}

impl Lock {
    /// Waits for the lock, for at most `patience`.
    ///
    /// # Errors
    /// [`LockError::Busy`] after that time.
    #[allow(clippy::disallowed_methods)] // only the waiting time is measured; it is not written anywhere
    pub fn take(path: &Path, patience: Duration) -> Result<Self, LockError> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(LockError::Io)?;
        let began = Instant::now();
        let mut pause = Duration::from_micros(200);
        loop {
            match file.try_lock() {
                Ok(()) => {
                    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
                    return Ok(Self { _file: file });
                }
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
