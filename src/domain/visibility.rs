//! Who sees which ticket (WORKFLOW, People). Organisation roles join here when organisations do.

use super::person::{Person, Standing, Team};
use super::summary::Summary;

/// Whether a person may see the ticket. Without any identity everything can be read.
pub fn may_see(team: &Team, person: Option<&Person>, ticket: &Summary) -> bool {
    person.is_none_or(|person| team.standing(person, Some(&ticket.header)) != Standing::Outsider)
}
