//! Reading a desk: ids, summaries from the index, whole tickets, queries, search, and the desk as a viewer sees it.

mod allowed;
pub(crate) mod changes;
pub(crate) mod desk_view;
mod kept_texts;
mod newest;
pub(crate) mod parallel;
mod people;
pub(crate) mod query;
pub(crate) mod search;
pub(crate) mod summaries;
pub(crate) mod ticket_ids;
pub(crate) mod tickets;

use crate::desk::Desk;

/// The reading part of a desk: all its tickets. Only commands that maintain the desk use it; results for a viewer come
/// from a [`DeskView`](desk_view::DeskView).
#[derive(Clone, Copy, Debug)]
pub(in crate::desk) struct Reader<'a> {
    desk: &'a Desk,
}

impl Desk {
    /// Returns the part that reads tickets.
    pub(in crate::desk) const fn read(&self) -> Reader<'_> {
        Reader { desk: self }
    }
}
