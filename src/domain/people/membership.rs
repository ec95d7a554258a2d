//! The memberships of a person in organizations, and the role on a ticket that follows from them
//! (docs/workflow.md#the-people).
//!
//! The caller provides the organizations that list the person or own the domain of the address.

use super::organization::Organization;
use super::person::Person;
use super::role::TicketRole;
use crate::domain::ticket::Header;
use crate::domain::vocabulary::OrganizationRole;

/// The memberships of a person, with every address that organizations list for that person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships {
    addresses: Vec<Person>,
    memberships: Vec<Membership>,
}

/// A membership in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Membership {
    organization: String,
    roles: Vec<OrganizationRole>,
    /// True if the person has organization access that is still valid: it requires a role.
    has_access: bool,
}

impl Memberships {
    /// Returns the memberships of a person in the given organizations.
    pub fn of<'a>(person: &Person, organizations: impl IntoIterator<Item = &'a Organization>) -> Self {
        let mut result = Self::default();
        for organization in organizations {
            let member = organization.member(person);
            if member.is_none() && !organization.has_domain_of(person) {
                continue;
            }
            let addresses = member.map(|member| std::iter::once(&member.email).chain(&member.aliases));
            result.addresses.extend(addresses.into_iter().flatten().cloned());
            result.memberships.push(Membership {
                organization: organization.id.clone(),
                roles: member.map(|member| member.roles.clone()).unwrap_or_default(),
                has_access: member
                    .is_some_and(|member| member.organization_access.is_some() && member.may_hold_access()),
            });
        }
        result
    }

    /// Returns the ids of the person's organizations.
    pub fn organizations(&self) -> impl Iterator<Item = &str> {
        self.memberships.iter().map(|membership| membership.organization.as_str())
    }

    /// Returns true if the person administers the people of an organization.
    pub fn administers(&self, organization: &str) -> bool {
        let administers = |membership: &Membership| membership.roles.contains(&OrganizationRole::OrgAdmin);
        self.memberships.iter().any(|membership| membership.organization == organization && administers(membership))
    }

    /// Returns the role on a ticket of a person who is not an agent.
    pub(crate) fn role(&self, person: &Person, header: &Header) -> TicketRole {
        let takes_part = |address: &Person| header.requester.same_address(address) || address.is_in(&header.cc);
        let takes_part = takes_part(person) || self.addresses.iter().any(takes_part);
        let is_of_organization =
            |membership: &&Membership| header.organization.as_deref() == Some(membership.organization.as_str());
        match self.memberships.iter().find(is_of_organization).map_or(TicketRole::Outsider, Membership::role) {
            TicketRole::Editor => TicketRole::Editor,
            _ if takes_part => TicketRole::Customer,
            other => other,
        }
    }
}

impl Membership {
    /// Returns the role on the tickets of the organization that follows from roles and granted access only.
    fn role(&self) -> TicketRole {
        let is = |role| self.roles.contains(&role);
        if is(OrganizationRole::TechSupportEditor) {
            TicketRole::Editor
        } else if is(OrganizationRole::TechSupportViewer) || self.has_access {
            TicketRole::Reader
        } else {
            TicketRole::Outsider
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;
    use crate::domain::people::team::Team;
    use crate::domain::ticket::OpenFields;
    use crate::domain::ticket::Ticket;
    use crate::domain::ticket::action::Action;
    use crate::domain::ticket::entry::Entry;
    use crate::domain::vocabulary::{Priority, Role, Status};

    fn person(address: &str) -> Person {
        Person::from_address(address).expect("an address")
    }

    fn acme() -> Organization {
        use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechSupportViewer, TechnicalContact};
        let mut acme = Organization::of_people(
            "acme",
            &[
                ("editor@acme.example", &[TechSupportEditor]),
                ("viewer@acme.example", &[TechSupportViewer]),
                ("contact@acme.example", &[TechnicalContact]),
                ("granted@acme.example", &[TechnicalContact]),
                ("admin@acme.example", &[Admin]),
                ("wide@acme.example", &[Admin]),
                ("former@acme.example", &[Developer]),
                ("boss@acme.example", &[OrgAdmin]),
            ],
        );
        acme.domains = vec!["acme.example".to_owned()];
        let ticket = Id::at("2026-11-21T09:00:00Z".parse().expect("a time"), 1);
        for name in ["granted", "wide", "former"] {
            let address = person(&format!("{name}@acme.example"));
            acme.people
                .iter_mut()
                .filter(|member| member.has_address(&address))
                .for_each(|member| member.organization_access = Some(ticket));
        }
        acme.people[0].aliases = vec![person("ed@mail.example")];
        acme
    }

    fn ticket(requester: &str, cc: &str, organization: Option<&str>) -> Header {
        let mut opening = OpenFields::new("Tiles".to_owned(), Priority::S3, person(requester));
        opening.cc = vec![person(cc)];
        opening.organization = organization.map(str::to_owned);
        let id = Id::at("2026-11-21T09:00:00Z".parse().expect("a time"), 2);
        let entry = Entry {
            to: Some(Status::Open),
            ..Entry::new(id, person(requester), Role::Customer, Action::Open(Box::new(opening)))
        };
        Ticket::opened_by(entry).expect("it opens a ticket").header
    }

    /// Roles by relation to the ticket: own, in copy, of the organization, of another one, of none.
    #[test]
    fn roles_follow_from_memberships_and_participation() {
        use TicketRole::{Agent, Customer, Editor, Outsider, Reader};
        let (acme, team) =
            (acme(), Team { agents: vec![person("kenji@desk.example")], managers: Vec::new(), ..Team::default() });
        for (address, expected) in [
            ("kenji@desk.example", [Agent, Agent, Agent, Agent, Agent]),
            ("editor@acme.example", [Editor, Editor, Editor, Outsider, Outsider]),
            ("Ed@mail.example", [Editor, Editor, Editor, Outsider, Outsider]),
            ("viewer@acme.example", [Customer, Customer, Reader, Outsider, Outsider]),
            ("contact@acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("granted@acme.example", [Customer, Customer, Reader, Outsider, Outsider]),
            ("admin@acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("wide@acme.example", [Customer, Customer, Reader, Outsider, Outsider]),
            ("former@acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("boss@acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("new@acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("new@sub.acme.example", [Customer, Customer, Outsider, Outsider, Outsider]),
            ("ida@northwind.example", [Customer, Customer, Outsider, Outsider, Outsider]),
        ] {
            let memberships = Memberships::of(&person(address), [&acme]);
            let role_on = |header: &Header| team.role_with(&person(address), &memberships, Some(header));
            let found = [
                role_on(&ticket(address, "x@x.example", Some("acme"))),
                role_on(&ticket("x@x.example", address, Some("acme"))),
                role_on(&ticket("x@x.example", "y@y.example", Some("acme"))),
                role_on(&ticket("x@x.example", "y@y.example", Some("northwind"))),
                role_on(&ticket("x@x.example", "y@y.example", None)),
            ];
            assert_eq!(found, expected, "{address}");
            assert_eq!(
                team.role_with(&person(address), &memberships, None).is_support(),
                address == "kenji@desk.example"
            );
        }
    }

    #[test]
    fn a_person_takes_part_by_every_address() {
        let memberships = Memberships::of(&person("ed@mail.example"), [&acme()]);
        let own = ticket("editor@acme.example", "x@x.example", None);
        assert_eq!(memberships.role(&person("ed@mail.example"), &own), TicketRole::Customer);
        assert_eq!(memberships.organizations().collect::<Vec<_>>(), ["acme"]);
        let by_domain = Memberships::of(&person("new@ACME.example"), [&acme()]);
        assert_eq!(by_domain.organizations().collect::<Vec<_>>(), ["acme"]);
        let other = Memberships::of(&person("new@sub.acme.example"), [&acme()]);
        assert_eq!(other.organizations().count(), 0);
        assert!(Memberships::of(&person("boss@acme.example"), [&acme()]).administers("acme"));
        assert!(!Memberships::of(&person("boss@acme.example"), [&acme()]).administers("northwind"));
        assert!(!Memberships::of(&person("admin@acme.example"), [&acme()]).administers("acme"));
    }
}
