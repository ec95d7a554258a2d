//! Whose turn it is to take a ticket, by the roster, the calendars, and what everybody has on their hands.

use crate::domain::calendar::{ALWAYS, Calendar};
use crate::domain::id::Id;
use crate::domain::people::assignment::{Assignment, AssignmentRequirements, NoAssignee, Workload, next_assignee};
use crate::domain::ticket::action::Action;
use crate::domain::workflow::Notice;
use crate::error::Error;
use crate::store::config::fields::FieldChoices;
use crate::store::config::team;

use super::request::{ActionRequest, TicketRef};
use super::transaction::Transaction;
use crate::desk::Desk;

impl Transaction<'_> {
    /// Assigns a ticket to whose turn it is. Customers are refused as with any assignee: who has how much on their
    /// hands is nothing to them.
    pub(crate) fn assign_next(&mut self, mut request: ActionRequest, team: Option<&str>) -> Result<Id, Error> {
        let desk = self.desk();
        let TicketRef::Ticket(id) = request.target else { return self.apply(request) };
        let is_agent = desk.config().team.has_agent(self.actor());
        let assignment = is_agent.then(|| choose_assignee(desk, id, team)).transpose()?;
        request.action = Action::Assign { assignee: assignment.as_ref().map(|next| next.person.clone()) };
        let entries = self.entries.len();
        let done = self.apply(request)?;
        // A retry with the same key adds no entry, and assigns nobody.
        let notice = assignment.filter(|_| self.entries.len() > entries).map(|next| (id, Notice::Assigned(next)));
        self.notices.extend(notice);
        Ok(done)
    }
}

/// The agent a ticket goes to next. Its language is that in which it is spoken of. The team is the one named, else
/// that of the ticket's product group, if it has
/// one. Whoever writes down the answer holds the lock, so that two who ask at once get two answers.
///
/// # Errors
/// casebook.toml or the ticket cannot be read, or there is nobody.
fn choose_assignee(desk: &Desk, ticket: Id, team: Option<&str>) -> Result<Assignment, Error> {
    let roster = desk.policy().settings(team::read)?;
    let header = desk.read().ticket(ticket)?.header;
    let FieldChoices { product_groups, .. } = desk.policy().choices()?;
    let group = product_groups.into_iter().find(|group| header.product_group.as_ref() == Some(&group.name));
    let team = team.map(str::to_owned).or_else(|| group.and_then(|group| group.team));
    let mut loads = Workload::default();
    // Everybody's load counts, whoever asks: this is support's own business.
    let found = desk.read().summaries(None)?;
    found.rows.iter().filter(|row| row.id != ticket).for_each(|row| loads.add(&row));
    let calendars = match roster.colleagues.iter().any(|known| known.calendar.is_some()) {
        true => desk.policy().sla()?.calendars,
        false => Vec::new(),
    };
    let now = desk.environment.now;
    let works_now = |name: &str| {
        let is_open = |calendar: &Calendar| calendar.is_open(now);
        name == ALWAYS || calendars.iter().find(|known| known.name == name).is_some_and(is_open)
    };
    let languages = desk.policy().languages_of(&header);
    let wanted = AssignmentRequirements { team: team.as_deref(), language: languages.first().map(String::as_str) };
    let chosen = next_assignee(roster.turn, &roster.colleagues, &loads, wanted, works_now);
    chosen.ok_or(Error::NobodyNext(match team {
        Some(team) if !roster.colleagues.is_empty() => NoAssignee::NotInTeam { team },
        _ => NoAssignee::NoAgents,
    }))
}
