//! Output that several verbs share: clocks, and the findings of check, audit and guard.

pub(crate) mod clocks;
pub(crate) mod findings;
