//! The two customers of the example desk: one on a current plan, and one on an old plan until its renewal.

use chrono::{DateTime, Days, Utc};

use super::script::{ANA, BO, IDA};
use crate::desk::OrganizationCommand;
use crate::domain::people::organization::{Member, PlanPeriod};
use crate::domain::people::organization_change::{InstanceField, OrganizationChange};
use crate::domain::people::person::{ParseAddressError, Person};
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// The days from now until the old plan ends.
const RENEWAL: Days = Days::new(45);

/// Returns the commands that create them, with the renewal counted from `now`.
pub(super) fn organizations(now: DateTime<Utc>) -> Result<[OrganizationCommand; 2], ParseAddressError> {
    use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechSupportViewer, TechnicalContact};
    let renewal = now.date_naive().checked_add_days(RENEWAL);
    let always = |plan: &str| PlanPeriod { plan: plan.to_owned(), from: None, until: None };
    let acme = vec![
        OrganizationChange::Name(Some("Acme".to_owned())),
        domain_of(ANA),
        OrganizationChange::Plans(vec![always("enhanced")]),
        instance(InstanceField::Edition(Some(Edition::CloudCore))),
        instance(InstanceField::Hosting(Some(Hosting::Vendor))),
        member(ANA, &[TechSupportEditor, OrgAdmin])?,
        member(BO, &[TechSupportEditor])?,
        member("tina@acme.example", &[TechnicalContact])?,
        member("vic@acme.example", &[TechSupportViewer])?,
    ];
    let northwind = vec![
        OrganizationChange::Name(Some("Northwind".to_owned())),
        domain_of(IDA),
        OrganizationChange::TimeZone(Some("Europe/Paris".to_owned())),
        OrganizationChange::Plans(vec![
            PlanPeriod { until: renewal, ..always("looker") },
            PlanPeriod { from: renewal, ..always("standard") },
        ]),
        instance(InstanceField::Edition(Some(Edition::Original))),
        instance(InstanceField::Hosting(Some(Hosting::Customer))),
        instance(InstanceField::Release(Some("26.18".to_owned()))),
        instance(InstanceField::ProjectNumber(Some("415104041262".to_owned()))),
        member(IDA, &[Developer])?,
        member("max@northwind.example", &[Admin, OrgAdmin])?,
    ];
    let new = |id: &str, changes| OrganizationCommand { id: id.to_owned(), is_new: true, changes };
    Ok([new("acme", acme), new("northwind", northwind)])
}

fn domain_of(address: &str) -> OrganizationChange {
    OrganizationChange::Domains(address.split('@').skip(1).map(str::to_owned).collect())
}

fn instance(field: InstanceField) -> OrganizationChange {
    OrganizationChange::Instance("main".to_owned(), field)
}

fn member(address: &str, roles: &[OrganizationRole]) -> Result<OrganizationChange, ParseAddressError> {
    let email = Person::from_address(address)?;
    let roles = roles.to_vec();
    Ok(OrganizationChange::AddPerson(Member {
        email,
        aliases: Vec::new(),
        name: None,
        roles,
        organization_access: None,
    }))
}
