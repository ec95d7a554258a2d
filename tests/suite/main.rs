//! Every test that needs more than one module, or the built program.
#![allow(clippy::unwrap_used, missing_docs)]

mod arbitrary;
mod formats;
