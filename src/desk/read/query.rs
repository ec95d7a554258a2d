//! The tickets a query means, among those a person may see: by their rows where those say enough, else whole.
//!
//! Must not know how a query is spelled.

use crate::domain::id::Id;
use crate::domain::people::membership::Memberships;
use crate::domain::people::person::Person;
use crate::domain::people::visibility::{as_customers_have_it, may_see};
use crate::domain::query::{AsOf, Query, TicketView};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::index::Rows;
use crate::store::layout;

use super::summaries::{SummaryFilter, SummaryList};
use crate::desk::sla::clocks::SlaEvaluator;
use crate::desk::{Desk, TicketList};

impl Desk {
    /// Rows of the tickets a query means, among those the person may see.
    ///
    /// # Errors
    /// As [`Desk::census`], and a revision git does not know.
    pub fn meant(&self, query: &Query, viewer: Option<&Person>) -> Result<SummaryList, Error> {
        self.meant_if(query, viewer, &|_| true)
    }

    /// The same, of those that `keep` keeps. It may see a ticket twice, where reading has to begin anew.
    ///
    /// # Errors
    /// As [`Desk::meant`].
    pub(crate) fn meant_if(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        keep: &(dyn Fn(&Summary) -> bool + Sync),
    ) -> Result<SummaryList, Error> {
        self.memberships_of(viewer)?;
        let promises = self.promises_for(query, viewer)?;
        let mut rows = Rows::default();
        let judge = |ticket| {
            if let Some((_, row)) = self.judged(query, viewer, promises.as_ref(), ticket)
                && keep(&row)
            {
                rows.push(&row);
            }
            None::<()>
        };
        let mut troubles = match &query.as_of {
            Some(AsOf::Revision(revision)) => self.census_of(revision, judge)?.troubles,
            None if !query.needs_texts() && self.hides_from(viewer).is_none() => {
                return self.meant_rows(query, viewer, promises.as_ref(), keep);
            }
            None => self.census_seen(viewer, judge)?.troubles,
            _ => self.census(judge)?.troubles,
        };
        troubles.extend(promises.iter().flat_map(SlaEvaluator::troubles));
        Ok(SummaryList { rows, troubles })
    }

    /// The same where no texts are needed, for those from whom no ticket is hidden: rows know of notes.
    fn meant_rows(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: Option<&SlaEvaluator<'_>>,
        keep: &(dyn Fn(&Summary) -> bool + Sync),
    ) -> Result<SummaryList, Error> {
        let mut found = self.rows_of(&SummaryFilter {
            at_a_glance: &|glimpse| query.means_at_a_glance(glimpse),
            row: &|row| {
                let clocks = || clocks(promises, row);
                query.means(&TicketView { row, me: viewer, holds_words: &|_| false, clocks: &clocks }) && keep(row)
            },
        })?;
        found.troubles.extend(promises.into_iter().flat_map(SlaEvaluator::troubles));
        Ok(found)
    }

    /// Reads the tickets that somebody may see; of all others not even the file, where the index knows whose they are.
    fn census_seen<T>(
        &self,
        viewer: Option<&Person>,
        keep: impl FnMut(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        let SummaryList { rows, mut troubles } = self.summaries(viewer)?;
        let mut census = self.census_among(&rows.ids().collect::<Vec<_>>(), keep)?;
        troubles.append(&mut census.troubles);
        Ok(TicketList { troubles, ..census })
    }

    /// What `keep` makes of the tickets that a query means, whole, among those the person may see. Where one is named, no
    /// other is looked at; those whose rows `may_ask` rules out need not be read.
    ///
    /// # Errors
    /// As [`Desk::meant`]; and where one is named, that its file is damaged.
    pub fn meant_tickets<T>(
        &self,
        query: &Query,
        one: Option<Id>,
        viewer: Option<&Person>,
        may_ask: &(dyn Fn(&Summary) -> bool + Sync),
        keep: impl Fn(Ticket) -> Option<T>,
    ) -> Result<TicketList<T>, Error> {
        self.memberships_of(viewer)?;
        let promises = self.promises_for(query, viewer)?;
        let judge = |ticket: Ticket| {
            let is_named = one.is_none_or(|id| id == ticket.id);
            let meant = is_named.then(|| self.judged(query, viewer, promises.as_ref(), ticket)).flatten();
            meant.and_then(|(ticket, _)| keep(ticket))
        };
        match (&query.as_of, one) {
            (Some(AsOf::Revision(revision)), _) => {
                let mut census = self.census_of(revision, judge)?;
                census.troubles.retain(|trouble| one.is_none_or(|id| trouble.path == layout::ticket_path(id)));
                Ok(census)
            }
            (_, Some(id)) => {
                Ok(TicketList { tickets: judge(self.ticket(id)?).into_iter().collect(), troubles: Vec::new() })
            }
            (None, None) if self.hides_from(viewer).is_some() => self.census_seen(viewer, judge),
            (None, None) if !query.conditions.is_empty() && !query.needs_texts() => {
                let SummaryList { rows, mut troubles } = self.meant_rows(query, viewer, promises.as_ref(), may_ask)?;
                let mut census = self.census_among(&rows.ids().collect::<Vec<_>>(), judge)?;
                troubles.append(&mut census.troubles);
                Ok(TicketList { troubles, ..census })
            }
            (_, None) => self.census(judge),
        }
    }

    /// A ticket at the moment a query looks at, with its row, if the query means it and the person may see it.
    pub(crate) fn judged(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<(Ticket, Summary)> {
        let with_internal = self.hides_from(viewer).is_none();
        // Whoever asks has met what is wrong with organisations before; without them less is seen, never more.
        let memberships = self.memberships_of(viewer).unwrap_or_default();
        let ticket = match &query.as_of {
            Some(AsOf::Instant(instant)) => ticket.as_of(*instant)?,
            _ => ticket,
        };
        let ticket = if with_internal { ticket } else { as_customers_have_it(ticket) };
        let row = Summary::from(&ticket);
        let holds_words = |words: &str| ticket.holds_words(words, with_internal);
        let meant = self.may_see(viewer, &memberships, &row)
            && query.means(&TicketView {
                row: &row,
                me: viewer,
                holds_words: &holds_words,
                clocks: &|| clocks(promises, &row),
            });
        meant.then_some((ticket, row))
    }

    /// Whether somebody, with what they are in organisations, may see a ticket.
    pub(crate) fn may_see(&self, viewer: Option<&Person>, memberships: &Memberships, ticket: &Summary) -> bool {
        may_see(&self.config.team, viewer.map(|person| (person, memberships)), ticket)
    }
}

/// The clocks of a ticket, where somebody asks for them.
fn clocks(promises: Option<&SlaEvaluator<'_>>, row: &Summary) -> Vec<Clock> {
    promises.map(|promises| promises.clocks(row)).unwrap_or_default()
}
