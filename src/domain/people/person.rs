//! People: the address that names somebody, the desk's team, and where a person stands to a ticket.
//!
//! What organisations add to that is in [`super::membership`]. Must not know how an identity was found.

use std::fmt;

use super::membership::Memberships;
use crate::domain::ticket::Header;
use crate::domain::vocabulary::Role;

/// Somebody: an e-mail address, or in imported tickets a bare name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(String);

/// Why words do not name a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address: a name, an @ and a domain without blanks are")]
pub struct ParseAddressError(pub String);

impl Person {
    /// Reads an e-mail address as somebody types it; blanks around it go.
    ///
    /// # Errors
    /// Words without `@`, or with blanks or control characters inside.
    pub fn from_address(given: &str) -> Result<Self, ParseAddressError> {
        let address = given.trim();
        let sound = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if sound && !address.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Ok(Self(address.to_owned()))
        } else {
            Err(ParseAddressError(given.to_owned()))
        }
    }

    /// Reads a name of another system or of a file, which need not be an address.
    ///
    /// # Errors
    /// Nothing but blanks, or control characters.
    pub fn from_name(given: &str) -> Result<Self, ParseAddressError> {
        let name = given.trim();
        if name.is_empty() || name.contains(char::is_control) {
            return Err(ParseAddressError(given.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The address or name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the @ of an address; nothing where there is none.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether both name the same person: addresses differ in case only by habit.
    pub fn same_address(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Whether this person is one of `people`.
    pub fn is_in(&self, people: &[Self]) -> bool {
        people.iter().any(|person| person.same_address(self))
    }
}

impl fmt::Display for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

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
        self.standing_with(person, &Memberships::default(), header)
    }

    /// The same with what the person is in organisations.
    pub fn standing_with(&self, person: &Person, memberships: &Memberships, header: Option<&Header>) -> TicketRole {
        if self.has_manager(person) {
            TicketRole::Manager
        } else if self.has_agent(person) {
            TicketRole::Agent
        } else {
            header.map_or(TicketRole::Outsider, |header| memberships.role(person, header))
        }
    }
}

/// Where a person stands to a ticket: what decides what they see and may do (WORKFLOW, People).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TicketRole {
    /// An agent who may also de-escalate.
    Manager,
    /// Support's side.
    Agent,
    /// An editor of the ticket's organisation: what the requester may, and the ticket's attributes.
    Editor,
    /// The requester, or somebody in copy.
    Customer,
    /// Somebody who reads the tickets of the organisation, and has nothing to do with this one.
    Reader,
    /// A customer who has nothing to do with this ticket.
    Outsider,
    /// The program itself.
    System,
}

impl TicketRole {
    /// Every standing, from the one that may most.
    pub const ALL: [Self; 7] =
        [Self::Manager, Self::Agent, Self::Editor, Self::Customer, Self::Reader, Self::Outsider, Self::System];

    /// The role that goes into the entry.
    pub const fn role(self) -> Role {
        match self {
            Self::Manager | Self::Agent => Role::Agent,
            Self::Editor | Self::Customer | Self::Reader | Self::Outsider => Role::Customer,
            Self::System => Role::System,
        }
    }

    /// Whether this is support's side.
    pub const fn is_support(self) -> bool {
        matches!(self, Self::Manager | Self::Agent)
    }

    /// Whether somebody who stands so may see the ticket at all.
    pub const fn sees(self) -> bool {
        !matches!(self, Self::Outsider)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_name_and_a_domain() {
        assert_eq!(
            Person::from_address(" ana@acme.example ").map(|p| p.to_string()),
            Ok("ana@acme.example".to_owned())
        );
        for word in ["", "ana", "@acme", "ana@", "a na@acme", "ana@ac\nme"] {
            assert!(Person::from_address(word).is_err(), "{word:?}");
        }
        assert!(Person::from_name("TopazBadger").is_ok());
    }
}
