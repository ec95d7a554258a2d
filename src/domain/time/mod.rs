//! Time: durations and instants as text, instants typed by a person, and time zones.

pub mod duration;
pub mod parse;
pub mod zone;
