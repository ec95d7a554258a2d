//! Tests of the whole program, as one binary: formats and tables in process, the rest with the real `casebook`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod arbitrary;
mod auditing;
mod calendars;
mod checking;
mod comparing;
mod crash;
mod damage;
mod desk;
mod formats;
mod git;
mod guarding;
mod handedits;
mod house;
mod index;
mod locks;
mod mending;
mod merging;
mod pyyaml;
mod readme;
mod reference;
mod reports;
mod rules;
mod sandbox;
mod schemas;
mod searching;
mod setup;
mod showing;
mod snapshot;
mod spellings;
mod stories;
mod surveys;
mod syncing;
mod transitions;
mod union;
mod writing;
