//! Tests of the whole program, as one binary: formats and tables in process, the rest with the real `casebook`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod check;
mod clones;
mod completions;
mod fixtures;
mod format;
mod git;
mod history;
mod house;
mod pages;
mod people;
mod read;
mod reference;
mod sla;
mod stories;
mod workflow;
mod write;

use fixtures::{generated_page as snapshot, sandbox};
