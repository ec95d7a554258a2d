//! The terminal: where output goes, the pager, and the progress line.

pub(crate) mod output;
pub(crate) mod pager;
pub(crate) mod progress;
