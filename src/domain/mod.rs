//! The rules of a support desk: tickets, people, actions, and the conditions between them.
//!
//! # Invariants
//!
//! Everything here is a pure function of its arguments: no file, clock, environment variable or terminal is used, and
//! nothing is printed. Refusals are data; messages, hints and exit codes are written in [`crate::cli`]. This folder
//! imports no other folder of the crate.

pub mod audit;
pub mod calendar;
pub mod codec;
pub mod convergence;
pub mod id;
pub mod people;
pub mod query;
pub mod rules;
pub mod sla;
pub mod suggestion;
pub mod template;
pub mod text;
pub mod ticket;
pub mod time;
pub mod value;
pub mod vocabulary;
pub mod workflow;
