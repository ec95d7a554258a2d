//! The workflow: the table of all transitions, its main rules one by one, random walks, escalation and reopening.
//!
//! `transition_table.rs` writes `docs/workflow.md` (`UPDATE_DOCS=1`).

mod concurrent_merges;
mod converging_clones;
mod escalation;
mod planned_days;
mod random_walks;
mod redaction;
mod reopen_window;
mod rules;
mod transition_table;
