//! The conditions for access to every ticket of an organization (docs/guides/organization-access.md, docs/seeds.md).
//!
//! A technical contact may request it, and an administrator with the approval of a technical contact.

use super::organization::Organization;
use super::person::Person;
use crate::domain::id::Id;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{OrganizationRole, Role};

/// The prefix of the key of a reply that declines a request. It distinguishes such a reply from a question.
pub const DECLINE_PREFIX: &str = "decline-";

/// Returns the key of a reply that declines: that of the command, else the version it answers, with the prefix.
pub fn decline_key(key: Option<&str>, version: Id) -> String {
    match key {
        Some(key) if key.starts_with(DECLINE_PREFIX) => key.to_owned(),
        Some(key) => format!("{DECLINE_PREFIX}{key}"),
        None => format!("{DECLINE_PREFIX}{version}"),
    }
}

/// Returns true if an agent has declined the request of a ticket and the customer has not replied since.
pub fn is_declined(history: &[Entry]) -> bool {
    let replies = history.iter().filter(|entry| matches!(entry.action, Action::Reply { .. } | Action::Reopen { .. }));
    let declines = |entry: &Entry| entry.key.as_deref().is_some_and(|key| key.starts_with(DECLINE_PREFIX));
    let decides = |entry: &&Entry| entry.role == Role::Customer || declines(entry);
    replies.rev().find(decides).is_some_and(|entry| entry.role == Role::Agent)
}

/// A reason why access may not be requested, granted or revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessRefusal {
    /// The requester has no organization.
    NoOrganization,
    /// The requester is neither a technical contact nor an administrator.
    RoleMissing {
        /// The requester.
        requester: Person,
        /// The organization of the requester.
        organization: String,
        /// The technical contacts of the organization.
        contacts: Vec<Person>,
    },
    /// An administrator's request without the approval of a technical contact.
    NotApproved {
        /// The person named as approver.
        by: Option<Person>,
        /// The organization.
        organization: String,
        /// The technical contacts of the organization.
        contacts: Vec<Person>,
    },
    /// The person already has access.
    HasAccess {
        /// The ticket that granted it.
        ticket: Id,
    },
    /// The ticket is not a request for access.
    NotAnAccessRequest,
    /// There is no access to revoke.
    NoAccess {
        /// The person.
        person: Person,
        /// The organization.
        organization: String,
    },
}

impl AccessRefusal {
    /// Returns true if the reason concerns the requester's roles rather than the state of the request.
    pub const fn is_personal(&self) -> bool {
        matches!(self, Self::NoOrganization | Self::RoleMissing { .. } | Self::NotApproved { .. })
    }
}

/// Checks whether a requester may have access, by roles and approval.
///
/// # Errors
///
/// Returns the reason why not.
pub fn may_have_access(
    organization: &Organization,
    requester: &Person,
    approved_by: Option<&Person>,
) -> Result<(), AccessRefusal> {
    let member = organization.member(requester);
    if let Some(ticket) = member.and_then(|member| member.organization_access) {
        return Err(AccessRefusal::HasAccess { ticket });
    }
    let is = |role| member.is_some_and(|member| member.has_role(role));
    let contacts = || organization.people_with(OrganizationRole::TechnicalContact).cloned().collect();
    let id = || organization.id.clone();
    let is_contact = is(OrganizationRole::TechnicalContact);
    if !is_contact && !is(OrganizationRole::Admin) {
        let requester = requester.clone();
        return Err(AccessRefusal::RoleMissing { requester, organization: id(), contacts: contacts() });
    }
    // An approver must be another person, unless the requester needs no approval.
    let approves = |person: &Person| {
        let member = organization.member(person).filter(|member| is_contact || !member.has_address(requester));
        member.is_some_and(|member| member.has_role(OrganizationRole::TechnicalContact))
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
            Err(AccessRefusal::RoleMissing { .. }) => "role missing",
            Err(AccessRefusal::NotApproved { .. }) => "not approved",
            Err(_) => "another reason",
        }
    }

    #[test]
    fn contacts_may_request_access_and_administrators_with_an_approval() {
        for (address, approved_by, expected) in [
            ("tina@acme.example", None, "may"),
            ("both@acme.example", None, "may"),
            // A named approver is checked even if the requester needs no approval.
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
            ("dev@acme.example", Some("tina@acme.example"), "role missing"),
            ("x@other.example", Some("tina@acme.example"), "role missing"),
        ] {
            assert_eq!(outcome(address, approved_by), expected, "{address} {approved_by:?}");
        }
    }

    #[test]
    fn a_person_with_access_cannot_request_it() {
        let mut acme = acme();
        let ticket = Id::at("2026-11-21T09:00:00Z".parse().expect("a time"), 1);
        acme.people[0].organization_access = Some(ticket);
        assert_eq!(
            may_have_access(&acme, &person("tina@acme.example"), None),
            Err(AccessRefusal::HasAccess { ticket })
        );
    }
}
