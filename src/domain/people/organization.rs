//! A customer organisation: who belongs to it, on which plan it is, and which instances it has (FORMAT,
//! organizations/ID.yaml). Must not know where its file lies, nor what its people may do with a ticket.

use chrono::NaiveDate;

use super::person::Person;
use crate::domain::id::Id;
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// A customer organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// The word tickets name it by; its file is named after it.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// Whole domains: whoever has an address at one belongs to the organisation, without any role.
    pub domains: Vec<String>,
    /// The language its people are written to.
    pub language: Option<String>,
    /// Its zone; an IANA name.
    pub time_zone: Option<String>,
    /// Its plans, one behind the other.
    pub plans: Vec<PlanPeriod>,
    /// What it runs.
    pub instances: Vec<Instance>,
    /// Its people.
    pub people: Vec<Member>,
}

/// A plan and the time it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPeriod {
    /// The plan's name in casebook.toml.
    pub plan: String,
    /// The first day; without one it has always been.
    pub from: Option<NaiveDate>,
    /// The renewal date, the first day it is no more.
    pub until: Option<NaiveDate>,
}

impl PlanPeriod {
    /// Whether it is in force on a day.
    pub fn is_in_force_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// Something the organisation runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The word tickets name it by.
    pub id: String,
    /// Which product it is.
    pub edition: Option<Edition>,
    /// Who runs it.
    pub hosting: Option<Hosting>,
    /// The release it has.
    pub release: Option<String>,
    /// The number of the cloud project it is billed to.
    pub project_number: Option<String>,
}

/// Somebody of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their address.
    pub email: Person,
    /// Other addresses of theirs.
    pub aliases: Vec<Person>,
    /// What they are called.
    pub name: Option<String>,
    /// What they are there, each role once.
    pub roles: Vec<OrganizationRole>,
    /// The ticket that granted them to read every ticket of the organisation.
    pub organization_access: Option<Id>,
}

impl Member {
    /// Somebody without any role.
    pub const fn new(email: Person) -> Self {
        Self { email, aliases: Vec::new(), name: None, roles: Vec::new(), organization_access: None }
    }

    /// Whether an address is theirs.
    pub fn is(&self, person: &Person) -> bool {
        self.email.same_address(person) || person.is_in(&self.aliases)
    }

    /// Whether more is known of them than an address and a name.
    fn has_standing(&self) -> bool {
        !self.roles.is_empty() || !self.aliases.is_empty() || self.organization_access.is_some()
    }
}

impl Member {
    /// Whether granted access counts: a technical contact's, or an administrator's.
    pub fn may_hold_access(&self) -> bool {
        [OrganizationRole::TechnicalContact, OrganizationRole::Admin].iter().any(|role| self.roles.contains(role))
    }
}

impl Organization {
    /// An organisation nothing is known of.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Whether a word can name an organisation, and its file on every system: small letters, digits, `-` and `_`.
    pub fn is_id(text: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with(['-', '_'])
    }

    /// Its entry for a person, whichever of their addresses it is.
    pub fn member(&self, person: &Person) -> Option<&Member> {
        self.people.iter().find(|member| member.is(person))
    }

    /// Whether the whole domain of an address is the organisation's.
    pub fn has_domain_of(&self, person: &Person) -> bool {
        self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(person.domain()))
    }

    /// Whether an address is of one of its domains; where none is named, of that of somebody it lists.
    pub fn is_home_of(&self, person: &Person) -> bool {
        let is_of = |listed: &Person| listed.domain().eq_ignore_ascii_case(person.domain());
        let by_people = || self.domains.is_empty() && self.people.iter().any(|member| is_of(&member.email));
        self.has_domain_of(person) || by_people()
    }

    /// The plan in force on a day.
    pub fn plan_on(&self, day: NaiveDate) -> Option<&str> {
        self.plans.iter().find(|period| period.is_in_force_on(day)).map(|period| period.plan.as_str())
    }

    /// Whether another version of it differs in support roles alone, and in who is listed only for one.
    pub fn differs_only_in_support_roles(&self, other: &Self) -> bool {
        self.without_support_roles() == other.without_support_roles()
    }

    fn without_support_roles(&self) -> Self {
        let mut rest = self.clone();
        rest.people.iter_mut().for_each(|member| member.roles.retain(|role| !role.is_support()));
        rest.people.retain(Member::has_standing);
        rest
    }
}

#[cfg(test)]
impl Organization {
    /// An organisation of some people with their roles, for tests.
    pub fn of_people(id: &str, people: &[(&str, &[OrganizationRole])]) -> Self {
        let member = |(address, roles): &(&str, &[OrganizationRole])| Member {
            roles: roles.to_vec(),
            ..Member::new(Person::from_address(address).expect("an address"))
        };
        Self { people: people.iter().map(member).collect(), ..Self::new(id) }
    }
}
