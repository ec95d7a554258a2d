//! Assigning a ticket to the next agent: by team, language, calendars and the number of unsolved tickets.

use crate::domain::id::Id;
use crate::domain::people::assignment::{Assignment, AssignmentRequirements, NoAssignee, Workload, next_assignee};
use crate::domain::ticket::action::Action;
use crate::domain::workflow::Notice;
use crate::error::Error;
use crate::store::config::Settings;

use super::request::{ActionRequest, TicketRef};
use super::transaction::Transaction;
use crate::desk::Desk;

impl Transaction<'_> {
    /// Assigns a ticket to the next agent. Returns the id of the ticket.
    ///
    /// # Errors
    /// As [`Self::apply`], and no agent matches. The workflow refuses customers before any workload is read.
    pub(crate) fn assign_next(&mut self, mut request: ActionRequest, team: Option<&str>) -> Result<Id, Error> {
        let desk = self.desk();
        let TicketRef::Ticket(id) = request.target else { return self.apply(request) };
        let is_agent = desk.config().team.has_agent(self.actor());
        let assignment = is_agent.then(|| choose_assignee(desk, id, team)).transpose()?;
        request.action = Action::Assign { assignee: assignment.as_ref().map(|next| next.person.clone()) };
        let entries = self.entries.len();
        let done = self.apply(request)?;
        // A retry with the same key adds no entry, so there is no assignment to report.
        let notice = assignment.filter(|_| self.entries.len() > entries).map(|next| (id, Notice::Assigned(next)));
        self.notices.extend(notice);
        Ok(done)
    }
}

/// Returns the next agent for a ticket, by `[team]` in casebook.toml: from the named team, else the team of the ticket's
/// product group, else all agents. The caller holds the lock, so that two commands at once get two answers.
///
/// # Errors
/// casebook.toml or the ticket cannot be read, or no agent matches.
fn choose_assignee(desk: &Desk, ticket: Id, team: Option<&str>) -> Result<Assignment, Error> {
    let team_settings = desk.policy().settings(Settings::assignment)?;
    let header = desk.read().ticket(ticket)?.header;
    let groups = &desk.policy().field_choices()?.product_groups;
    let group = groups.iter().find(|group| header.product_group.as_ref() == Some(&group.name));
    let team = team.map(str::to_owned).or_else(|| group.and_then(|group| group.team.clone()));
    let mut loads = Workload::default();
    // All tickets count, also those that the actor may not see.
    let list = desk.as_seen_by(None)?.summaries()?;
    list.rows.iter().filter(|summary| summary.id != ticket).for_each(|summary| loads.add(&summary));
    let now = desk.environment.now;
    let has_hours = team_settings.candidates.iter().any(|agent| agent.calendar.is_some());
    let calendars = has_hours.then(|| desk.policy().calendars(now)).transpose()?;
    let calendar = |name: &str| calendars.as_ref().and_then(|calendars| calendars.get(name));
    let works_now = |name: &str| calendar(name).is_some_and(|cached| cached.calendar().is_open(now));
    let languages = desk.policy().languages_of(&header);
    let requirements =
        AssignmentRequirements { team: team.as_deref(), language: languages.first().map(String::as_str) };
    let assignment = next_assignee(team_settings.strategy, &team_settings.candidates, &loads, requirements, works_now);
    if let Some(error) = calendars.and_then(|calendars| calendars.take_error()) {
        return Err(error);
    }
    assignment.ok_or(Error::NoAssignee(match team {
        Some(team) if !team_settings.candidates.is_empty() => NoAssignee::NotInTeam { team },
        _ => NoAssignee::NoAgents,
    }))
}
