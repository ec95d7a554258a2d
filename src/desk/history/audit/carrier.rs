//! The person who brings a commit, if that is known otherwise than from the commit itself: the pusher.

use super::messages;
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::rules::{PUSH_FORGED, Rule};
use crate::domain::ticket::entry::Entry;

/// The person who brings a commit.
#[derive(Clone, Debug)]
pub enum Carrier {
    /// The person is not checked.
    Unchecked,
    /// The commit has no valid signature that would name a person.
    Unknown,
    /// An agent.
    Agent(Person),
    /// A customer.
    Customer(Person),
}

impl Carrier {
    /// Returns a person with the permissions that the team gives; none if the person is not known.
    pub fn of(person: Option<Person>, team: &Team) -> Self {
        match person {
            None => Self::Unknown,
            Some(person) if team.has_agent(&person) => Self::Agent(person),
            Some(person) => Self::Customer(person),
        }
    }

    /// Returns the person, if there is one; none if the person is not checked.
    pub fn people(&self) -> Option<Vec<Person>> {
        match self {
            Self::Unchecked => None,
            Self::Unknown => Some(Vec::new()),
            Self::Agent(person) | Self::Customer(person) => Some(vec![person.clone()]),
        }
    }

    /// Checks that the person may push an entry: customers only their own; agents also those of people whom the commit
    /// names, which `is_named` returns.
    pub fn check_entry(&self, entry: &Entry, is_named: &dyn Fn() -> bool) -> Option<(&'static Rule, String)> {
        let name = messages::entry(entry);
        let message = match self {
            Self::Agent(person) if !entry.by.same_address(person) && !is_named() => {
                format!("{name} is not by {person}, who pushes it, and the commit has no `On-behalf-of: {}`", entry.by)
            }
            Self::Customer(person) if !entry.by.same_address(person) => {
                format!("{name} is not by {person}, who pushes it")
            }
            _ => return None,
        };
        Some((&PUSH_FORGED, message))
    }
}
