//! Storage: the settings, files, formats and index of a desk, and git.
//!
//! # Invariants
//!
//! Uses the domain, and nothing above it. Prints nothing, and decides nothing that the workflow decides.

pub mod config;
pub mod files;
pub mod git;
pub mod holidays;
pub mod index;
pub mod layout;
pub mod short_id;
pub mod yaml;
