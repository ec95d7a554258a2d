//! Who may ask for support (seed 000, "who may access support"): whether anything is against a ticket that somebody
//! wants to open, by what is on file about them.
//!
//! Must not know files; whoever asks has looked up the organisation, the plan in force and the day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::organization::{Instance, Organization};
use super::person::Person;
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// What a desk asks of those who open tickets: `[eligibility]` and `[releases]` of casebook.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EligibilityPolicy {
    /// Whether people of no organisation may open tickets.
    pub unknown_people: bool,
    /// Whether the requester needs a role that the plan in force lets open tickets.
    pub roles: bool,
    /// Whether the instance has to run a supported release.
    pub releases: bool,
    /// Whether an instance of the original edition needs its project number.
    pub project_numbers: bool,
    /// The releases that are supported; where none is named, all are.
    pub supported: Vec<String>,
    /// The first day on which a release is supported no more.
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

/// Somebody who wants to open a ticket, and what is on file.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    /// The requester.
    pub requester: &'a Person,
    /// Their organisation; `None` for people of none.
    pub organization: Option<&'a Organization>,
    /// The plan in force, and the roles it lets open tickets.
    pub plan: Option<(&'a str, &'a [OrganizationRole])>,
    /// What the ticket is about.
    pub instance: Option<&'a Instance>,
    /// The day in the organisation's zone.
    pub today: NaiveDate,
}

/// A rule against opening the ticket, with what is on file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IneligibleReason {
    /// The desk works for its organisations' people alone.
    UnknownPerson {
        /// Who asks.
        requester: Person,
    },
    /// The ticket names an organisation without a file, and the requester is of one whose rules that would spare.
    UnknownOrganization {
        /// Who asks.
        requester: Person,
        /// The organisation named.
        given: String,
        /// Those they are of.
        theirs: Vec<String>,
    },
    /// The requester has no role that the plan lets open tickets.
    Role {
        /// Who asks.
        requester: Person,
        /// Their organisation.
        organization: String,
        /// The plan in force.
        plan: String,
        /// The roles that would do.
        needed: Vec<OrganizationRole>,
        /// The roles they have.
        has: Vec<OrganizationRole>,
        /// Who grants support roles there.
        administrators: Vec<Person>,
    },
    /// The instance runs a release that is not supported.
    Release {
        /// The organisation.
        organization: String,
        /// The instance.
        instance: String,
        /// The release on file.
        release: String,
        /// Since when it is not supported, where it once was.
        since: Option<NaiveDate>,
        /// Those that are.
        supported: Vec<String>,
    },
    /// The project number that leads from the instance to its plan is missing.
    ProjectNumber {
        /// The organisation.
        organization: String,
        /// The instance.
        instance: String,
    },
}

impl IneligibleReason {
    /// The rule's name, as an override records it.
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::UnknownPerson { .. } => "unknown_person",
            Self::UnknownOrganization { .. } => "unknown_organization",
            Self::Role { .. } => "role",
            Self::Release { .. } => "release",
            Self::ProjectNumber { .. } => "project_number",
        }
    }

    /// Whether it is about the person rather than about what the ticket is on.
    pub const fn is_personal(&self) -> bool {
        matches!(self, Self::UnknownPerson { .. } | Self::Role { .. })
    }
}

/// Everything against the ticket, the person first.
pub fn eligibility_problems(policy: &EligibilityPolicy, applicant: &Applicant<'_>) -> Vec<IneligibleReason> {
    let Some(organization) = applicant.organization else {
        let stranger = IneligibleReason::UnknownPerson { requester: applicant.requester.clone() };
        return if policy.unknown_people { Vec::new() } else { vec![stranger] };
    };
    let role = if policy.roles { missing_role(applicant, organization) } else { None };
    let instance = |check: fn(&EligibilityPolicy, &Applicant<'_>, &str, &Instance) -> Option<IneligibleReason>| {
        check(policy, applicant, &organization.id, applicant.instance?)
    };
    role.into_iter().chain(instance(old_release)).chain(instance(no_project_number)).collect()
}

fn missing_role(applicant: &Applicant<'_>, organization: &Organization) -> Option<IneligibleReason> {
    let (plan, needed) = applicant.plan?;
    let has = organization.member(applicant.requester).map(|member| member.roles.clone()).unwrap_or_default();
    if has.iter().any(|role| needed.contains(role)) {
        return None;
    }
    let administers = |roles: &[OrganizationRole]| roles.contains(&OrganizationRole::OrgAdmin);
    let administrators = organization.people.iter().filter(|member| administers(&member.roles));
    Some(IneligibleReason::Role {
        requester: applicant.requester.clone(),
        organization: organization.id.clone(),
        plan: plan.to_owned(),
        needed: needed.to_vec(),
        has,
        administrators: administrators.map(|member| member.email.clone()).collect(),
    })
}

/// What the vendor hosts is updated by the vendor, whatever is on file; a release nobody has written down is not
/// held against anybody.
fn old_release(
    policy: &EligibilityPolicy,
    applicant: &Applicant<'_>,
    organization: &str,
    instance: &Instance,
) -> Option<IneligibleReason> {
    let release = instance.release.as_deref().filter(|_| instance.hosting != Some(Hosting::Vendor))?;
    if !policy.releases || policy.supported.is_empty() {
        return None;
    }
    let is_named = |listed: &str| is_release(release, listed);
    let ended = policy.end_of_life.iter().find(|(listed, day)| is_named(listed) && **day <= applicant.today);
    if ended.is_none() && policy.supported.iter().any(|listed| is_named(listed)) {
        return None;
    }
    let lives = |listed: &&String| policy.end_of_life.get(*listed).is_none_or(|day| *day > applicant.today);
    Some(IneligibleReason::Release {
        organization: organization.to_owned(),
        instance: instance.id.clone(),
        release: release.to_owned(),
        since: ended.map(|(_, day)| *day),
        supported: policy.supported.iter().filter(lives).cloned().collect(),
    })
}

/// Whether a release is the named one, or a patch of it: `26.18.4` is `26.18`, `26.181` is not.
fn is_release(release: &str, named: &str) -> bool {
    release.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn no_project_number(
    policy: &EligibilityPolicy,
    _: &Applicant<'_>,
    organization: &str,
    instance: &Instance,
) -> Option<IneligibleReason> {
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
    fn the_plan_in_force_says_which_roles_may_open() {
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
        let lax = EligibilityPolicy { roles: false, ..policy };
        assert!(rules(&lax, "new@acme.example", &[TechSupportEditor], &instance()).is_empty());
    }

    #[test]
    fn a_missing_role_names_who_can_grant_it() {
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
    fn the_release_has_to_be_supported_where_the_customer_hosts() {
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
            let lax = EligibilityPolicy { releases: false, ..policy.clone() };
            assert!(rules(&lax, "editor@acme.example", &[TechSupportEditor], &instance).is_empty());
            let silent = EligibilityPolicy::default();
            assert!(rules(&silent, "editor@acme.example", &[TechSupportEditor], &instance).is_empty());
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
        let lax = EligibilityPolicy { project_numbers: false, ..policy };
        assert!(rules(&lax, "editor@acme.example", &[TechSupportEditor], &without).is_empty());
    }

    #[test]
    fn people_of_no_organization_may_where_policy_lets_them() {
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
