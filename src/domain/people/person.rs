//! Persons, known by an address.

use std::fmt;

/// A person: an email address, or a bare name in imported tickets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Person(String);

/// A text that is not an address or name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address: expected one name, an @ and a domain, without blanks")]
pub struct ParseAddressError(pub String);

impl Person {
    /// Parses an email address; surrounding blanks are removed.
    ///
    /// # Errors
    ///
    /// Returns an error for a text without `@`, name or domain; with blanks, control characters or brackets inside; for
    /// several addresses, and for a link to one.
    pub fn from_address(given: &str) -> Result<Self, ParseAddressError> {
        let address = given.trim();
        let is_part = |part: &str| !part.is_empty() && !part.contains([',', ';', '<', '>', '@']);
        let is_address = address
            .split_once('@')
            .is_some_and(|(local, domain)| is_part(local) && is_part(domain) && !local.contains(':'));
        if is_address && !address.contains(|c: char| c.is_whitespace() || c.is_control()) {
            Ok(Self(address.to_owned()))
        } else {
            Err(ParseAddressError(given.to_owned()))
        }
    }

    /// Parses a name from another system or a file, which need not be an address.
    ///
    /// # Errors
    ///
    /// Returns an error for a blank text, or one with control characters.
    pub fn from_name(given: &str) -> Result<Self, ParseAddressError> {
        let name = given.trim();
        if name.is_empty() || name.contains(char::is_control) {
            return Err(ParseAddressError(given.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// Returns the address or name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part of the address before the domain; all of a bare name.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(local, _)| local)
    }

    /// Returns the domain of the address; empty for a bare name.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns true if both are the same person. Case is ignored, as mail systems do.
    pub fn same_address(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// Returns true if this person is one of `people`.
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
        let several = ["ana@x.example,bo@x.example", "ana@x.example;bo@x.example", "a@b@c", "mailto:ana@x.example"];
        let others = ["", "ana", "@acme", "ana@", "a na@acme", "ana@ac\nme", "<ana@acme.example>"];
        for text in several.into_iter().chain(others) {
            assert!(Person::from_address(text).is_err(), "{text:?}");
        }
        assert!(Person::from_name("TopazBadger").is_ok());
    }
}
