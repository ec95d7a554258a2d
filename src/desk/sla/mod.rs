//! SLA clocks of the tickets of a desk: measured, sorted by urgency, and what a sweep finds due.

pub(crate) mod clocks;
pub(crate) mod due;
pub(crate) mod sweep;
