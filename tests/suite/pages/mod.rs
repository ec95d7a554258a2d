//! Tests of hand-written pages: the links between them, README.md and docs/seeds.md.

mod links;
mod readme;
mod seeds;
