//! The eligibility rules for opening tickets (docs/seeds.md#000, docs/guides/eligibility.md).
//!
//! The caller looks up the organization, the plan in force and the day, as [`super::eligibility_context`] does.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::organization::{Instance, Organization};
use super::person::Person;
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// The eligibility rules of a desk: `[eligibility]` and `[releases]` of casebook.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityPolicy {
    /// True if people without an organization may open tickets.
    pub unknown_people: bool,
    /// True if the requester must have a role that may open tickets under the plan in force.
    pub roles: bool,
    /// True if the instance must run a supported release.
    pub releases: bool,
    /// True if an instance of the original edition must have a project number.
    pub project_numbers: bool,
    /// The supported releases; empty if all are.
    pub supported: Vec<String>,
    /// The first day on which a release is no longer supported.
    pub end_of_life: BTreeMap<String, NaiveDate>,
}

impl Default for EligibilityPolicy {
    fn default() -> Self {
        Self {
            unknown_people: true,
            roles: true,
            releases: true,
            project_numbers: true,
            supported: Vec::new(),
            end_of_life: BTreeMap::new(),
        }
    }
}

/// The facts about a requester that decide whether a ticket may be opened.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    /// The requester.
    pub requester: &'a Person,
    /// The organization of the requester, if there is one.
    pub organization: Option<&'a Organization>,
    /// The plan in force, and the roles that may open tickets under it.
    pub plan: Option<(&'a str, &'a [OrganizationRole])>,
    /// The instance of the ticket.
    pub instance: Option<&'a Instance>,
    /// The current date in the zone of the organization.
    pub today: NaiveDate,
}

/// An eligibility rule that a new ticket violates, with the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IneligibleReason {
    /// The requester has no organization, and the desk requires one.
    UnknownPerson {
        /// The requester.
        requester: Person,
    },
    /// The ticket names an organization without a file, which would exempt the requester from the rules of their own
    /// organization.
    UnknownOrganization {
        /// The requester.
        requester: Person,
        /// The organization given.
        given: String,
        /// The organizations of the requester.
        organizations: Vec<String>,
    },
    /// The requester has no role that may open tickets under the plan.
    Role {
        /// The requester.
        requester: Person,
        /// The organization of the requester.
        organization: String,
        /// The plan in force.
        plan: String,
        /// The roles that may open tickets.
        needed: Vec<OrganizationRole>,
        /// The roles of the requester.
        has: Vec<OrganizationRole>,
        /// The members who may grant support roles.
        administrators: Vec<Person>,
    },
    /// The instance runs an unsupported release.
    Release {
        /// The organization.
        organization: String,
        /// The instance.
        instance: String,
        /// The release on file.
        release: String,
        /// The first day without support, if the release once had it.
        since: Option<NaiveDate>,
        /// The supported releases.
        supported: Vec<String>,
    },
    /// The instance has no project number, which links it to its plan.
    ProjectNumber {
        /// The organization.
        organization: String,
        /// The instance.
        instance: String,
    },
}

impl IneligibleReason {
    /// Returns the name of the rule, as an override records it.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::UnknownPerson { .. } => "unknown_person",
            Self::UnknownOrganization { .. } => "unknown_organization",
            Self::Role { .. } => "role",
            Self::Release { .. } => "release",
            Self::ProjectNumber { .. } => "project_number",
        }
    }

    /// Returns true if the rule concerns the requester rather than the instance.
    pub const fn is_personal(&self) -> bool {
        matches!(self, Self::UnknownPerson { .. } | Self::Role { .. })
    }
}

/// Returns every rule that the ticket violates, those that concern the requester first.
pub fn eligibility_problems(policy: &EligibilityPolicy, applicant: &Applicant<'_>) -> Vec<IneligibleReason> {
    let Some(organization) = applicant.organization else {
        let unknown = IneligibleReason::UnknownPerson { requester: applicant.requester.clone() };
        return if policy.unknown_people { Vec::new() } else { vec![unknown] };
    };
    let role = if policy.roles { missing_role(applicant, organization) } else { None };
    let Some(instance) = applicant.instance else { return role.into_iter().collect() };
    let release = old_release(policy, applicant.today, &organization.id, instance);
    role.into_iter().chain(release).chain(no_project_number(policy, &organization.id, instance)).collect()
}

fn missing_role(applicant: &Applicant<'_>, organization: &Organization) -> Option<IneligibleReason> {
    let (plan, needed) = applicant.plan?;
    let has = organization.member(applicant.requester).map(|member| member.roles.clone()).unwrap_or_default();
    if has.iter().any(|role| needed.contains(role)) {
        return None;
    }
    Some(IneligibleReason::Role {
        requester: applicant.requester.clone(),
        organization: organization.id.clone(),
        plan: plan.to_owned(),
        needed: needed.to_vec(),
        has,
        administrators: organization.people_with(OrganizationRole::OrgAdmin).cloned().collect(),
    })
}

/// Returns the problem of an unsupported release. Instances that the vendor hosts are exempt, because the vendor
/// updates them; so are instances without a release on file.
fn old_release(
    policy: &EligibilityPolicy,
    today: NaiveDate,
    organization: &str,
    instance: &Instance,
) -> Option<IneligibleReason> {
    let release = instance.release.as_deref().filter(|_| instance.hosting != Some(Hosting::Vendor))?;
    if !policy.releases || policy.supported.is_empty() {
        return None;
    }
    let is_named = |listed: &str| is_release(release, listed);
    let ended = policy.end_of_life.iter().find(|(listed, day)| is_named(listed) && **day <= today);
    if ended.is_none() && policy.supported.iter().any(|listed| is_named(listed)) {
        return None;
    }
    let is_supported = |listed: &&String| policy.end_of_life.get(*listed).is_none_or(|day| *day > today);
    Some(IneligibleReason::Release {
        organization: organization.to_owned(),
        instance: instance.id.clone(),
        release: release.to_owned(),
        since: ended.map(|(_, day)| *day),
        supported: policy.supported.iter().filter(is_supported).cloned().collect(),
    })
}

/// Returns true if a release is the named one or a patch of it: `26.18.4` is a patch of `26.18`, `26.181` is not.
fn is_release(release: &str, named: &str) -> bool {
    release.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn no_project_number(policy: &EligibilityPolicy, organization: &str, instance: &Instance) -> Option<IneligibleReason> {
    let is_missing = instance.edition == Some(Edition::Original) && instance.project_number.is_none();
    (policy.project_numbers && is_missing).then(|| IneligibleReason::ProjectNumber {
        organization: organization.to_owned(),
        instance: instance.id.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechSupportViewer, TechnicalContact};

    fn person(address: &str) -> Person {
        Person::from_address(address).expect("an address")
    }

    fn acme() -> Organization {
        Organization::of_people(
            "acme",
            &[
                ("editor@acme.example", &[TechSupportEditor]),
                ("viewer@acme.example", &[TechSupportViewer]),
                ("boss@acme.example", &[OrgAdmin]),
                ("admin@acme.example", &[Admin]),
                ("dev@acme.example", &[Developer]),
                ("contact@acme.example", &[TechnicalContact]),
            ],
        )
    }

    fn instance() -> Instance {
        let (edition, hosting) = (Some(Edition::Original), Some(Hosting::Customer));
        let (release, project_number) = (Some("26.18".to_owned()), Some("12".to_owned()));
        Instance { id: "main".to_owned(), edition, hosting, release, project_number }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn rules(
        policy: &EligibilityPolicy,
        address: &str,
        plan: &[OrganizationRole],
        instance: &Instance,
    ) -> Vec<&'static str> {
        let (acme, requester) = (acme(), person(address));
        let applicant = Applicant {
            requester: &requester,
            organization: Some(&acme),
            plan: Some(("plan", plan)),
            instance: Some(instance),
            today: day("2026-11-21"),
        };
        eligibility_problems(policy, &applicant).iter().map(IneligibleReason::rule).collect()
    }

    #[test]
    fn the_plan_in_force_decides_which_roles_may_open_tickets() {
        let policy = EligibilityPolicy::default();
        for (address, legacy, care) in [
            ("editor@acme.example", false, true),
            ("viewer@acme.example", false, false),
            ("boss@acme.example", false, false),
            ("admin@acme.example", true, false),
            ("DEV@acme.example", true, false),
            ("contact@acme.example", false, false),
            ("new@acme.example", false, false),
        ] {
            let may = |plan: &[OrganizationRole]| rules(&policy, address, plan, &instance()).is_empty();
            assert_eq!((may(&[Admin, Developer]), may(&[TechSupportEditor])), (legacy, care), "{address}");
        }
        let without_rule = EligibilityPolicy { roles: false, ..policy };
        assert!(rules(&without_rule, "new@acme.example", &[TechSupportEditor], &instance()).is_empty());
    }

    #[test]
    fn a_missing_role_lists_the_administrators() {
        let (acme, requester) = (acme(), person("dev@acme.example"));
        let plan = Some(("enhanced", &[TechSupportEditor][..]));
        let applicant = Applicant {
            requester: &requester,
            organization: Some(&acme),
            plan,
            instance: None,
            today: day("2026-11-21"),
        };
        let expected = IneligibleReason::Role {
            requester: requester.clone(),
            organization: "acme".to_owned(),
            plan: "enhanced".to_owned(),
            needed: vec![TechSupportEditor],
            has: vec![Developer],
            administrators: vec![person("boss@acme.example")],
        };
        assert_eq!(eligibility_problems(&EligibilityPolicy::default(), &applicant), [expected]);
    }

    #[test]
    fn the_release_must_be_supported_unless_the_vendor_hosts() {
        let end_of_life = BTreeMap::from([("26.14".to_owned(), day("2026-11-21"))]);
        let supported = ["26.18", "26.16", "26.14"].map(str::to_owned).to_vec();
        let policy = EligibilityPolicy { supported, end_of_life, ..EligibilityPolicy::default() };
        let (customer, vendor) = (Some(Hosting::Customer), Some(Hosting::Vendor));
        for (release, hosting, fits) in [
            (Some("26.18"), customer, true),
            (Some("26.18.7"), customer, true),
            (Some("26.181"), customer, false),
            (Some("26.14"), customer, false),
            (Some("26.14.2"), None, false),
            (Some("25.0"), None, false),
            (Some("25.0"), vendor, true),
            (None, customer, true),
        ] {
            let instance = Instance { release: release.map(str::to_owned), hosting, ..instance() };
            let expected: &[&str] = if fits { &[] } else { &["release"] };
            assert_eq!(rules(&policy, "editor@acme.example", &[TechSupportEditor], &instance), expected, "{release:?}");
            let without_rule = EligibilityPolicy { releases: false, ..policy.clone() };
            assert!(rules(&without_rule, "editor@acme.example", &[TechSupportEditor], &instance).is_empty());
            let without_releases = EligibilityPolicy::default();
            assert!(rules(&without_releases, "editor@acme.example", &[TechSupportEditor], &instance).is_empty());
        }
    }

    #[test]
    fn the_original_edition_needs_its_project_number() {
        let policy = EligibilityPolicy::default();
        let without = Instance { project_number: None, ..instance() };
        assert_eq!(rules(&policy, "editor@acme.example", &[TechSupportEditor], &without), ["project_number"]);
        assert_eq!(rules(&policy, "dev@acme.example", &[TechSupportEditor], &without), ["role", "project_number"]);
        let core = Instance { edition: Some(Edition::CloudCore), ..without.clone() };
        assert!(rules(&policy, "editor@acme.example", &[TechSupportEditor], &core).is_empty());
        let without_rule = EligibilityPolicy { project_numbers: false, ..policy };
        assert!(rules(&without_rule, "editor@acme.example", &[TechSupportEditor], &without).is_empty());
    }

    #[test]
    fn people_without_an_organization_may_open_tickets_if_the_policy_allows_it() {
        let requester = person("ida@northwind.example");
        let applicant = Applicant {
            requester: &requester,
            organization: None,
            plan: None,
            instance: None,
            today: day("2026-11-21"),
        };
        assert_eq!(eligibility_problems(&EligibilityPolicy::default(), &applicant), []);
        let strict = EligibilityPolicy { unknown_people: false, ..EligibilityPolicy::default() };
        assert_eq!(
            eligibility_problems(&strict, &applicant),
            [IneligibleReason::UnknownPerson { requester: requester.clone() }]
        );
    }
}
