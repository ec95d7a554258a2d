//! TODO.

pub(crate) mod clocks;
pub(crate) mod findings;
