//! Tests of commands that judge git's history: `audit` afterwards, and the guard before a push is accepted.

mod audit;
mod guard;
