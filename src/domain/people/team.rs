//! The support team of a desk.

use super::membership::Memberships;
use super::person::Person;
use super::role::TicketRole;
use crate::domain::ticket::Header;

/// A support team, from `[team]` in casebook.toml.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// The agents.
    pub agents: Vec<Person>,
    /// The managers: agents who may also de-escalate.
    pub managers: Vec<Person>,
    /// True if an organization's editors may change priorities; otherwise they may only request a change.
    pub editors_prioritize: bool,
}

impl Team {
    /// Returns true if the person is an agent. Managers are agents.
    pub fn has_agent(&self, person: &Person) -> bool {
        person.is_in(&self.agents) || self.has_manager(person)
    }

    /// Returns true if the person is a manager.
    pub fn has_manager(&self, person: &Person) -> bool {
        person.is_in(&self.managers)
    }

    /// Returns the role of a person without memberships on a ticket, or on the desk if there is no ticket yet.
    pub fn role(&self, person: &Person, header: Option<&Header>) -> TicketRole {
        self.role_with(person, &Memberships::default(), header)
    }

    /// Returns the role of a person with memberships on a ticket, or on the desk if there is no ticket yet.
    pub fn role_with(&self, person: &Person, memberships: &Memberships, header: Option<&Header>) -> TicketRole {
        if self.has_manager(person) {
            TicketRole::Manager
        } else if self.has_agent(person) {
            TicketRole::Agent
        } else {
            header.map_or(TicketRole::Outsider, |header| memberships.role(person, header))
        }
    }
}
