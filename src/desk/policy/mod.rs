//! The policy of a desk: settings, calendars and holiday lists, organizations.

pub(crate) mod calendars;
pub(crate) mod organizations;
pub(crate) mod settings;

use crate::desk::Desk;

/// The policy part of a desk: settings, plans, calendars and organizations.
#[derive(Clone, Copy, Debug)]
pub struct PolicyReader<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the part that reads settings, plans, calendars and organizations.
    pub const fn policy(&self) -> PolicyReader<'_> {
        PolicyReader { desk: self }
    }
}
