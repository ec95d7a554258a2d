//! TODO.

pub mod cross_ticket;
pub mod union;
