//! Searching a desk on every processor: tickets are read no further than needed, and results are handed on in the order
//! of the tickets' ids before the search ends.

use crate::domain::query::{AsOf, Query};
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::yaml;

use super::parallel::{on_every_processor, processors};
use super::summaries::rules_out;
use super::ticket_ids::{IndexError, TicketBatch};
use crate::desk::sla::clocks::SlaEvaluator;
use crate::desk::{DeskView, UnreadableFile};

/// The number of batches per processor that are held before their results are handed on.
const AHEAD: usize = 4;

/// A search: the tickets to look at, and what to find in them.
pub struct SearchRequest<'a, T> {
    /// The query that selects the tickets.
    pub query: &'a Query,
    /// Returns whether the bytes of a file may contain a result; a file that may not is not parsed.
    pub may_hold: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// Returns the result in a ticket, if it contains one.
    pub find: &'a (dyn Fn(&Ticket) -> Option<T> + Sync),
}

/// The results in a batch, and the files that could not be read.
type SearchBatchResult<T> = Result<(Vec<T>, Vec<UnreadableFile>), Error>;

impl DeskView<'_> {
    /// Hands on the results of a search, and returns the files that could not be read.
    ///
    /// # Errors
    /// As [`Self::query`], and the errors of `hand_on`.
    pub fn search_tickets<T: Send, E: From<Error>>(
        &self,
        search: &SearchRequest<'_, T>,
        mut hand_on: impl FnMut(T) -> Result<(), E>,
    ) -> Result<Vec<UnreadableFile>, E> {
        let evaluator = self.evaluator_for(search.query)?;
        let (reader, clocks) = (self.desk.read(), evaluator.as_ref());
        if let Some(AsOf::Revision(revision)) = &search.query.as_of {
            let list = reader.load_tickets_at(revision, |ticket| self.find_in(search, clocks, ticket))?;
            list.tickets.into_iter().try_for_each(&mut hand_on)?;
            return Ok(self.known_files(list.unreadable));
        }
        let (batches, misplaced) = reader.with_index(|index| {
            let listing = reader.list_ids(index)?;
            Ok::<_, IndexError>((listing.batches()?, listing.misplaced))
        })?;
        let mut unreadable = Vec::new();
        for group in batches.chunks(AHEAD * processors()) {
            for result in on_every_processor(group, |batch| self.search_batch(search, clocks, batch)) {
                let (found, damaged) = result?;
                found.into_iter().try_for_each(&mut hand_on)?;
                unreadable.extend(damaged);
            }
        }
        unreadable.extend(misplaced.iter().map(|path| reader.misplaced(path)));
        unreadable = self.known_files(unreadable);
        unreadable.extend(clocks.into_iter().flat_map(SlaEvaluator::unreadable));
        Ok(unreadable)
    }

    fn find_in<T>(
        &self,
        search: &SearchRequest<'_, T>,
        clocks: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<T> {
        let (ticket, _) = self.evaluate(search.query, clocks, ticket)?;
        (search.find)(&ticket)
    }

    fn search_batch<T>(
        &self,
        search: &SearchRequest<'_, T>,
        clocks: Option<&SlaEvaluator<'_>>,
        (month, ids): &TicketBatch,
    ) -> SearchBatchResult<T> {
        let (mut found, mut unreadable, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        let reader = self.desk.read();
        let folder = month.as_ref().and_then(|month| reader.open_month(month));
        let checks_header = search.query.as_of.is_none() && !search.query.conditions.is_empty();
        for id in ids {
            let ticket = reader.bytes_in(folder.as_ref(), *id, &mut bytes).and_then(|()| {
                let is_ruled_out = || checks_header && rules_out(search.query, &bytes, *id);
                if !(search.may_hold)(&bytes) || is_ruled_out() {
                    return Ok(None);
                }
                yaml::read(&bytes, Some(*id)).map(Some).map_err(|damage| reader.damaged(*id, damage))
            });
            match ticket {
                Ok(ticket) => found.extend(ticket.and_then(|ticket| self.find_in(search, clocks, ticket))),
                Err(Error::Damaged { path, damage }) => unreadable.push(UnreadableFile { path, damage }),
                // The file was removed after its folder was listed.
                Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok((found, unreadable))
    }
}
