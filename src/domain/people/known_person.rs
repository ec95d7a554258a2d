//! The people whom a desk knows, and the names by which they are called.

use std::collections::HashMap;
use std::fmt;

use super::organization::Member;
use super::person::Person;

/// A person whom the desk knows: an agent, or a person of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPerson {
    /// The person.
    pub person: Person,
    /// The name.
    pub name: Option<String>,
    /// The other addresses.
    pub aliases: Vec<Person>,
}

impl From<Member> for KnownPerson {
    fn from(Member { email, name, aliases, .. }: Member) -> Self {
        Self { person: email, name, aliases }
    }
}

impl fmt::Display for KnownPerson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.person),
            None => write!(f, "{}", self.person),
        }
    }
}

impl KnownPerson {
    /// Returns true if a word is the name, or the part of an address before the domain. Case is ignored.
    pub fn is_called(&self, word: &str) -> bool {
        let is_word = |text: &str| text.to_lowercase() == word.to_lowercase();
        let mut addresses = self.aliases.iter().chain([&self.person]);
        self.name.as_deref().is_some_and(is_word) || addresses.any(|address| is_word(address.local_part()))
    }
}

/// The names of people, by address.
#[derive(Clone, Debug, Default)]
pub struct PeopleNames(HashMap<String, String>);

impl PeopleNames {
    /// Returns the name of a person, if it is known.
    pub fn of(&self, person: &Person) -> Option<&str> {
        self.0.get(&person.as_str().to_lowercase()).map(String::as_str)
    }
}

impl FromIterator<KnownPerson> for PeopleNames {
    fn from_iter<I: IntoIterator<Item = KnownPerson>>(people: I) -> Self {
        let mut names = HashMap::new();
        for KnownPerson { person, name, aliases } in people {
            let Some(name) = name else { continue };
            names.extend(aliases.iter().chain([&person]).map(|one| (one.as_str().to_lowercase(), name.clone())));
        }
        Self(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_called_by_name_and_by_the_beginnings_of_addresses() {
        let person = |address: &str| Person::from_address(address).expect("an address");
        let ana = KnownPerson {
            person: person("ana@acme.example"),
            name: Some("Ana Ruíz".to_owned()),
            aliases: vec![person("a.ruiz@acme.example")],
        };
        for (word, expected) in [("ANA", true), ("a.ruiz", true), ("ana ruÍz", true), ("acme", false), ("an", false)] {
            assert_eq!(ana.is_called(word), expected, "{word}");
        }
        let names: PeopleNames = [ana].into_iter().collect();
        assert_eq!(names.of(&person("A.Ruiz@acme.example")), Some("Ana Ruíz"));
        assert_eq!(names.of(&person("bo@acme.example")), None);
    }
}
