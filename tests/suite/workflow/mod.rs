//! The workflow: the whole table of transitions, the rules that matter most by hand, and walks nobody thought of.
//!
//! `docs/workflow.md` is written here (`UPDATE_DOCS=1`), so that it cannot lie.

mod concurrent_merges;
mod converging_clones;
mod escalation;
mod random_walks;
mod reopen_window;
mod rules;
mod transition_table;
