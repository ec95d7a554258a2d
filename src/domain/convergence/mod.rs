//! Histories that come together: the union of two versions of a ticket, and inconsistencies between tickets afterwards.

pub mod cross_ticket;
pub mod union;
