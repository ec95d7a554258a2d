//! Output that several verbs share: SLA clocks, findings, unreadable files, and the results of writes.

pub(crate) mod clocks;
pub(crate) mod findings;
pub(crate) mod ticket;
pub(crate) mod unknown_values;
pub(crate) mod unreadable;
pub(crate) mod write_result;
