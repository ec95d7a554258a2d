//! People: the address that names somebody, the desk's team, and where a person stands to a ticket.
//!
//! What organisations add to that is in [`super::membership`]. Must not know how an identity was found.

use std::fmt;

/// Somebody: an e-mail address, or in imported tickets a bare name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(String);

/// Why words do not name a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address: expected a name, an @ and a domain, without blanks")]
pub struct ParseAddressError(pub String);

impl Person {
    /// Reads an e-mail address as somebody types it; blanks around it go.
    ///
    /// # Errors
    /// Words without `@`, or with blanks or control characters inside.
    pub fn from_address(given: &str) -> Result<Self, ParseAddressError> {
        let address = given.trim();
        let is_address = address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        if is_address && !address.contains(|c: char| c.is_whitespace() || c.is_control()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_name_and_a_domain() {
        assert_eq!(
            Person::from_address(" ana@acme.example ").map(|p| p.to_string()),
            Ok("ana@acme.example".to_owned())
        );
        for text in ["", "ana", "@acme", "ana@", "a na@acme", "ana@ac\nme"] {
            assert!(Person::from_address(text).is_err(), "{text:?}");
        }
        assert!(Person::from_name("TopazBadger").is_ok());
    }
}
