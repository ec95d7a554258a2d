//! Time: durations and instants as text, instants typed by a person, and time zones.
//!
//! # Invariants
//!
//! Nothing here knows the present or the desk's time zone: both are given.

pub mod duration;
pub mod parse;
pub mod zone;
