//! The support team of a desk, and the role of a person on a ticket.

use super::membership::Memberships;
use super::person::Person;
use super::role::TicketRole;
use crate::domain::ticket::Header;

/// The people of the desk, from `[team]` in casebook.toml.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Who answers tickets.
    pub agents: Vec<Person>,
    /// Agents who may also de-escalate and override.
    pub managers: Vec<Person>,
    /// Whether an organisation's editors change priorities themselves, rather than ask for it.
    pub editors_prioritize: bool,
}

impl Team {
    /// Whether the person is an agent; managers are agents too.
    pub fn has_agent(&self, person: &Person) -> bool {
        person.is_in(&self.agents) || self.has_manager(person)
    }

    /// Whether the person is a manager.
    pub fn has_manager(&self, person: &Person) -> bool {
        person.is_in(&self.managers)
    }

    /// Where `person` stands to a ticket, or to the desk where there is no ticket yet, as far as no organisation
    /// says more.
    pub fn role(&self, person: &Person, header: Option<&Header>) -> TicketRole {
        self.role_with(person, &Memberships::default(), header)
    }

    /// The same with what the person is in organisations.
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
