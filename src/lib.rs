//! A support desk in a git repository.
#![allow(missing_docs)]
pub mod domain;
pub mod view;
