//! The domains and addresses that are in the files of two organizations.
//!
//! Neither file takes precedence: the people belong to both organizations. Files that cannot be read are reported by
//! another rule.

use std::collections::HashMap;

use crate::domain::people::organization::Organization;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::{layout, yaml};

use super::findings::with_line;
use super::source::{FileSource, plain_file};

/// A domain or address in the files of two organizations.
pub(super) struct Overlap {
    /// The finding about the later file.
    pub finding: Finding,
    /// The organization of the later file.
    pub id: String,
    /// The organization of the earlier file.
    pub with: String,
}

/// Returns the domains and addresses that are in the files of two of some organizations, in their order.
///
/// # Errors
/// A file cannot be read.
pub(super) fn overlaps<'a>(
    organizations: impl IntoIterator<Item = &'a str>,
    read: &mut FileSource<'_>,
) -> Result<Vec<Overlap>, Error> {
    let (mut claimed, mut all) = (ClaimedNames::default(), Vec::new());
    for id in organizations {
        let path = layout::organization_path(id);
        let Some(bytes) = plain_file(read, &path)? else { continue };
        let Ok(organization) = yaml::read_organization(&bytes, id) else { continue };
        all.extend(claimed.add(&organization).into_iter().map(|OrganizationClaim { name, with, message }| {
            let finding = Finding::new(&rules::ORGANIZATION_SHARED, &path, message);
            let (line, column) = place(&String::from_utf8_lossy(&bytes), &name);
            Overlap { finding: with_line(finding.at(line, column), &bytes), id: id.to_owned(), with }
        }));
    }
    Ok(all)
}

/// A domain or address that another organization has.
struct OrganizationClaim {
    name: String,
    /// The other organization.
    with: String,
    /// The message of the finding.
    message: String,
}

/// The first organization of each domain and address, which are in lower case.
#[derive(Default)]
struct ClaimedNames {
    domains: HashMap<String, String>,
    addresses: HashMap<String, String>,
}

impl ClaimedNames {
    /// Adds an organization. Returns those of its domains and addresses that an earlier one has.
    fn add(&mut self, organization: &Organization) -> Vec<OrganizationClaim> {
        let addresses =
            organization.people.iter().flat_map(|member| std::iter::once(&member.email).chain(&member.aliases));
        let addresses: Vec<String> = addresses.map(|person| person.as_str().to_owned()).collect();
        let domains = claim(&mut self.domains, &organization.domains, &organization.id);
        let people = claim(&mut self.addresses, &addresses, &organization.id);
        let of_domain = |(name, with): (String, String)| {
            let file = layout::organization_path(&with);
            let message = format!("the domain `{name}` is also in {file}: people with an address there belong to both");
            OrganizationClaim { name, with, message }
        };
        let of_person = |(name, with): (String, String)| {
            let file = layout::organization_path(&with);
            let message = format!("{name} is also in {file}: this person belongs to both");
            OrganizationClaim { name, with, message }
        };
        domains.into_iter().map(of_domain).chain(people.into_iter().map(of_person)).collect()
    }
}

/// Claims names for an organization. Returns those that another organization has claimed before, each with that one.
fn claim(claimed: &mut HashMap<String, String>, names: &[String], id: &str) -> Vec<(String, String)> {
    let mut shared = Vec::new();
    for name in names {
        match claimed.get(&name.to_lowercase()) {
            Some(other) if other != id => shared.push((name.clone(), other.clone())),
            Some(_) => {}
            None => _ = claimed.insert(name.to_lowercase(), id.to_owned()),
        }
    }
    shared
}

/// Returns the line and column, from 1, of a name that is not a part of a longer one; the top of the file if it is not
/// found.
fn place(text: &str, name: &str) -> (usize, usize) {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    let column_in = |line: &str| {
        let found = line.match_indices(name).map(|(start, _)| start).find(|start| {
            let (before, after) = (&line[..*start], &line[start + name.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        });
        found.map(|start| line[..start].chars().count() + 1)
    };
    let mut lines = text.lines().enumerate();
    lines.find_map(|(index, line)| Some((index + 1, column_in(line)?))).unwrap_or((1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person::Person;

    #[test]
    fn an_overlap_is_reported_for_the_later_organization() {
        let of = |id: &str, domain: &str, address: &str, alias: &str| {
            let mut organization = Organization::of_people(id, &[(address, &[])]);
            organization.domains = vec![domain.to_owned()];
            organization.people[0].aliases = vec![Person::from_address(alias).expect("an address")];
            organization
        };
        let mut claimed = ClaimedNames::default();
        assert!(claimed.add(&of("acme", "acme.example", "ana@acme.example", "ana@home.example")).is_empty());
        assert!(claimed.add(&of("other", "other.example", "bo@acme.example", "bo@other.example")).is_empty());
        let messages: Vec<String> = claimed
            .add(&of("beta", "ACME.example", "x@beta.example", "Ana@Home.example"))
            .into_iter()
            .map(|claim| claim.message)
            .collect();
        assert_eq!(messages.len(), 2);
        assert!(
            messages[0].contains("ACME.example") && messages[0].contains("organizations/acme.yaml"),
            "{messages:?}"
        );
        let start = "ana@home.example is also in organizations/acme.yaml";
        assert!(messages[1].to_lowercase().starts_with(start), "{messages:?}");
    }

    #[test]
    fn a_name_is_found_only_as_a_whole() {
        let text = "domains:\n- my-acme.example\n- acme.example\npeople:\n- email: ana@acme.example\n";
        assert_eq!(place(text, "acme.example"), (3, 3));
        assert_eq!(place(text, "ana@acme.example"), (5, 10));
        assert_eq!(place(text, "nowhere.example"), (1, 1));
    }
}
