//! What is owed on a desk, clock by clock, in the order in which it burns.
//!
//! Must not know who looks at it, nor how it is told.

use crate::domain::id::Id;
use crate::domain::person::Person;
use crate::domain::query::{Condition, Is, Query, Test};
use crate::domain::summary::Summary;
use crate::domain::target::Clock;
use crate::domain::words::{Priority, Status};
use crate::error::Error;
use crate::store::index::Rows;

use super::sharing::on_every_processor;
use super::{Casebook, Found, Promises, Trouble};

/// How many tickets are looked at in one go.
const SHARE: usize = 2048;

/// A clock, and what has to be known of its ticket to tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Owed {
    /// The ticket.
    pub ticket: Id,
    /// Its status.
    pub status: Status,
    /// Its priority.
    pub priority: Priority,
    /// Whether it is escalated.
    pub is_escalated: bool,
    /// Who takes care of it.
    pub assignee: Option<Person>,
    /// What it is about.
    pub subject: String,
    /// The clock.
    pub clock: Clock,
}

impl Owed {
    fn of(row: &Summary, clock: Clock) -> Self {
        let header = &row.header;
        Self {
            ticket: row.id,
            status: header.status,
            priority: header.priority,
            is_escalated: header.escalation.is_some(),
            assignee: header.assignee.clone(),
            subject: header.subject.clone(),
            clock,
        }
    }

    /// What burns first stands first: by the due instant, then what has none by what is left.
    fn order(&self) -> impl Ord + use<> {
        let Clock { due_at, metric, started_at, .. } = self.clock;
        (due_at.is_none(), due_at, self.clock.remaining(), self.ticket, metric, started_at)
    }
}

impl Casebook {
    /// The clocks of the tickets a query means, among those a person may see: those that are owed still, or all.
    ///
    /// # Errors
    /// As [`Casebook::meant`].
    pub fn owed(
        &self,
        query: &Query,
        viewer: Option<&Person>,
        promises: &Promises<'_>,
        with_stopped: bool,
    ) -> Result<(Vec<Owed>, Vec<Trouble>), Error> {
        let Found { rows, mut troubles } = self.meant(&narrowed(query, promises, with_stopped), viewer)?;
        let wanted = |clock: &Clock| (with_stopped || clock.is_owed()) && query.means_clock(clock);
        let mut owed = clocks_of(&rows, promises, wanted);
        owed.sort_by_cached_key(Owed::order);
        troubles.extend(promises.troubles());
        troubles.dedup();
        Ok((owed, troubles))
    }
}

/// Leaves out what cannot owe anything, where only that is asked for, so that it need not be read.
fn narrowed(query: &Query, promises: &Promises<'_>, with_stopped: bool) -> Query {
    let mut query = query.clone();
    if !with_stopped {
        let promised = Priority::ALL.iter().copied().filter(|priority| promises.promises_to(*priority)).collect();
        let tests = [Test::Is(vec![Is::Unsolved]), Test::Priority(promised)];
        query.conditions.extend(tests.map(|test| Condition { negated: false, test }));
    }
    query
}

fn clocks_of(rows: &Rows, promises: &Promises<'_>, wanted: impl Fn(&Clock) -> bool + Sync) -> Vec<Owed> {
    let shares: Vec<_> = (0..rows.len()).step_by(SHARE).map(|start| start..(start + SHARE).min(rows.len())).collect();
    let look = |share: &std::ops::Range<usize>| {
        let mut owed = Vec::new();
        for row in rows.among(share.clone()) {
            owed.extend(promises.clocks(&row).into_iter().filter(&wanted).map(|clock| Owed::of(&row, clock)));
        }
        owed
    };
    on_every_processor(&shares, look).into_iter().flatten().collect()
}
