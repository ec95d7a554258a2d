//! The newest tickets, for completions: the index says which are unsolved, and only the tickets that are offered are read.

use std::cmp::Reverse;

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::vocabulary::Status;
use crate::error::Error;
use crate::store::index::Index;

use super::Reader;
use super::summaries::batches;
use super::ticket_ids::IndexError;
use crate::desk::DeskView;

impl DeskView<'_> {
    /// Returns the newest of the tickets that are wanted, at most `most`, each with its subject: first the unsolved ones. A
    /// ticket that cannot be read is left out, and so are those of an interrupted command.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn newest(&self, is_wanted: &dyn Fn(Id) -> bool, most: usize) -> Result<Vec<(Id, String)>, Error> {
        let mut rows: Vec<(bool, Id)> = if self.sees_everything() {
            self.desk.read().with_index(|index| self.desk.read().by_status(index))?
        } else {
            let summaries = self.summaries()?;
            summaries.rows.iter().map(|ticket| (ticket.header.status == Status::Solved, ticket.id)).collect()
        };
        rows.retain(|(_, id)| is_wanted(*id));
        rows.sort_unstable_by_key(|(is_solved, id)| (*is_solved, Reverse(*id)));
        rows.truncate(most);
        let mut tickets: Vec<Ticket> = rows.into_iter().filter_map(|(_, id)| self.ticket(id).ok()).collect();
        // A ticket may have changed since the index saw it, and a small desk has no index.
        tickets.sort_by_key(|ticket| ticket.header.status == Status::Solved);
        Ok(tickets.into_iter().map(|ticket| (ticket.id, ticket.header.subject)).collect())
    }
}

impl Reader<'_> {
    /// Returns whether each ticket was solved when the index last saw it. A ticket that is not in the index counts as
    /// unsolved.
    fn by_status(&self, index: Option<&Index>) -> Result<Vec<(bool, Id)>, IndexError> {
        let listing = self.list_months(index)?;
        let mut tickets = Vec::new();
        for batch in batches(&listing) {
            let rows = batch.rows(index)?.into_iter();
            tickets.extend(rows.map(|(id, row)| (row.is_some_and(|row| row.header.status == Status::Solved), id)));
        }
        Ok(tickets)
    }
}
