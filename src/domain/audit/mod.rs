//! What an audit proves: that a version of a ticket extends the one before it, and that every entry was allowed where
//! and when it was made.
//!
//! Pure comparisons; each says what differs as data. Must not know git, nor how a file is spelled: histories come as
//! the bytes of their entries.

mod kept;
mod lawful;
mod times;

pub use kept::{Loss, Piece, added, inserted, losses, places};
pub use lawful::{Company, Law, Verdict, Why, judge, judge_opening, needs_organizations};
pub use times::{Lapse, lapse};
