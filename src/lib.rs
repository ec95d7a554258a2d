//! A support desk in a git repository.

pub mod domain;
pub mod store;
