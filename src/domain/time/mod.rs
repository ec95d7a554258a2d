//! TODO.

pub mod duration;
pub mod parse;
pub mod zone;
