//! People as they are typed: an address, `me`, or a name, alias or local part of an address that the desk knows.

use super::Session;
use crate::cli::error::{Candidate, CliError};
use crate::desk::{Desk, DeskView};
use crate::domain::people::known_person::KnownPerson;
use crate::domain::people::person::Person;
use crate::domain::query::Query;
use crate::error::Error;

/// A person as they are typed.
#[derive(Clone, Debug)]
pub enum Who {
    /// The person who runs the command.
    Me,
    /// An address.
    Address(Person),
    /// A name, which the desk must know.
    Name(String),
}

impl Who {
    /// Parses a person of the command line.
    ///
    /// # Errors
    /// An address with an error, or a blank name.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "me" => Ok(Self::Me),
            name if !name.is_empty() && !name.contains(|c: char| c == '@' || c.is_control()) => {
                Ok(Self::Name(name.to_owned()))
            }
            address => Person::from_address(address).map(Self::Address).map_err(|error| error.to_string()),
        }
    }
}

impl Session {
    /// Returns the person that was typed.
    ///
    /// # Errors
    /// The desk knows no such person, or several.
    pub(crate) fn person(&self, desk: &Desk, who: &Who) -> Result<Person, CliError> {
        match who {
            Who::Me => Ok(self.actor()?.cloned().ok_or(Error::NoIdentity)?),
            Who::Address(person) => Ok(person.clone()),
            Who::Name(name) => known_person(&self.view(desk)?, name),
        }
    }

    /// Returns the people that were typed.
    ///
    /// # Errors
    /// The desk does not know one of them, or several people are called so.
    pub(crate) fn people<'w>(
        &self,
        desk: &Desk,
        people: impl IntoIterator<Item = &'w Who>,
    ) -> Result<Vec<Person>, CliError> {
        people.into_iter().map(|who| self.person(desk, who)).collect()
    }

    /// Adds the person who is called so to each name in a query. The name itself stays, because imported tickets have
    /// people without an address.
    ///
    /// # Errors
    /// Several people are called so.
    pub(crate) fn find_people(&self, desk: &Desk, query: &mut Query) -> Result<(), CliError> {
        for people in query.people_mut() {
            let names: Vec<Person> =
                people.iter().flatten().filter(|person| person.domain().is_empty()).cloned().collect();
            for name in names {
                people.extend(only(self.view(desk)?.people_called(name.as_str())?, name.as_str())?.map(Some));
            }
        }
        Ok(())
    }
}

/// Returns the person whom a name names.
///
/// # Errors
/// The view has no such person, or several.
pub(super) fn known_person(view: &DeskView<'_>, name: &str) -> Result<Person, CliError> {
    only(view.people_called(name)?, name)?.ok_or_else(|| {
        CliError::usage(
            format!("`{name}` is neither an address nor the name of a person whom the desk knows"),
            "give an address; [team] in casebook.toml lists the agents, `casebook org show ORG` the people of an organization",
        )
    })
}

/// Returns the only person of several.
///
/// # Errors
/// There are several.
fn only(mut called: Vec<KnownPerson>, name: &str) -> Result<Option<Person>, CliError> {
    if called.len() < 2 {
        return Ok(called.pop().map(|known| known.person));
    }
    let candidate = |KnownPerson { person, name, .. }: KnownPerson| Candidate {
        description: name.map_or_else(|| person.to_string(), |name| format!("{person}  {name}")),
        id: person.to_string(),
    };
    let error = CliError::new("person.ambiguous", format!("`{name}` names {} people:", called.len()));
    Err(CliError { candidates: called.into_iter().map(candidate).collect(), ..error }.hint("give the address"))
}
