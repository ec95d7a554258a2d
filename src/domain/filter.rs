//! Which tickets a list shows: by status, priority, assignee, requester and organisation.
//!
//! Every given condition has to hold; several values of one mean any of them. The query language grows from
//! here. Must not know flags or files.

use super::person::{Person, Standing, Team};
use super::summary::Summary;
use super::words::{Priority, Status};

/// Conditions on a ticket; an empty one always holds.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Any of these statuses.
    pub status: Vec<Status>,
    /// Any of these priorities.
    pub priority: Vec<Priority>,
    /// Any of these assignees; `None` stands for nobody.
    pub assignee: Vec<Option<Person>>,
    /// Any of these requesters.
    pub requester: Vec<Person>,
    /// Any of these organisations; `None` stands for none.
    pub organization: Vec<Option<String>>,
}

impl Filter {
    /// Whether the ticket meets every condition.
    pub fn holds(&self, ticket: &Summary) -> bool {
        let header = &ticket.header;
        any(&self.status, |status| *status == header.status)
            && any(&self.priority, |priority| *priority == header.priority)
            && any(&self.assignee, |wanted| match (wanted, &header.assignee) {
                (Some(wanted), Some(assignee)) => wanted.is(assignee),
                (wanted, assignee) => wanted.is_none() && assignee.is_none(),
            })
            && any(&self.requester, |wanted| wanted.is(&header.requester))
            && any(&self.organization, |wanted| *wanted == header.organization)
    }
}

fn any<T>(values: &[T], holds: impl FnMut(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(holds)
}

/// Whether a person may see the ticket. Without any identity everything can be read (WORKFLOW, People).
pub fn may_see(team: &Team, person: Option<&Person>, ticket: &Summary) -> bool {
    person.is_none_or(|person| team.standing(person, Some(&ticket.header)) != Standing::Outsider)
}
