//! Reading a desk: ids, summaries from the index, whole tickets, queries, search, and the limits of what a viewer sees.

pub(crate) mod changes;
pub(crate) mod parallel;
pub(crate) mod query;
pub(crate) mod search;
pub(crate) mod summaries;
pub(crate) mod ticket_ids;
pub(crate) mod tickets;
pub(crate) mod visibility;

use crate::desk::Desk;

/// The reading part of a desk: its tickets, and what a viewer may see of them.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the part that reads tickets.
    pub const fn read(&self) -> Reader<'_> {
        Reader { desk: self }
    }
}
