//! Customer organizations: their people, plans and instances (docs/format.md#organizationsacmeyaml).

use chrono::NaiveDate;

use super::person::Person;
use crate::domain::codec::record::record;
use crate::domain::id::Id;
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

record! {
    /// A customer organization.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Organization {
        /// The id, by which tickets name the organization; also the name of its file.
        pub id: String,
        /// The name.
        pub name: Option<String>,
        /// The email domains of the organization. Every person with an address at one of them is a member, without any
        /// role.
        pub domains: Vec<String>,
        /// The language for messages to its people.
        pub language: Option<String>,
        /// The time zone, an IANA name.
        pub time_zone: Option<String>,
        /// The plans, in the order of time.
        pub plans: Vec<PlanPeriod>,
        /// The instances.
        pub instances: Vec<Instance>,
        /// The people listed.
        pub people: Vec<Member>,
    }
}

record! {
    /// A plan and the period in which it is in force.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PlanPeriod {
        /// The name of the plan in casebook.toml.
        pub plan: String,
        /// The first day; `None` if the period has no start.
        pub from: Option<NaiveDate>,
        /// The day of renewal, which is the first day after the period; `None` if it has no end.
        pub until: Option<NaiveDate>,
    }
}

impl PlanPeriod {
    /// Returns true if the plan is in force on a day.
    pub fn is_in_force_on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

record! {
    /// An instance of the product.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Instance {
        /// The id, by which tickets name the instance.
        pub id: String,
        /// The edition of the product.
        pub edition: Option<Edition>,
        /// The side that hosts the instance.
        pub hosting: Option<Hosting>,
        /// The release.
        pub release: Option<String>,
        /// The number of the cloud project to which the instance is billed.
        pub project_number: Option<String>,
    }
}

record! {
    /// A person listed by an organization.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Member {
        /// The address.
        pub email: Person,
        /// The other addresses.
        pub aliases: Vec<Person>,
        /// The name.
        pub name: Option<String>,
        /// The roles, each once.
        pub roles: Vec<OrganizationRole>,
        /// The ticket that granted access to every ticket of the organization.
        pub organization_access: Option<Id>,
    }
}

impl Member {
    /// Returns a member without roles.
    pub const fn new(email: Person) -> Self {
        Self { email, aliases: Vec::new(), name: None, roles: Vec::new(), organization_access: None }
    }

    /// Returns true if the address, or an alias, is that of the person. Case is ignored.
    pub fn has_address(&self, person: &Person) -> bool {
        self.email.same_address(person) || person.is_in(&self.aliases)
    }

    /// Returns true if the entry has roles, aliases or granted access.
    fn has_other_facts(&self) -> bool {
        !self.roles.is_empty() || !self.aliases.is_empty() || self.organization_access.is_some()
    }

    /// Returns true if the member has a role.
    pub fn has_role(&self, role: OrganizationRole) -> bool {
        self.roles.contains(&role)
    }

    /// Returns true if granted access is valid for the roles of the member: technical contacts and administrators only.
    pub fn may_hold_access(&self) -> bool {
        self.has_role(OrganizationRole::TechnicalContact) || self.has_role(OrganizationRole::Admin)
    }
}

impl Organization {
    /// Returns an organization with an id only.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// Returns true if a text is a valid id: 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter
    /// or digit. Such an id is a valid file name on every system.
    pub fn is_id(text: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with(['-', '_'])
    }

    /// Returns the entry of a person, found by any of the person's addresses.
    pub fn member(&self, person: &Person) -> Option<&Member> {
        self.people.iter().find(|member| member.has_address(person))
    }

    /// Returns the addresses of the members who have a role.
    pub fn people_with(&self, role: OrganizationRole) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |member| member.has_role(role)).map(|member| &member.email)
    }

    /// Returns true if the domain of the address is one of the organization's.
    pub fn has_domain_of(&self, person: &Person) -> bool {
        self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(person.domain()))
    }

    /// Returns true if the address is at one of the organization's domains; if it has none, at the domain of one of its
    /// people.
    pub fn is_home_of(&self, person: &Person) -> bool {
        let is_of = |listed: &Person| listed.domain().eq_ignore_ascii_case(person.domain());
        let by_people = || self.domains.is_empty() && self.people.iter().any(|member| is_of(&member.email));
        self.has_domain_of(person) || by_people()
    }

    /// Returns the plan in force on a day.
    pub fn plan_on(&self, day: NaiveDate) -> Option<&str> {
        self.plans.iter().find(|period| period.is_in_force_on(day)).map(|period| period.plan.as_str())
    }

    /// Returns true if two versions differ only in support roles, and in people who are listed only for such a role.
    pub fn differs_only_in_support_roles(&self, other: &Self) -> bool {
        self.without_support_roles() == other.without_support_roles()
    }

    fn without_support_roles(&self) -> Self {
        let mut rest = self.clone();
        rest.people.iter_mut().for_each(|member| member.roles.retain(|role| !role.is_support()));
        rest.people.retain(Member::has_other_facts);
        rest
    }
}

#[cfg(test)]
impl Organization {
    /// Returns an organization of people with their roles.
    pub fn of_people(id: &str, people: &[(&str, &[OrganizationRole])]) -> Self {
        let member = |(address, roles): &(&str, &[OrganizationRole])| Member {
            roles: roles.to_vec(),
            ..Member::new(Person::from_address(address).expect("an address"))
        };
        Self { people: people.iter().map(member).collect(), ..Self::new(id) }
    }
}
