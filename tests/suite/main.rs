//! Tests of the whole program, as one binary: formats and tables in process, the rest with the real `casebook`.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod arbitrary;
mod formats;
mod house;
mod readme;
mod reference;
mod sandbox;
mod snapshot;
mod stories;
mod transitions;
mod writing;
