//! TODO.

pub(crate) mod output;
pub(crate) mod pager;
pub(crate) mod progress;
