//! The people whom a desk knows: its agents, and the people of its organizations.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::people::known_person::{KnownPerson, PeopleNames};
use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::config::Settings;

use crate::desk::{Desk, DeskView};

impl Desk {
    /// Returns the agents, with the names that casebook.toml gives them.
    fn agents(&self) -> Vec<KnownPerson> {
        let team = &self.config.team;
        // An invalid section is reported by the commands that need it.
        let names = self.policy().settings(Settings::assignment).map(|team| team.names.as_slice()).unwrap_or_default();
        let name = |person: &Person| names.iter().find(|(other, _)| other.same_address(person));
        let known = |person: &Person| KnownPerson {
            person: person.clone(),
            name: name(person).map(|(_, name)| name.clone()),
            aliases: Vec::new(),
        };
        team.agents.iter().chain(&team.managers).map(known).collect()
    }
}

impl DeskView<'_> {
    /// Returns the people whom a word names, each once. A customer gets no agents, and only the people of organizations
    /// that they administer.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn people_called(&self, word: &str) -> Result<Vec<KnownPerson>, Error> {
        let mut people = if self.sees_everything() { self.desk().agents() } else { Vec::new() };
        for organization in self.organizations()?.0 {
            people.extend(organization.people.into_iter().map(KnownPerson::from));
        }
        let mut called: Vec<KnownPerson> = Vec::new();
        for person in people.into_iter().filter(|person| person.is_called(word)) {
            if !called.iter().any(|other| other.person.same_address(&person.person)) {
                called.push(person);
            }
        }
        Ok(called)
    }

    /// Returns the customers whom the desk knows, by address: the people of organizations, and the requesters of tickets.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn customers(&self) -> Result<Vec<KnownPerson>, Error> {
        let members = self.organizations()?.0.into_iter().flat_map(|found| found.people).map(KnownPerson::from);
        let summaries = self.summaries()?.rows;
        let requesters = summaries.iter().map(|summary| summary.header.requester.clone());
        let unnamed = |person| KnownPerson { person, name: None, aliases: Vec::new() };
        let mut customers = BTreeMap::new();
        for known in members.chain(requesters.map(unnamed)) {
            if !self.desk().config().team.has_agent(&known.person) {
                customers.entry(known.person.as_str().to_lowercase()).or_insert(known);
            }
        }
        Ok(customers.into_values().collect())
    }

    /// Returns the names of the agents, and of the people of some organizations, if the viewer may read these.
    pub fn names(&self, organizations: impl IntoIterator<Item = String>) -> PeopleNames {
        let ids: BTreeSet<String> = organizations.into_iter().collect();
        let people = ids.iter().filter_map(|id| self.organization(id).ok()).flat_map(|found| found.people);
        self.desk().agents().into_iter().chain(people.map(KnownPerson::from)).collect()
    }
}
