//! The two customers of the example desk: one on a plan of today, one on the old plan until it is renewed.

use chrono::{DateTime, Days, Utc};

use super::script::{ANA, BO, IDA};
use crate::desk::Amending;
use crate::domain::people::organization::{Member, PlanPeriod};
use crate::domain::people::organization_change::{Amendment, InstanceFact};
use crate::domain::people::person::{NoAddress, Person};
use crate::domain::vocabulary::{Edition, Hosting, OrganizationRole};

/// In how many days the old plan ends.
const RENEWAL: Days = Days::new(45);

/// Their files, as of a day.
pub(super) fn organizations(now: DateTime<Utc>) -> Result<[Amending; 2], NoAddress> {
    use OrganizationRole::{Admin, Developer, OrgAdmin, TechSupportEditor, TechSupportViewer, TechnicalContact};
    let renewal = now.date_naive().checked_add_days(RENEWAL);
    let always = |plan: &str| PlanPeriod { plan: plan.to_owned(), from: None, until: None };
    let acme = vec![
        Amendment::Name(Some("Acme".to_owned())),
        domain_of(ANA),
        Amendment::Plans(vec![always("enhanced")]),
        instance(InstanceFact::Edition(Some(Edition::CloudCore))),
        instance(InstanceFact::Hosting(Some(Hosting::Vendor))),
        member(ANA, &[TechSupportEditor, OrgAdmin])?,
        member(BO, &[TechSupportEditor])?,
        member("tina@acme.example", &[TechnicalContact])?,
        member("vic@acme.example", &[TechSupportViewer])?,
    ];
    let northwind = vec![
        Amendment::Name(Some("Northwind".to_owned())),
        domain_of(IDA),
        Amendment::TimeZone(Some("Europe/Paris".to_owned())),
        Amendment::Plans(vec![
            PlanPeriod { until: renewal, ..always("looker") },
            PlanPeriod { from: renewal, ..always("standard") },
        ]),
        instance(InstanceFact::Edition(Some(Edition::Original))),
        instance(InstanceFact::Hosting(Some(Hosting::Customer))),
        instance(InstanceFact::Release(Some("26.18".to_owned()))),
        instance(InstanceFact::ProjectNumber(Some("415104041262".to_owned()))),
        member(IDA, &[Developer])?,
        member("max@northwind.example", &[Admin, OrgAdmin])?,
    ];
    let new = |id: &str, amendments| Amending { id: id.to_owned(), is_new: true, amendments };
    Ok([new("acme", acme), new("northwind", northwind)])
}

fn domain_of(address: &str) -> Amendment {
    Amendment::Domains(address.split('@').skip(1).map(str::to_owned).collect())
}

fn instance(fact: InstanceFact) -> Amendment {
    Amendment::Instance("main".to_owned(), fact)
}

fn member(address: &str, roles: &[OrganizationRole]) -> Result<Amendment, NoAddress> {
    let email = Person::from_address(address)?;
    let roles = roles.to_vec();
    Ok(Amendment::Add(Member { email, aliases: Vec::new(), name: None, roles, organization_access: None }))
}
