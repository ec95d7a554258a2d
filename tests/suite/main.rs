//! Tests of the whole program, as one binary: each module runs the real `casebook` in a sandbox.

mod sandbox;
mod stories;
