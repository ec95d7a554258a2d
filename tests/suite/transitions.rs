//! The workflow: the whole table of transitions, the rules that matter most by hand, and walks nobody thought of.
//!
//! `docs/workflow.md` is written here (`UPDATE_DOCS=1`), so that it cannot lie.

mod cast;
mod clones;
mod meeting;
mod rules;
mod table;
mod walks;
