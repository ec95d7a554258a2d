//! The audit of a ticket's history: every version extends the previous one, and every entry was allowed when it was
//! made.
//!
//! # Invariants
//!
//! Comparisons are pure, and return differences as data. This folder does not know git or the file format: histories
//! are the bytes of their entries.

mod append_only;
mod permitted;
mod timestamps;

pub use append_only::{LostEntry, RawEntry, added, align_entries, inserted, lost_entries};
pub use permitted::{AuditPolicy, Counterpart, NotPermitted, Verdict, evaluate, evaluate_opening, needs_organizations};
pub use timestamps::{CLOCK_TOLERANCE, TimestampProblem, check_timestamp, dated_first};
