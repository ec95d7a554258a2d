//! TODO.

pub(crate) mod git_setup;
pub(crate) mod relink;
pub(crate) mod resolve;
pub(crate) mod sync;
pub(crate) mod sync_preview;
pub(crate) mod unaware_solves;
