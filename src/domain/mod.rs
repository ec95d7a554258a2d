//! What is true: tickets, people, actions, and the rules between them.
//!
//! Everything here is a pure function of its arguments. No file, clock, environment variable or
//! terminal is touched, nothing is printed, and refusals are data: sentences for people, hints and
//! exit codes are decided in [`crate::cli`]. This folder knows no other folder of the crate.

pub mod access;
pub mod action;
pub mod admission;
pub mod aftermath;
pub mod amendment;
pub mod assignment;
pub mod attachment;
pub mod audit;
pub mod calendar;
pub mod clock;
pub mod codec;
pub mod comparison;
pub mod difference;
pub mod eligibility;
pub mod entry;
pub mod escalation;
pub mod finding;
pub mod followup;
pub mod id;
pub mod macros;
pub mod membership;
pub mod organization;
pub mod own_field;
pub mod person;
pub mod plan;
pub mod product_group;
pub mod query;
pub mod replay;
pub mod rule;
pub mod search;
pub mod silence;
pub mod summary;
pub mod target;
pub mod text;
pub mod ticket;
pub mod transition;
pub mod union;
pub mod value;
pub mod visibility;
pub mod when;
pub mod words;
pub mod zone;
