//! SLA clocks of tickets, due work, and the sweep.

pub(crate) mod clocks;
pub(crate) mod due;
pub(crate) mod sweep;
