//! Tests of clones that meet: the union of two histories, git merges, `sync`, `resolve` and what it relinks.

pub mod merge;
mod relink;
mod resolve_leftovers;
mod sync;
mod union;
