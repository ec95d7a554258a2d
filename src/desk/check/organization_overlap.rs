//! What two organisations' files say is theirs: a domain, or somebody's address.
//!
//! Neither wins: whoever it is belongs to both. Files that cannot be read are told elsewhere.

use std::collections::HashMap;

use crate::domain::people::organization::Organization;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::{layout, yaml};

use super::source::{FileSource, plain};
use super::ticket::with_line;

/// That something stands in two files.
pub(super) struct Overlap {
    /// What is to be said, of the later one.
    pub finding: Finding,
    /// The organisation of that one.
    pub id: String,
    /// The organisation of the earlier one.
    pub with: String,
}

/// The domains and addresses that stand in two files of some organisations, in their order.
pub(super) fn shared<'a>(
    organizations: impl IntoIterator<Item = &'a str>,
    read: &mut FileSource<'_>,
) -> Result<Vec<Overlap>, Error> {
    let (mut seen, mut all) = (ClaimedNames::default(), Vec::new());
    for id in organizations {
        let path = layout::organization_path(id);
        let Some(bytes) = plain(read, &path)? else { continue };
        let Ok(organization) = yaml::read_organization(&bytes, id) else { continue };
        all.extend(seen.shared(&organization).into_iter().map(|OrganizationClaim { word, with, message }| {
            let finding = Finding::new(&rules::ORGANIZATION_SHARED, &path, message);
            let (line, column) = place(&String::from_utf8_lossy(&bytes), &word);
            Overlap { finding: with_line(finding.at(line, column), &bytes), id: id.to_owned(), with }
        }));
    }
    Ok(all)
}

/// A word that another organisation has.
struct OrganizationClaim {
    word: String,
    /// That organisation.
    with: String,
    /// What is to be said of it.
    message: String,
}

/// Whose domains and addresses are, by their small letters: the first organisation that has them.
#[derive(Default)]
struct ClaimedNames {
    domains: HashMap<String, String>,
    addresses: HashMap<String, String>,
}

impl ClaimedNames {
    /// What of an organisation another one has.
    fn shared(&mut self, organization: &Organization) -> Vec<OrganizationClaim> {
        let addresses =
            organization.people.iter().flat_map(|member| std::iter::once(&member.email).chain(&member.aliases));
        let addresses: Vec<String> = addresses.map(|person| person.as_str().to_owned()).collect();
        let domains = first_known(&mut self.domains, &organization.domains, &organization.id);
        let people = first_known(&mut self.addresses, &addresses, &organization.id);
        let of_domain = |(word, with): (String, String)| {
            let file = layout::organization_path(&with);
            let message = format!("the domain `{word}` is in {file} too: whoever has an address there belongs to both");
            OrganizationClaim { word, with, message }
        };
        let of_person = |(word, with): (String, String)| {
            let file = layout::organization_path(&with);
            let message = format!("{word} is in {file} too: this person belongs to both");
            OrganizationClaim { word, with, message }
        };
        domains.into_iter().map(of_domain).chain(people.into_iter().map(of_person)).collect()
    }
}

/// The words that another organisation has, each with it; the others are this one's from now on.
fn first_known(known: &mut HashMap<String, String>, words: &[String], id: &str) -> Vec<(String, String)> {
    let mut shared = Vec::new();
    for word in words {
        match known.get(&word.to_lowercase()) {
            Some(other) if other != id => shared.push((word.clone(), other.clone())),
            Some(_) => {}
            None => _ = known.insert(word.to_lowercase(), id.to_owned()),
        }
    }
    shared
}

/// The line that names a word by itself, and the column, from 1; the top where it is spelled otherwise.
fn place(text: &str, word: &str) -> (usize, usize) {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    let stands_at = |line: &str| {
        let found = line.match_indices(word).map(|(start, _)| start).find(|start| {
            let (before, behind) = (&line[..*start], &line[start + word.len()..]);
            !before.ends_with(is_part) && !behind.starts_with(is_part)
        });
        found.map(|start| line[..start].chars().count() + 1)
    };
    let mut lines = text.lines().enumerate();
    lines.find_map(|(index, line)| Some((index + 1, stands_at(line)?))).unwrap_or((1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person::Person;

    #[test]
    fn what_two_organizations_have_is_told_of_the_later_one() {
        let of = |id: &str, domain: &str, address: &str, alias: &str| {
            let mut organization = Organization::of_people(id, &[(address, &[])]);
            organization.domains = vec![domain.to_owned()];
            organization.people[0].aliases = vec![Person::from_address(alias).expect("an address")];
            organization
        };
        let mut seen = ClaimedNames::default();
        assert!(seen.shared(&of("acme", "acme.example", "ana@acme.example", "ana@home.example")).is_empty());
        assert!(seen.shared(&of("other", "other.example", "bo@acme.example", "bo@other.example")).is_empty());
        let words: Vec<String> = seen
            .shared(&of("beta", "ACME.example", "x@beta.example", "Ana@Home.example"))
            .into_iter()
            .map(|told| told.message)
            .collect();
        assert_eq!(words.len(), 2);
        assert!(words[0].contains("ACME.example") && words[0].contains("organizations/acme.yaml"), "{words:?}");
        assert!(words[1].to_lowercase().starts_with("ana@home.example is in organizations/acme.yaml too"), "{words:?}");
    }

    #[test]
    fn a_word_is_found_where_it_stands_by_itself() {
        let text = "domains:\n- my-acme.example\n- acme.example\npeople:\n- email: ana@acme.example\n";
        assert_eq!(place(text, "acme.example"), (3, 3));
        assert_eq!(place(text, "ana@acme.example"), (5, 10));
        assert_eq!(place(text, "nowhere.example"), (1, 1));
    }
}
