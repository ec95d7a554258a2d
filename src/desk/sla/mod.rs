//! TODO.

pub(crate) mod clocks;
pub(crate) mod due;
pub(crate) mod sweep;
