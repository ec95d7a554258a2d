//! What is owed on a desk, clock by clock, in the order in which it burns.
//!
//! Must not know who looks at it, nor how it is told.

use std::sync::{Mutex, PoisonError};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::query::{Condition, Predicate, Query, StateTest};
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::Ticket;
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::index::Rows;

use super::SlaReader;
use crate::desk::{SlaEvaluator, SummaryList, UnreadableFile};

/// A clock and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketClock {
    /// The ticket.
    pub ticket: Id,
    /// The clock.
    pub clock: Clock,
}

impl TicketClock {
    /// What burns first stands first: by the due instant, then what has none by what is left.
    fn order(&self) -> impl Ord + use<> {
        let Clock { due_at, metric, started_at, .. } = self.clock;
        (due_at.is_none(), due_at, self.clock.remaining(), self.ticket, metric, started_at)
    }
}

/// Clocks in the order in which they burn.
#[derive(Clone, Debug, Default)]
pub struct DueClocks {
    /// The clocks.
    pub clocks: Vec<TicketClock>,
    /// The rows of their tickets, in the order of ids, where they were asked for.
    pub rows: Rows,
    /// The files that could not be read.
    pub troubles: Vec<UnreadableFile>,
}

/// Which clocks are asked for, and what beside them.
#[derive(Clone, Copy, Debug, Default)]
pub struct DueOptions {
    /// Those that were stopped, too.
    pub with_stopped: bool,
    /// The rows of their tickets.
    pub with_rows: bool,
}

impl SlaReader<'_> {
    /// The clocks of the tickets a query means, among those a person may see.
    ///
    /// # Errors
    /// As [`Reader::query`].
    pub fn due_clocks(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: &SlaEvaluator<'_>,
        asked: DueOptions,
    ) -> Result<DueClocks, Error> {
        let wanted = |clock: &Clock| (asked.with_stopped || clock.is_due()) && query.matches_clock(clock);
        let clocks = Mutex::new(Vec::new());
        let SummaryList { rows, mut troubles } =
            self.desk.read().query_where(&narrow_query(query, promises, asked.with_stopped), viewer, &|row| {
                let mut theirs = promises.clocks(row);
                theirs.retain(wanted);
                let has_some = !theirs.is_empty();
                let theirs = theirs.into_iter().map(|clock| TicketClock { ticket: row.id, clock });
                clocks.lock().unwrap_or_else(PoisonError::into_inner).extend(theirs);
                has_some && asked.with_rows
            })?;
        let mut clocks = clocks.into_inner().unwrap_or_else(PoisonError::into_inner);
        clocks.sort_unstable_by_key(TicketClock::order);
        // A ticket may have been seen twice.
        clocks.dedup();
        for trouble in promises.troubles() {
            if !troubles.contains(&trouble) {
                troubles.push(trouble);
            }
        }
        Ok(DueClocks { clocks, rows, troubles })
    }
}

impl SlaReader<'_> {
    /// Whether somebody is told of managers' first words: what the desk promised itself is support's own business.
    pub fn shows_manager_response(&self, viewer: Option<&Person>) -> bool {
        self.desk.read().restricted_viewer(viewer).is_none()
    }

    /// The clocks of a ticket's escalations at the instant the promises are read for.
    pub fn manager_response_clocks(&self, ticket: &Ticket, promises: &SlaEvaluator<'_>) -> Vec<Clock> {
        promises.policy.manager_responses(ticket, &self.desk.config.team, promises.now)
    }
}

/// Leaves out what cannot owe anything, where only that is asked for, so that it need not be read.
fn narrow_query(query: &Query, promises: &SlaEvaluator<'_>, with_stopped: bool) -> Query {
    // A ticket without a clock that is meant has no row, so these need not be asked twice.
    let mut query = query.clone().without_clock_conditions();
    if !with_stopped {
        let promised = Priority::ALL.iter().copied().filter(|priority| promises.has_target_for(*priority)).collect();
        let tests = [Predicate::Is(vec![StateTest::Unsolved]), Predicate::Priority(promised)];
        query.conditions.extend(tests.map(|predicate| Condition { negated: false, predicate }));
    }
    query
}
