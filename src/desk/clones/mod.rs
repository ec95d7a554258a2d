//! Clones of a desk: setting up git in one, bringing two together, and repairing what a git merge left inconsistent.

pub(crate) mod git_setup;
pub(crate) mod relink;
pub(crate) mod resolve;
pub(crate) mod sync;
pub(crate) mod sync_preview;
pub(crate) mod unaware_solves;
