//! Organisation access: who may ask to read every ticket of their organisation (WORKFLOW, People; seeds 002 to 004).
//!
//! A technical contact asks by themselves, an administrator with a technical contact's approval. Nothing else implies
//! it. Must not know files, nor how a request is granted.

use super::organization::Organization;
use super::person::Person;
use crate::domain::id::Id;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{OrganizationRole, Role};

/// What the key of a reply begins with that declines a request: by nothing else it differs from a question.
pub const DECLINE_PREFIX: &str = "decline-";

/// The key of a reply that declines: of the one that was asked for, else of the version it answers.
pub fn decline_key(key: Option<&str>, version: Id) -> String {
    match key {
        Some(key) if key.starts_with(DECLINE_PREFIX) => key.to_owned(),
        Some(key) => format!("{DECLINE_PREFIX}{key}"),
        None => format!("{DECLINE_PREFIX}{version}"),
    }
}

/// Whether an agent has declined what a ticket asks for, and nobody of the customer's has replied since.
pub fn is_declined(history: &[Entry]) -> bool {
    let replies = history.iter().filter(|entry| matches!(entry.action, Action::Reply { .. } | Action::Reopen { .. }));
    let declines = |entry: &Entry| entry.key.as_deref().is_some_and(|key| key.starts_with(DECLINE_PREFIX));
    let decides = |entry: &&Entry| entry.role == Role::Customer || declines(entry);
    replies.rev().find(decides).is_some_and(|entry| entry.role == Role::Agent)
}

/// Why access is not asked for, or not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessRefusal {
    /// The person is of no organisation.
    NoOrganization,
    /// Only technical contacts and administrators may have it.
    RoleMissing {
        /// Who asks.
        requester: Person,
        /// Their organisation.
        organization: String,
        /// Its technical contacts.
        contacts: Vec<Person>,
    },
    /// An administrator asks without a technical contact's approval, or with that of somebody who is none.
    NotApproved {
        /// Who is said to have approved it.
        by: Option<Person>,
        /// The organisation.
        organization: String,
        /// Its technical contacts.
        contacts: Vec<Person>,
    },
    /// The person has it already.
    HasAccess {
        /// The ticket that granted it.
        ticket: Id,
    },
    /// The ticket asks for something else.
    NotAnAccessRequest,
    /// There is nothing to revoke.
    NoAccess {
        /// Whose it would be.
        person: Person,
        /// The organisation.
        organization: String,
    },
}

impl AccessRefusal {
    /// Whether it is about the person rather than about how things stand.
    pub const fn is_personal(&self) -> bool {
        matches!(self, Self::NoOrganization | Self::RoleMissing { .. } | Self::NotApproved { .. })
    }
}

/// Whether somebody may have access, by their roles and who approved it.
///
/// # Errors
/// Why not.
pub fn may_have_access(
    organization: &Organization,
    requester: &Person,
    approved_by: Option<&Person>,
) -> Result<(), AccessRefusal> {
    let member = organization.member(requester);
    if let Some(ticket) = member.and_then(|member| member.organization_access) {
        return Err(AccessRefusal::HasAccess { ticket });
    }
    let is = |role| member.is_some_and(|member| member.roles.contains(&role));
    let contacts = || {
        let are =
            organization.people.iter().filter(|member| member.roles.contains(&OrganizationRole::TechnicalContact));
        are.map(|member| member.email.clone()).collect::<Vec<_>>()
    };
    let id = || organization.id.clone();
    let is_contact = is(OrganizationRole::TechnicalContact);
    if !is_contact && !is(OrganizationRole::Admin) {
        let requester = requester.clone();
        return Err(AccessRefusal::RoleMissing { requester, organization: id(), contacts: contacts() });
    }
    // Nobody approves for themselves, but who needs no approval.
    let approves = |person: &Person| {
        let member = organization.member(person).filter(|member| is_contact || !member.is(requester));
        member.is_some_and(|member| member.roles.contains(&OrganizationRole::TechnicalContact))
    };
    if approved_by.map_or(is_contact, approves) {
        return Ok(());
    }
    Err(AccessRefusal::NotApproved { by: approved_by.cloned(), organization: id(), contacts: contacts() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechnicalContact};

    fn person(address: &str) -> Person {
        Person::from_address(address).expect("an address")
    }

    fn acme() -> Organization {
        Organization::of_people(
            "acme",
            &[
                ("tina@acme.example", &[TechnicalContact]),
                ("adam@acme.example", &[Admin]),
                ("both@acme.example", &[Admin, TechnicalContact]),
                ("dev@acme.example", &[Developer, TechSupportEditor, OrgAdmin]),
            ],
        )
    }

    fn outcome(address: &str, approved_by: Option<&str>) -> &'static str {
        match may_have_access(&acme(), &person(address), approved_by.map(person).as_ref()) {
            Ok(()) => "may",
            Err(AccessRefusal::RoleMissing { .. }) => "not theirs",
            Err(AccessRefusal::NotApproved { .. }) => "not approved",
            Err(_) => "another reason",
        }
    }

    #[test]
    fn contacts_ask_by_themselves_and_administrators_with_an_approval() {
        for (address, approved_by, expected) in [
            ("tina@acme.example", None, "may"),
            ("both@acme.example", None, "may"),
            // Who is named as having approved it is held to that, needed or not.
            ("tina@acme.example", Some("both@acme.example"), "may"),
            ("tina@acme.example", Some("tina@acme.example"), "may"),
            ("tina@acme.example", Some("dev@acme.example"), "not approved"),
            ("tina@acme.example", Some("zz@acme.example"), "not approved"),
            ("both@acme.example", Some("adam@acme.example"), "not approved"),
            ("adam@acme.example", None, "not approved"),
            ("adam@acme.example", Some("tina@acme.example"), "may"),
            ("adam@acme.example", Some("dev@acme.example"), "not approved"),
            ("adam@acme.example", Some("adam@acme.example"), "not approved"),
            ("adam@acme.example", Some("x@other.example"), "not approved"),
            ("dev@acme.example", Some("tina@acme.example"), "not theirs"),
            ("x@other.example", Some("tina@acme.example"), "not theirs"),
        ] {
            assert_eq!(outcome(address, approved_by), expected, "{address} {approved_by:?}");
        }
    }

    #[test]
    fn who_has_it_need_not_ask() {
        let mut acme = acme();
        let ticket = Id::at("2026-11-21T09:00:00Z".parse().expect("a time"), 1);
        acme.people[0].organization_access = Some(ticket);
        assert_eq!(
            may_have_access(&acme, &person("tina@acme.example"), None),
            Err(AccessRefusal::HasAccess { ticket })
        );
    }
}
