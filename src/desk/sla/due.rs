//! The clocks of a desk, the most urgent first.

use std::sync::{Mutex, PoisonError};

use crate::domain::id::Id;
use crate::domain::query::{Condition, Predicate, Query, StateTest};
use crate::domain::sla::clock::Clock;
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::index::Rows;

use crate::desk::{DeskView, SlaEvaluator, SummaryList, UnreadableFile};

/// A clock of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketClock {
    /// The ticket.
    pub ticket: Id,
    /// The clock.
    pub clock: Clock,
}

impl TicketClock {
    /// Returns the order of urgency: by the due instant; clocks without one follow, by the time that remains.
    fn order(&self) -> impl Ord + use<> {
        let Clock { due_at, metric, started_at, .. } = self.clock;
        (due_at.is_none(), due_at, self.clock.remaining(), self.ticket, metric, started_at)
    }
}

/// Clocks, the most urgent first.
#[derive(Clone, Debug, Default)]
pub struct DueClocks {
    /// The clocks.
    pub clocks: Vec<TicketClock>,
    /// The summaries of their tickets, in the order of ids, if they were requested.
    pub rows: Rows,
    /// The files that could not be read.
    pub unreadable: Vec<UnreadableFile>,
}

/// The options of a list of clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct DueOptions {
    /// True to include clocks that are met or stopped.
    pub with_stopped: bool,
    /// True to return the summaries of the tickets.
    pub with_rows: bool,
}

impl DeskView<'_> {
    /// Returns the clocks of the tickets that a query matches.
    ///
    /// # Errors
    /// As [`Self::query`].
    pub fn due_clocks(
        &self,
        query: &Query,
        evaluator: &SlaEvaluator<'_>,
        options: DueOptions,
    ) -> Result<DueClocks, Error> {
        let is_selected = |clock: &Clock| (options.with_stopped || clock.is_due()) && query.matches_clock(clock);
        let clocks = Mutex::new(Vec::new());
        let with_clocks = narrow_query(query, evaluator, options.with_stopped);
        let SummaryList { rows, mut unreadable } = self.query_where(&with_clocks, &|summary| {
            let mut selected = evaluator.clocks(summary);
            selected.retain(is_selected);
            let has_some = !selected.is_empty();
            let selected = selected.into_iter().map(|clock| TicketClock { ticket: summary.id, clock });
            clocks.lock().unwrap_or_else(PoisonError::into_inner).extend(selected);
            has_some && options.with_rows
        })?;
        let mut clocks = clocks.into_inner().unwrap_or_else(PoisonError::into_inner);
        clocks.sort_unstable_by_key(TicketClock::order);
        // A pass that began again evaluated a ticket twice.
        clocks.dedup();
        for file in evaluator.unreadable() {
            if !unreadable.contains(&file) {
                unreadable.push(file);
            }
        }
        Ok(DueClocks { clocks, rows, unreadable })
    }
}

/// Narrows a query to tickets that can have a running clock, so that other tickets are not read, unless stopped clocks are
/// included.
fn narrow_query(query: &Query, evaluator: &SlaEvaluator<'_>, with_stopped: bool) -> Query {
    // The conditions on clocks are evaluated clock by clock; a ticket without a selected clock is left out.
    let mut query = query.clone().without_clock_conditions();
    if !with_stopped {
        let priorities = Priority::ALL.iter().copied().filter(|priority| evaluator.has_target_for(*priority)).collect();
        let tests = [Predicate::Is(vec![StateTest::Unsolved]), Predicate::Priority(priorities)];
        query.conditions.extend(tests.map(|predicate| Condition { negated: false, predicate }));
    }
    query
}
