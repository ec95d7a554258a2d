//! Searching a desk: tickets that a query means and that hold something, read no further than needed.

use crate::domain::person::Person;
use crate::domain::query::{AsOf, Query};
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::yaml;

use super::{Casebook, Census};

impl Casebook {
    /// What `keep` makes of the tickets a query means, among those the person may see. A file that `may_hold` turns
    /// away is not parsed.
    ///
    /// # Errors
    /// As [`Casebook::meant`].
    pub fn searched<T>(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        may_hold: impl Fn(&[u8]) -> bool + Sync,
        mut keep: impl FnMut(&Ticket) -> Option<T>,
    ) -> Result<Census<T>, Error> {
        let mut judge = |ticket: Ticket| self.judged(query, viewer, ticket).and_then(|(ticket, _)| keep(&ticket));
        match &query.as_of {
            Some(AsOf::Revision(revision)) => self.census_of(revision, judge),
            _ => self.census_by(
                |id| {
                    let bytes = self.bytes(id)?;
                    if !may_hold(&bytes) {
                        return Ok(None);
                    }
                    yaml::read(&bytes, Some(id)).map(Some).map_err(|damage| self.damaged(id, damage))
                },
                |ticket| ticket.and_then(&mut judge),
            ),
        }
    }
}
