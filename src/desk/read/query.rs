//! The tickets a query means, among those a person may see: by their rows where those say enough, else whole.
//!
//! Must not know how a query is spelled.

use crate::domain::id::Id;
use crate::domain::people::membership::Memberships;
use crate::domain::people::person::Person;
use crate::domain::people::visibility::{customer_view, may_see};
use crate::domain::query::{AsOf, Query, TicketView};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::index::Rows;
use crate::store::layout;

use super::Reader;
use super::summaries::{SummaryFilter, SummaryList};
use crate::desk::TicketList;
use crate::desk::sla::clocks::SlaEvaluator;

impl Reader<'_> {
    /// Rows of the tickets a query means, among those the person may see.
    ///
    /// # Errors
    /// As [`Self::load_tickets`], and a revision git does not know.
    pub fn query(&self, query: &Query, viewer: Option<&Person>) -> Result<SummaryList, Error> {
        self.query_where(query, viewer, &|_| true)
    }

    /// The same, of those that `keep` keeps. It may see a ticket twice, where reading has to begin anew.
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
        let promises = self.desk.sla().for_query(query, viewer)?;
        let mut rows = Rows::default();
        let judge = |ticket| {
            if let Some((_, row)) = self.evaluate(query, viewer, promises.as_ref(), ticket)
                && keep(&row)
            {
                rows.push(&row);
            }
            None::<()>
        };
        let mut troubles = match &query.as_of {
            Some(AsOf::Revision(revision)) => self.load_tickets_by_id(revision, judge)?.troubles,
            None if !query.needs_texts() && self.restricted_viewer(viewer).is_none() => {
                return self.query_index(query, viewer, promises.as_ref(), keep);
            }
            None => self.load_visible_tickets(viewer, judge)?.troubles,
            _ => self.load_tickets(judge)?.troubles,
        };
        troubles.extend(promises.iter().flat_map(SlaEvaluator::troubles));
        Ok(SummaryList { rows, troubles })
    }

    /// The same where no texts are needed, for those from whom no ticket is hidden: rows know of notes.
    fn query_index(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: Option<&SlaEvaluator<'_>>,
        keep: &(dyn Fn(&Summary) -> bool + Sync),
    ) -> Result<SummaryList, Error> {
        let mut found = self.rows_of(&SummaryFilter {
            at_a_glance: &|glimpse| query.matches_header(glimpse),
            row: &|row| {
                let clocks = || clocks(promises, row);
                query.matches(&TicketView { summary: row, viewer, contains_text: &|_| false, clocks: &clocks })
                    && keep(row)
            },
        })?;
        found.troubles.extend(promises.into_iter().flat_map(SlaEvaluator::troubles));
        Ok(found)
    }

    /// Reads the tickets that somebody may see; of all others not even the file, where the index knows whose they are.
    fn load_visible_tickets<T>(
        &self,
        viewer: Option<&Person>,
        keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let SummaryList { rows, mut troubles } = self.summaries(viewer)?;
        let mut census = self.load_tickets_among(&rows.ids().collect::<Vec<_>>(), keep)?;
        troubles.append(&mut census.troubles);
        Ok(TicketList { troubles, ..census })
    }

    /// What `keep` makes of the tickets that a query means, whole, among those the person may see. Where one is named, no
    /// other is looked at; those whose rows `may_ask` rules out need not be read.
    ///
    /// # Errors
    /// As [`Self::query`]; and where one is named, that its file is damaged.
    pub fn query_tickets<T>(
        &self,
        query: &Query,
        one: Option<Id>,
        viewer: Option<&Person>,
        may_ask: &(dyn Fn(&Summary) -> bool + Sync),
        keep: impl Fn(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        self.desk.policy().memberships_of(viewer)?;
        let promises = self.desk.sla().for_query(query, viewer)?;
        let judge = |ticket: Ticket| {
            let is_named = one.is_none_or(|id| id == ticket.id);
            let meant = is_named.then(|| self.evaluate(query, viewer, promises.as_ref(), ticket)).flatten();
            meant.and_then(|(ticket, _)| keep(ticket))
        };
        match (&query.as_of, one) {
            (Some(AsOf::Revision(revision)), _) => {
                let mut census = self.load_tickets_by_id(revision, judge)?;
                census.troubles.retain(|trouble| one.is_none_or(|id| trouble.path == layout::ticket_path(id)));
                Ok(census)
            }
            (_, Some(id)) => {
                Ok(TicketList { tickets: judge(self.ticket(id)?).into_iter().collect(), troubles: Vec::new() })
            }
            (None, None) if self.restricted_viewer(viewer).is_some() => self.load_visible_tickets(viewer, judge),
            (None, None) if !query.conditions.is_empty() && !query.needs_texts() => {
                let SummaryList { rows, mut troubles } = self.query_index(query, viewer, promises.as_ref(), may_ask)?;
                let mut census = self.load_tickets_among(&rows.ids().collect::<Vec<_>>(), judge)?;
                troubles.append(&mut census.troubles);
                Ok(TicketList { troubles, ..census })
            }
            (_, None) => self.load_tickets(judge),
        }
    }

    /// A ticket at the moment a query looks at, with its row, if the query means it and the person may see it.
    pub(crate) fn evaluate(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<(Ticket, Summary)> {
        let with_internal = self.restricted_viewer(viewer).is_none();
        // Whoever asks has met what is wrong with organisations before; without them less is seen, never more.
        let memberships = self.desk.policy().memberships_of(viewer).unwrap_or_default();
        let ticket = match &query.as_of {
            Some(AsOf::Instant(instant)) => ticket.as_of(*instant)?,
            _ => ticket,
        };
        let ticket = if with_internal { ticket } else { customer_view(ticket) };
        let row = Summary::from(&ticket);
        let contains_text = |text: &str| ticket.contains_text(text, with_internal);
        let meant = self.may_see(viewer, &memberships, &row)
            && query.matches(&TicketView {
                summary: &row,
                viewer,
                contains_text: &contains_text,
                clocks: &|| clocks(promises, &row),
            });
        meant.then_some((ticket, row))
    }

    /// Whether somebody, with what they are in organisations, may see a ticket.
    pub(crate) fn may_see(&self, viewer: Option<&Person>, memberships: &Memberships, ticket: &Summary) -> bool {
        may_see(&self.desk.config.team, viewer.map(|person| (person, memberships)), ticket)
    }
}

/// The clocks of a ticket, where somebody asks for them.
fn clocks(promises: Option<&SlaEvaluator<'_>>, row: &Summary) -> Vec<Clock> {
    promises.map(|promises| promises.clocks(row)).unwrap_or_default()
}
