//! The changes of an organization's file, and the permission to make them.
//!
//! The reader of the file validates the result.

use super::membership::Memberships;
use super::organization::{Instance, Member, Organization, PlanPeriod};
use super::person::Person;
use super::team::Team;
use crate::domain::id::Id;
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// A change of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrganizationChange {
    /// A new name.
    Name(Option<String>),
    /// A new list of email domains.
    Domains(Vec<String>),
    /// A new language for messages to its people.
    Language(Option<String>),
    /// A new time zone.
    TimeZone(Option<String>),
    /// A new list of plans.
    Plans(Vec<PlanPeriod>),
    /// A new value of an instance's field. The instance is added if it does not exist.
    Instance(String, InstanceField),
    /// The removal of an instance.
    RemoveInstance(String),
    /// The addition of a person, or of roles and aliases to a listed person.
    AddPerson(Member),
    /// The grant of organization access by a ticket, or its revocation (`None`).
    Access(Person, Option<Id>),
    /// The removal of roles from a person, or of the person if no role is given.
    RemovePerson(Person, Vec<OrganizationRole>),
}

/// A field of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceField {
    /// The edition of the product.
    Edition(Option<Edition>),
    /// The side that hosts the instance.
    Hosting(Option<Hosting>),
    /// The release.
    Release(Option<String>),
    /// The number of the cloud project.
    ProjectNumber(Option<String>),
}

/// A reason why a person may not make a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeNotAllowed {
    /// Only agents create and change organizations, except for support roles.
    AgentsOnly,
    /// An administrator of the organization may grant and revoke only support roles.
    SupportRolesOnly,
    /// An administrator of the organization may not add a person at a domain of another organization.
    OtherDomain,
}

impl Organization {
    /// Applies the change. A change to the present state has no effect.
    pub fn apply(&mut self, change: &OrganizationChange) {
        match change {
            OrganizationChange::Name(name) => self.name.clone_from(name),
            OrganizationChange::Domains(domains) => self.domains.clone_from(domains),
            OrganizationChange::Language(language) => self.language.clone_from(language),
            OrganizationChange::TimeZone(zone) => self.time_zone.clone_from(zone),
            OrganizationChange::Plans(plans) => self.plans.clone_from(plans),
            OrganizationChange::Instance(id, field) => self.change_instance(id, field),
            OrganizationChange::RemoveInstance(id) => self.instances.retain(|instance| instance.id != *id),
            OrganizationChange::AddPerson(member) => self.add(member),
            OrganizationChange::RemovePerson(person, roles) => self.remove(person, roles),
            OrganizationChange::Access(person, ticket) => {
                let members = self.people.iter_mut().filter(|member| member.has_address(person));
                members.for_each(|member| member.organization_access = *ticket);
            }
        }
    }

    fn change_instance(&mut self, id: &str, field: &InstanceField) {
        let index = self.instances.iter().position(|instance| instance.id == id).unwrap_or_else(|| {
            let id = id.to_owned();
            self.instances.push(Instance { id, edition: None, hosting: None, release: None, project_number: None });
            self.instances.len() - 1
        });
        let instance = &mut self.instances[index];
        match field {
            InstanceField::Edition(edition) => instance.edition = *edition,
            InstanceField::Hosting(hosting) => instance.hosting = *hosting,
            InstanceField::Release(release) => instance.release.clone_from(release),
            InstanceField::ProjectNumber(number) => instance.project_number.clone_from(number),
        }
    }

    fn add(&mut self, new: &Member) {
        let Some(member) = self.people.iter_mut().find(|member| member.has_address(&new.email)) else {
            self.people.push(new.clone());
            return;
        };
        member.name = new.name.clone().or_else(|| member.name.take());
        let aliases = new.aliases.iter().filter(|alias| !member.has_address(alias)).cloned().collect::<Vec<_>>();
        member.aliases.extend(aliases);
        for role in &new.roles {
            if !member.roles.contains(role) {
                member.roles.push(*role);
            }
        }
    }

    fn remove(&mut self, person: &Person, roles: &[OrganizationRole]) {
        if roles.is_empty() {
            self.people.retain(|member| !member.has_address(person));
        }
        for member in self.people.iter_mut().filter(|member| member.has_address(person)) {
            member.roles.retain(|role| !roles.contains(role));
            // Access ends with the role for which it was granted. A later grant of the role does not restore it.
            if !member.may_hold_access() {
                member.organization_access = None;
            }
        }
    }
}

/// Checks whether a person may change an organization: agents may change everything, its own administrators only
/// support roles. `before` is `None` for a new organization.
///
/// # Errors
///
/// Returns the reason why not.
pub fn may_change(
    team: &Team,
    person: &Person,
    memberships: &Memberships,
    before: Option<&Organization>,
    after: &Organization,
) -> Result<(), ChangeNotAllowed> {
    if team.has_agent(person) {
        return Ok(());
    }
    let before = before.filter(|before| memberships.administers(&before.id)).ok_or(ChangeNotAllowed::AgentsOnly)?;
    if !before.differs_only_in_support_roles(after) {
        return Err(ChangeNotAllowed::SupportRolesOnly);
    }
    let is_known = |person: &Person| before.member(person).is_some() || before.is_home_of(person);
    let of_own = after.people.iter().all(|member| is_known(&member.email));
    if of_own { Ok(()) } else { Err(ChangeNotAllowed::OtherDomain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(address: &str) -> Person {
        Person::from_address(address).expect("an address")
    }

    fn with_roles(address: &str, roles: &[OrganizationRole]) -> Member {
        Member { roles: roles.to_vec(), ..Member::new(person(address)) }
    }

    #[test]
    fn an_administrator_may_change_only_support_roles() {
        use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechSupportViewer};
        let mut acme = Organization::new("acme");
        acme.people = vec![with_roles("olga@acme.example", &[OrgAdmin]), with_roles("dev@acme.example", &[Developer])];
        let team = Team { agents: vec![person("kenji@desk.example")], managers: Vec::new(), ..Team::default() };
        let outcome = |actor: &str, change: &OrganizationChange| {
            let mut after = acme.clone();
            after.apply(change);
            let actor = person(actor);
            may_change(&team, &actor, &Memberships::of(&actor, [&acme]), Some(&acme), &after)
        };
        let add = |address: &str, roles: &[OrganizationRole]| OrganizationChange::AddPerson(with_roles(address, roles));
        let alias = Member { aliases: vec![person("al@other.example")], ..Member::new(person("olga@acme.example")) };
        for (change, allowed) in [
            (add("ana@acme.example", &[TechSupportEditor]), true),
            (add("dev@acme.example", &[TechSupportViewer]), true),
            (OrganizationChange::RemovePerson(person("dev@acme.example"), vec![TechSupportEditor]), true),
            (add("ana@acme.example", &[Admin]), false),
            (add("olga@acme.example", &[Admin]), false),
            (OrganizationChange::RemovePerson(person("dev@acme.example"), Vec::new()), false),
            (OrganizationChange::RemovePerson(person("olga@acme.example"), vec![OrgAdmin]), false),
            (OrganizationChange::AddPerson(alias), false),
            (OrganizationChange::Domains(vec!["other.example".to_owned()]), false),
        ] {
            let expected = if allowed { Ok(()) } else { Err(ChangeNotAllowed::SupportRolesOnly) };
            assert_eq!(outcome("olga@acme.example", &change), expected, "{change:?}");
            assert_eq!(outcome("kenji@desk.example", &change), Ok(()), "{change:?}");
            assert_eq!(outcome("dev@acme.example", &change), Err(ChangeNotAllowed::AgentsOnly), "{change:?}");
        }
        let olga = person("olga@acme.example");
        let new = Organization::new("acme");
        assert_eq!(
            may_change(&team, &olga, &Memberships::of(&olga, [&acme]), None, &new),
            Err(ChangeNotAllowed::AgentsOnly)
        );
    }
}
