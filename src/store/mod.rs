//! Where it lies: files, their format, their places, locks and git. Knows the domain and nothing above it.
//!
//! Must not print, decide what is allowed, or word anything for people beyond naming what is wrong.

pub mod config;
pub mod files;
pub mod git;
pub mod holidays;
pub mod index;
pub mod layout;
pub mod yaml;
