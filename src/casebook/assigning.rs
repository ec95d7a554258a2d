//! Whose turn it is to take a ticket, by the roster, the calendars, and what everybody has on their hands.

use crate::domain::assignment::{Chosen, Loads, Wanted, next};
use crate::domain::calendar::{ALWAYS, Calendar};
use crate::domain::id::Id;
use crate::error::Error;
use crate::store::choices::Choices;
use crate::store::roster;

use super::Casebook;

/// Why nobody was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NobodyNext {
    /// The desk has no agents.
    NoAgents,
    /// None of them is of the team.
    NoneOf {
        /// The team.
        team: String,
    },
}

impl Casebook {
    /// The agent a ticket goes to next. The team is the one named, else that of the ticket's product group, if it has
    /// one.
    ///
    /// # Errors
    /// casebook.toml or the ticket cannot be read; inside, why there is nobody.
    pub fn next_assignee(&self, ticket: Id, team: Option<&str>) -> Result<Result<Chosen, NobodyNext>, Error> {
        let roster = self.settings(roster::read)?;
        let header = self.ticket(ticket)?.header;
        let Choices { product_groups, .. } = self.choices()?;
        let group = product_groups.into_iter().find(|group| header.product_group.as_ref() == Some(&group.name));
        let team = team.map(str::to_owned).or_else(|| group.and_then(|group| group.team));
        let mut loads = Loads::default();
        // Everybody's load counts, whoever asks: this is support's own business.
        let found = self.summaries(None)?;
        found.rows.iter().filter(|row| row.id != ticket).for_each(|row| loads.add(&row));
        let calendars = match roster.colleagues.iter().any(|known| known.calendar.is_some()) {
            true => self.policy()?.calendars,
            false => Vec::new(),
        };
        let now = self.world.now;
        let works_now = |name: &str| {
            let is_open = |calendar: &Calendar| calendar.is_open(now);
            name == ALWAYS || calendars.iter().find(|known| known.name == name).is_some_and(is_open)
        };
        let wanted = Wanted { team: team.as_deref(), language: header.language.as_deref() };
        let chosen = next(roster.turn, &roster.colleagues, &loads, wanted, works_now);
        Ok(chosen.ok_or(match team {
            Some(team) if !roster.colleagues.is_empty() => NobodyNext::NoneOf { team },
            _ => NobodyNext::NoAgents,
        }))
    }
}
