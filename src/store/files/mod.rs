//! Files that are complete or absent: atomic writes, the lock, the journal and the state directory.
//!
//! # Invariants
//!
//! The contents of the files are unknown here.

mod atomic_write;
mod content_addressed;
mod dir;
mod journal;
mod lock;
mod state_dir;

pub use atomic_write::{FileReadError, new_shared_file, read_plain};
pub use content_addressed::{ExtraFile, PlaceOutcome, place, remove_placed};
pub use dir::Dir;
pub use journal::{FileChange, Journal, PlannedCommit};
pub use lock::{LOCK_VARIABLE, Lock, LockError, held_lock};
pub use state_dir::{StateDir, desk_folder};
