//! Where it lies: files, their format, their places, locks and git. Knows the domain and nothing above it.
//!
//! Must not print, decide what is allowed, or word anything for people beyond naming what is wrong.

pub mod choices;
pub mod config;
pub mod eligibility;
pub mod escalation;
pub mod files;
mod follow_up;
pub mod git;
pub mod holidays;
pub mod index;
pub mod layout;
pub mod macros;
pub mod policy;
pub mod roster;
pub mod signing;
pub mod wording;
pub mod yaml;
