//! Searching a desk: tickets that a query means and that hold something, read no further than needed, on every
//! processor, and handed on in the order of their ids before all are found.

use crate::domain::people::person::Person;
use crate::domain::query::{AsOf, Query};
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::yaml;

use super::Reader;
use super::parallel::{on_every_processor, processors};
use super::summaries::rules_out;
use super::ticket_ids::{IndexError, TicketBatch};
use crate::desk::UnreadableFile;
use crate::desk::sla::clocks::SlaEvaluator;

/// How many shares are held for each processor before they are handed on.
const AHEAD: usize = 4;

/// What is looked for.
pub struct SearchRequest<'a, T> {
    /// Which tickets.
    pub query: &'a Query,
    /// Who asks.
    pub viewer: Option<&'a Person>,
    /// Whether a file may hold it; one that may not is not parsed.
    pub may_hold: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// What is made of a ticket, if it holds it.
    pub find: &'a (dyn Fn(&Ticket) -> Option<T> + Sync),
}

/// What came of a share.
type SearchBatchResult<T> = Result<(Vec<T>, Vec<UnreadableFile>), Error>;

impl Reader<'_> {
    /// Hands on what is found, and gives the files that could not be read.
    ///
    /// # Errors
    /// As [`Self::query`], and those of `hand_on`.
    pub fn searched<T: Send, E: From<Error>>(
        &self,
        search: &SearchRequest<'_, T>,
        mut hand_on: impl FnMut(T) -> Result<(), E>,
    ) -> Result<Vec<UnreadableFile>, E> {
        let promises = self.desk.sla().for_query(search.query, search.viewer)?;
        let promises = promises.as_ref();
        if let Some(AsOf::Revision(revision)) = &search.query.as_of {
            let census = self.load_tickets_by_id(revision, |ticket| self.found(search, promises, ticket))?;
            census.tickets.into_iter().try_for_each(&mut hand_on)?;
            return Ok(census.troubles);
        }
        let (shares, misplaced) = self.with_index(|index| {
            let roll = self.roll(index)?;
            Ok::<_, IndexError>((roll.shares()?, roll.misplaced))
        })?;
        let mut troubles = Vec::new();
        for group in shares.chunks(AHEAD * processors()) {
            for seen in on_every_processor(group, |share| self.search_share(search, promises, share)) {
                let (found, some) = seen?;
                found.into_iter().try_for_each(&mut hand_on)?;
                troubles.extend(some);
            }
        }
        troubles.extend(misplaced.iter().map(|path| self.misplaced(path)));
        troubles.extend(promises.into_iter().flat_map(SlaEvaluator::troubles));
        Ok(troubles)
    }

    fn found<T>(
        &self,
        search: &SearchRequest<'_, T>,
        promises: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<T> {
        let (ticket, _) = self.evaluate(search.query, search.viewer, promises, ticket)?;
        (search.find)(&ticket)
    }

    fn search_share<T>(
        &self,
        search: &SearchRequest<'_, T>,
        promises: Option<&SlaEvaluator<'_>>,
        (month, ids): &TicketBatch,
    ) -> SearchBatchResult<T> {
        let (mut found, mut troubles, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        let folder = month.as_ref().and_then(|month| self.open_month(month));
        let asks_now = search.query.as_of.is_none() && !search.query.conditions.is_empty();
        for id in ids {
            let ticket = self.bytes_in(folder.as_ref(), *id, &mut bytes).and_then(|()| {
                let is_ruled_out =
                    || asks_now && rules_out(&|glimpse| search.query.matches_header(glimpse), &bytes, *id);
                if !(search.may_hold)(&bytes) || is_ruled_out() {
                    return Ok(None);
                }
                yaml::read(&bytes, Some(*id)).map(Some).map_err(|damage| self.damaged(*id, damage))
            });
            match ticket {
                Ok(ticket) => found.extend(ticket.and_then(|ticket| self.found(search, promises, ticket))),
                Err(Error::Damaged { path, damage }) => troubles.push(UnreadableFile { path, damage }),
                // Somebody took it away since the folder was listed.
                Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok((found, troubles))
    }
}
