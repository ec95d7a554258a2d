//! Files that are whole or not there: atomic writes, the lock, the journal, and where the store keeps its own.
//!
//! Must not know what a file holds.

mod folder;
mod journal;
mod lock;
mod placed;
mod state;
mod write;

pub use folder::Folder;
pub use journal::{Change, Journal, PlannedCommit};
pub use lock::{Lock, LockError};
pub use placed::{Beside, Placed, place, take_back};
pub use state::State;
pub use write::{NotRead, read_plain};
