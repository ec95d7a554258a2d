//! The tickets that a query matches, among those a viewer sees: from their summaries if these are enough, else from the
//! whole tickets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::domain::id::Id;
use crate::domain::query::{AsOf, Query, TicketView};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::index::Rows;
use crate::store::layout;

use super::summaries::{Selection, SummaryList, clocks};
use crate::desk::sla::clocks::SlaEvaluator;
use crate::desk::{DeskView, TicketList};

impl DeskView<'_> {
    /// Returns the summaries of the tickets that a query matches.
    ///
    /// # Errors
    /// A folder or file cannot be read, or git does not know a revision.
    pub fn query(&self, query: &Query) -> Result<SummaryList, Error> {
        self.query_where(query, &|_| true)
    }

    /// Returns the summaries that [`Self::query`] returns, the most urgent first: escalated tickets, then by due instant,
    /// priority and age. Without valid plans and calendars nothing is due.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub fn query_by_urgency(&self, query: &Query) -> Result<SummaryList, Error> {
        let evaluator = self.evaluator_on_demand(self.query_time(query)?).ok();
        let evaluator = evaluator.filter(SlaEvaluator::has_targets);
        // The keys are found while the summaries are read, on every processor.
        let keys = Mutex::new(HashMap::new());
        let keep = |summary: &Summary| {
            let clock = evaluator.as_ref().and_then(|evaluator| evaluator.next(summary));
            let due = clock.and_then(|clock| clock.due_at).unwrap_or(DateTime::<Utc>::MAX_UTC);
            let key = (!summary.awaits_manager(), due, summary.header.priority, summary.created_at);
            keys.lock().unwrap_or_else(PoisonError::into_inner).insert(summary.id, key);
            true
        };
        let mut list = self.query_where(query, &keep)?;
        let keys = keys.into_inner().unwrap_or_else(PoisonError::into_inner);
        list.rows.sort_by_id_key(|id| (keys.get(&id).copied(), id));
        Ok(list)
    }

    /// Returns the summaries that [`Self::query`] returns and that meet a condition. The condition may be evaluated twice
    /// for a ticket, because a pass begins again without the index if the index is corrupt.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub(in crate::desk) fn query_where(
        &self,
        query: &Query,
        keep: &(dyn Fn(&Summary) -> bool + Sync),
    ) -> Result<SummaryList, Error> {
        // A summary counts internal notes, which a customer must not know of.
        if query.as_of.is_none() && !query.needs_texts() && self.sees_everything() {
            let evaluator = self.evaluator_for(query)?;
            let selection = Selection { query, viewer: self.viewer(), clocks: evaluator.as_ref(), keep };
            let mut list = self.desk.read().select(&selection)?;
            list.unreadable.extend(evaluator.iter().flat_map(SlaEvaluator::unreadable));
            return Ok(list);
        }
        let mut rows = Rows::default();
        let list = self.matching(query, None, &|_| true, |_, summary| {
            if keep(&summary) {
                rows.push(&summary);
            }
            None::<()>
        })?;
        Ok(SummaryList { rows, unreadable: list.unreadable })
    }

    /// Returns the results of `keep` for the whole tickets that a query matches. With `only`, no other ticket is read. A
    /// ticket whose summary does not meet `may_keep` need not be read.
    ///
    /// # Errors
    /// As [`Self::query`]; with `only`, also that its file is damaged.
    pub fn query_tickets<T>(
        &self,
        query: &Query,
        only: Option<Id>,
        may_keep: &(dyn Fn(&Summary) -> bool + Sync),
        keep: impl Fn(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        self.matching(query, only, may_keep, |ticket, _| keep(ticket))
    }

    fn matching<T>(
        &self,
        query: &Query,
        only: Option<Id>,
        may_keep: &(dyn Fn(&Summary) -> bool + Sync),
        mut keep: impl FnMut(Ticket, Summary) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let evaluator = self.evaluator_for(query)?;
        let (reader, clocks) = (self.desk.read(), evaluator.as_ref());
        let mut collect = |ticket: Ticket| {
            let (ticket, summary) = self.evaluate(query, clocks, ticket)?;
            keep(ticket, summary)
        };
        let is_by_header = !query.conditions.is_empty() && !query.needs_texts();
        let mut list = match (&query.as_of, only) {
            (Some(AsOf::Revision(revision)), _) => {
                let is_asked_for = |ticket: &Ticket| only.is_none_or(|id| id == ticket.id);
                let collect = |ticket| Some(ticket).filter(is_asked_for).and_then(&mut collect);
                let mut list = reader.load_tickets_at(revision, collect)?;
                list.unreadable.retain(|file| only.is_none_or(|id| file.path == layout::ticket_path(id)));
                list
            }
            (_, Some(id)) => {
                TicketList { tickets: collect(reader.ticket(id)?).into_iter().collect(), unreadable: Vec::new() }
            }
            (None, None) if is_by_header || !self.sees_everything() => {
                let selection = Selection { query, viewer: self.viewer(), clocks, keep: may_keep };
                let found = if self.sees_everything() { reader.select(&selection)? } else { self.summaries()? };
                let list = reader.load_tickets_among(&found.rows.ids().collect::<Vec<_>>(), collect)?;
                TicketList { unreadable: [found.unreadable, list.unreadable].concat(), ..list }
            }
            (_, None) => reader.load_tickets(collect)?,
        };
        list.unreadable = self.known_files(list.unreadable);
        list.unreadable.extend(clocks.into_iter().flat_map(SlaEvaluator::unreadable));
        Ok(list)
    }

    /// Returns a ticket at the instant of a query, as the viewer sees it, with its summary; `None` if the query does not
    /// match it or the viewer does not see it.
    pub(in crate::desk) fn evaluate(
        &self,
        query: &Query,
        evaluator: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<(Ticket, Summary)> {
        // A text that is redacted now is concealed in the past too.
        let ticket = self.without_hidden_texts(ticket);
        let ticket = match &query.as_of {
            Some(AsOf::Instant(instant)) => ticket.as_of(*instant)?,
            _ => ticket,
        };
        if !self.sees(&ticket.header) {
            return None;
        }
        let summary = Summary::from(&ticket);
        let is_match = query.matches(&TicketView {
            summary: &summary,
            viewer: self.viewer(),
            contains_text: &|text| ticket.contains_text(text),
            clocks: &|| clocks(evaluator, &summary),
        });
        is_match.then_some((ticket, summary))
    }
}
