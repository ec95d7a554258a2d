//! The policy of a desk: settings, calendars and holiday lists, organizations.

pub(crate) mod calendars;
pub(crate) mod organizations;
pub(crate) mod settings;
