//! The environment of the process: its variables and its clock. No other file reads them.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

/// Returns an environment variable. None if it is not set or empty.
#[allow(clippy::disallowed_methods)] // no other function reads a variable
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns a path, or a list of paths, in an environment variable. None if it is not set or empty.
#[allow(clippy::disallowed_methods)] // a path need not be UTF-8
pub(crate) fn path_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Returns the present, UTC.
#[allow(clippy::disallowed_methods)] // no other function reads the clock
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now())
}
