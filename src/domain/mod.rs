//! What is true: tickets, people, actions, and the rules between them.
//!
//! Everything here is a pure function of its arguments. No file, clock, environment variable or
//! terminal is touched, nothing is printed, and refusals are data: sentences for people, hints and
//! exit codes are decided in [`crate::cli`]. This folder knows no other folder of the crate.

pub mod audit;
pub mod calendar;
pub mod codec;
pub mod convergence;
pub mod id;
pub mod people;
pub mod query;
pub mod rules;
pub mod sla;
pub mod text;
pub mod ticket;
pub mod time;
pub mod value;
pub mod vocabulary;
pub mod workflow;
