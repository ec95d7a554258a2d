//! Time: durations and instants as text, times typed or planned by a person, and time zones.
//!
//! # Invariants
//!
//! Nothing here knows the present or the desk's time zone: both are given.

pub mod duration;
pub mod parse;
pub mod planned;
pub mod zone;
