//! What an audit proves: that a version of a ticket extends the one before it, and that every entry was allowed where
//! and when it was made.
//!
//! Pure comparisons; each says what differs as data. Must not know git, nor how a file is spelled: histories come as
//! the bytes of their entries.

mod append_only;
mod permitted;
mod timestamps;

pub use append_only::{LostEntry, RawEntry, added, align_entries, inserted, lost_entries};
pub use permitted::{AuditPolicy, Counterpart, NotPermitted, Verdict, evaluate, evaluate_opening, needs_organizations};
pub use timestamps::{TimestampProblem, check_timestamp};
