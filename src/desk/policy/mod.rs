//! TODO.

pub(crate) mod calendars;
pub(crate) mod organizations;
pub(crate) mod settings;
