//! The tickets that a query matches, among those a viewer may see: from their summaries if these are enough, else from
//! the whole tickets.

use crate::domain::id::Id;
use crate::domain::people::membership::Memberships;
use crate::domain::people::person::Person;
use crate::domain::people::visibility::{customer_view, may_see};
use crate::domain::query::{AsOf, Query, TicketView};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::index::Rows;
use crate::store::layout;

use super::Reader;
use super::summaries::{Selection, SummaryList, clocks};
use crate::desk::TicketList;
use crate::desk::sla::clocks::SlaEvaluator;

impl Reader<'_> {
    /// Returns the summaries of the tickets that a query matches, among those the viewer may see.
    ///
    /// # Errors
    /// As [`Self::load_tickets`], and a revision that git does not know.
    pub fn query(&self, query: &Query, viewer: Option<&Person>) -> Result<SummaryList, Error> {
        self.query_where(query, viewer, &|_| true)
    }

    /// Returns the summaries that [`Self::query`] returns and that meet a condition. The condition may be evaluated twice
    /// for a ticket, because a pass begins again without the index if the index is corrupt.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub(crate) fn query_where(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        keep: &(dyn Fn(&Summary) -> bool + Sync),
    ) -> Result<SummaryList, Error> {
        self.desk.policy().memberships_of(viewer)?;
        let evaluator = self.desk.sla().for_query(query, viewer)?;
        let clocks = evaluator.as_ref();
        let mut rows = Rows::default();
        let collect = |ticket| {
            if let Some((_, summary)) = self.evaluate(query, viewer, clocks, ticket)
                && keep(&summary)
            {
                rows.push(&summary);
            }
            None::<()>
        };
        let mut list = match &query.as_of {
            // A summary counts internal notes, which a restricted viewer must not know of.
            None if !query.needs_texts() && self.restricted_viewer(viewer).is_none() => {
                self.select(&Selection { query, viewer, clocks, keep })?
            }
            Some(AsOf::Revision(revision)) => {
                let unreadable = self.load_tickets_at(revision, collect)?.unreadable;
                SummaryList { rows, unreadable }
            }
            None => {
                let unreadable = self.load_visible_tickets(viewer, collect)?.unreadable;
                SummaryList { rows, unreadable }
            }
            Some(AsOf::Instant(_)) => {
                let unreadable = self.load_tickets(collect)?.unreadable;
                SummaryList { rows, unreadable }
            }
        };
        list.unreadable.extend(clocks.into_iter().flat_map(SlaEvaluator::unreadable));
        Ok(list)
    }

    /// Reads the tickets that a viewer may see. The files of other tickets are not read if the index has their summaries.
    fn load_visible_tickets<T>(
        &self,
        viewer: Option<&Person>,
        keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let SummaryList { rows, mut unreadable } = self.summaries(viewer)?;
        let mut list = self.load_tickets_among(&rows.ids().collect::<Vec<_>>(), keep)?;
        unreadable.append(&mut list.unreadable);
        Ok(TicketList { unreadable, ..list })
    }

    /// Returns the results of `keep` for the whole tickets that a query matches, among those the viewer may see. With
    /// `only`, no other ticket is read. A ticket whose summary does not meet `may_keep` need not be read.
    ///
    /// # Errors
    /// As [`Self::query`]; with `only`, also that its file is damaged.
    pub fn query_tickets<T>(
        &self,
        query: &Query,
        only: Option<Id>,
        viewer: Option<&Person>,
        may_keep: &(dyn Fn(&Summary) -> bool + Sync),
        keep: impl Fn(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        self.desk.policy().memberships_of(viewer)?;
        let evaluator = self.desk.sla().for_query(query, viewer)?;
        let clocks = evaluator.as_ref();
        let collect = |ticket: Ticket| {
            if only.is_some_and(|id| id != ticket.id) {
                return None;
            }
            self.evaluate(query, viewer, clocks, ticket).and_then(|(ticket, _)| keep(ticket))
        };
        match (&query.as_of, only) {
            (Some(AsOf::Revision(revision)), _) => {
                let mut list = self.load_tickets_at(revision, collect)?;
                list.unreadable.retain(|file| only.is_none_or(|id| file.path == layout::ticket_path(id)));
                Ok(list)
            }
            (_, Some(id)) => {
                Ok(TicketList { tickets: collect(self.ticket(id)?).into_iter().collect(), unreadable: Vec::new() })
            }
            (None, None) if self.restricted_viewer(viewer).is_some() => self.load_visible_tickets(viewer, collect),
            (None, None) if !query.conditions.is_empty() && !query.needs_texts() => {
                let SummaryList { rows, mut unreadable } =
                    self.select(&Selection { query, viewer, clocks, keep: may_keep })?;
                unreadable.extend(clocks.into_iter().flat_map(SlaEvaluator::unreadable));
                let mut list = self.load_tickets_among(&rows.ids().collect::<Vec<_>>(), collect)?;
                unreadable.append(&mut list.unreadable);
                Ok(TicketList { unreadable, ..list })
            }
            (_, None) => self.load_tickets(collect),
        }
    }

    /// Returns a ticket at the instant of a query, as the viewer may see it, with its summary; `None` if the query does
    /// not match it or the viewer may not see it.
    pub(crate) fn evaluate(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        evaluator: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<(Ticket, Summary)> {
        let with_internal = self.restricted_viewer(viewer).is_none();
        // The caller has reported a damaged organization; without memberships the viewer sees less, never more.
        let memberships = self.desk.policy().memberships_of(viewer).unwrap_or_default();
        let ticket = match &query.as_of {
            Some(AsOf::Instant(instant)) => ticket.as_of(*instant)?,
            _ => ticket,
        };
        let ticket = if with_internal { ticket } else { customer_view(ticket) };
        let summary = Summary::from(&ticket);
        let contains_text = |text: &str| ticket.contains_text(text, with_internal);
        let is_match = self.may_see(viewer, &memberships, &summary)
            && query.matches(&TicketView {
                summary: &summary,
                viewer,
                contains_text: &contains_text,
                clocks: &|| clocks(evaluator, &summary),
            });
        is_match.then_some((ticket, summary))
    }

    /// Returns whether a viewer, who has these memberships, may see a ticket.
    pub(crate) fn may_see(&self, viewer: Option<&Person>, memberships: &Memberships, summary: &Summary) -> bool {
        may_see(&self.desk.config.team, viewer.map(|person| (person, memberships)), summary)
    }
}
