//! Whose turn it is to take a ticket, by the roster, the calendars, and what everybody has on their hands.

use crate::domain::calendar::{ALWAYS, Calendar};
use crate::domain::id::Id;
use crate::domain::people::assignment::{Assignment, AssignmentRequirements, NoAssignee, Workload, next_assignee};
use crate::domain::ticket::action::Action;
use crate::domain::workflow::Notice;
use crate::error::Error;
use crate::store::config::fields::FieldChoices;
use crate::store::config::team;

use super::transaction::Transaction;
use crate::desk::{ActionRequest, Desk, TicketRef};

impl Transaction<'_> {
    /// Assigns a ticket to whose turn it is. Customers are refused as with any assignee: who has how much on their
    /// hands is nothing to them.
    pub(crate) fn assign_next(&mut self, mut step: ActionRequest, team: Option<&str>) -> Result<Id, Error> {
        let casebook = self.casebook();
        let TicketRef::Ticket(id) = step.target else { return self.apply(&step) };
        let is_agent = casebook.config().team.has_agent(&self.by);
        let chosen = is_agent.then(|| casebook.next_assignee(id, team)).transpose()?;
        step.action = Action::Assign { assignee: chosen.as_ref().map(|chosen| chosen.person.clone()) };
        let made = self.entries.len();
        let done = self.apply(&step)?;
        // A command that is repeated has no turn to tell of.
        let turn = chosen.filter(|_| self.entries.len() > made).map(|chosen| (id, Notice::Assigned(chosen)));
        self.notices.extend(turn);
        Ok(done)
    }
}

impl Desk {
    /// The agent a ticket goes to next. Its language is that in which it is spoken of. The team is the one named, else
    /// that of the ticket's product group, if it has
    /// one. Whoever writes down the answer holds the lock, so that two who ask at once get two answers.
    ///
    /// # Errors
    /// casebook.toml or the ticket cannot be read, or there is nobody.
    pub(crate) fn next_assignee(&self, ticket: Id, team: Option<&str>) -> Result<Assignment, Error> {
        let roster = self.policy().settings(team::read)?;
        let header = self.read().ticket(ticket)?.header;
        let FieldChoices { product_groups, .. } = self.policy().choices()?;
        let group = product_groups.into_iter().find(|group| header.product_group.as_ref() == Some(&group.name));
        let team = team.map(str::to_owned).or_else(|| group.and_then(|group| group.team));
        let mut loads = Workload::default();
        // Everybody's load counts, whoever asks: this is support's own business.
        let found = self.read().summaries(None)?;
        found.rows.iter().filter(|row| row.id != ticket).for_each(|row| loads.add(&row));
        let calendars = match roster.colleagues.iter().any(|known| known.calendar.is_some()) {
            true => self.policy().sla()?.calendars,
            false => Vec::new(),
        };
        let now = self.environment.now;
        let works_now = |name: &str| {
            let is_open = |calendar: &Calendar| calendar.is_open(now);
            name == ALWAYS || calendars.iter().find(|known| known.name == name).is_some_and(is_open)
        };
        let languages = self.policy().languages_of(&header);
        let wanted = AssignmentRequirements { team: team.as_deref(), language: languages.first().map(String::as_str) };
        let chosen = next_assignee(roster.turn, &roster.colleagues, &loads, wanted, works_now);
        chosen.ok_or(Error::NobodyNext(match team {
            Some(team) if !roster.colleagues.is_empty() => NoAssignee::NotInTeam { team },
            _ => NoAssignee::NoAgents,
        }))
    }
}
