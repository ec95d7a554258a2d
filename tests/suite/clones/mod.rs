//! Tests of clones that meet: the union of two histories, git merges, `sync`, `resolve` and what it relinks.

mod merge;
mod relink;
mod resolve_leftovers;
mod sync;
mod union;
