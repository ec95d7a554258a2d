//! The history of a desk in git: `audit`, the guard for pushes and the hooks that run it.

pub(crate) mod audit;
pub(crate) mod duplicate_entries;
pub(crate) mod guard;
pub(crate) mod hooks;
pub(crate) mod location;
pub(crate) mod server;
