//! Reading a desk: ids, summaries from the index, whole tickets, queries, search, and the limits of what a viewer sees.

pub(crate) mod changes;
pub(crate) mod parallel;
pub(crate) mod query;
pub(crate) mod search;
pub(crate) mod summaries;
pub(crate) mod ticket_ids;
pub(crate) mod tickets;
pub(crate) mod visibility;
