//! The domains and addresses that are in the files of two organizations.
//!
//! Neither file takes precedence: the people belong to both organizations. Files that cannot be read are reported by
//! another rule.

use std::collections::HashMap;

use crate::domain::people::organization::Organization;
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::store::layout;

use super::findings::with_line;
use super::source::OrganizationFile;

/// Reports the domains and addresses that are in the files of two of some organizations, in their order, if one of the
/// two is selected.
pub(super) fn check(files: &[OrganizationFile], is_selected: &dyn Fn(&str) -> bool) -> Vec<Finding> {
    let (mut claimed, mut findings) = (ClaimedNames::new(), Vec::new());
    for OrganizationFile { path, bytes, organization } in files {
        for (name, with, message) in claim(&mut claimed, organization) {
            if is_selected(&with) || is_selected(&organization.id) {
                let (line, column) = place(&String::from_utf8_lossy(bytes), &name);
                let finding = Finding::new(&rules::ORGANIZATION_SHARED, path, message).at(line, column);
                findings.push(with_line(finding, bytes));
            }
        }
    }
    findings
}

/// The first organization of each domain (`false`) and address (`true`), which are in lower case.
type ClaimedNames = HashMap<(bool, String), String>;

/// Claims the domains and addresses of an organization. Returns those that an earlier one has: each with that one and the
/// message of the finding.
fn claim(claimed: &mut ClaimedNames, organization: &Organization) -> Vec<(String, String, String)> {
    let people = organization.people.iter().flat_map(|member| std::iter::once(&member.email).chain(&member.aliases));
    let people = people.map(|person| (true, person.as_str()));
    let mut shared = Vec::new();
    for (is_person, name) in organization.domains.iter().map(|domain| (false, domain.as_str())).chain(people) {
        let first = claimed.entry((is_person, name.to_lowercase())).or_insert_with(|| organization.id.clone());
        if *first == organization.id {
            continue;
        }
        let file = layout::organization_path(first);
        let message = if is_person {
            format!("{name} is also in {file}: this person belongs to both")
        } else {
            format!("the domain `{name}` is also in {file}: people with an address there belong to both")
        };
        shared.push((name.to_owned(), first.clone(), message));
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
        let mut claimed = ClaimedNames::new();
        assert!(claim(&mut claimed, &of("acme", "acme.example", "ana@acme.example", "ana@home.example")).is_empty());
        assert!(claim(&mut claimed, &of("other", "other.example", "bo@acme.example", "bo@other.example")).is_empty());
        let shared = claim(&mut claimed, &of("beta", "ACME.example", "x@beta.example", "Ana@Home.example"));
        let messages: Vec<String> = shared.into_iter().map(|(_, _, message)| message).collect();
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
