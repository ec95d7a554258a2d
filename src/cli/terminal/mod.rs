//! The terminal: standard output and standard error, the pager, the progress line, questions, and quoting for a shell.

pub(crate) mod output;
pub(crate) mod pager;
pub(crate) mod progress;
pub(crate) mod question;
pub(crate) mod shell;
