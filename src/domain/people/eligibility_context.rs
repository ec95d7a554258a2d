//! Whether a ticket may be opened, by what is on file at an instant: finds the plan in force, the instance and the day
//! for [`super::eligibility`].
//!
//! Asked where a ticket is opened, and again where somebody proves what others have opened. Must not know files.

use chrono::{DateTime, Utc};

use super::eligibility::{Applicant, EligibilityPolicy, IneligibleReason, eligibility_problems};
use super::organization::{Instance, Organization};
use crate::domain::sla::plan::{Plan, default_roles};
use crate::domain::ticket::action::OpenFields;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::OrganizationRole;
use crate::domain::workflow::Refusal;

/// What a desk asks of those who open tickets, with the plans it goes by.
#[derive(Clone, Debug)]
pub struct EligibilityContext {
    /// The rules.
    pub rules: EligibilityPolicy,
    /// The plans, by name.
    pub plans: Vec<Plan>,
    /// The plan of tickets without an organisation, and of those whose organisation has none that day.
    pub desk_plan: Option<String>,
    /// The zone of the desk's days.
    pub zone: Zone,
}

impl EligibilityContext {
    /// Everything against a ticket at an instant. `organization` is what is on file about the one it is of; where it
    /// names one that has no file, nothing is known that could be held against its people.
    ///
    /// # Errors
    /// The organisation has several instances, and none of them is named.
    pub fn check_eligibility(
        &self,
        opening: &OpenFields,
        organization: Option<&Organization>,
        at: DateTime<Utc>,
    ) -> Result<Vec<IneligibleReason>, Refusal> {
        let (requester, day_in) = (&opening.requester, |zone: &Zone| zone.local(at).date_naive());
        if opening.organization.is_none() && organization.is_none() {
            let today = day_in(&self.zone);
            return Ok(eligibility_problems(
                &self.rules,
                &Applicant { requester, organization: None, plan: None, instance: None, today },
            ));
        }
        let Some(organization) = organization else { return Ok(Vec::new()) };
        let instance = instance_of(organization, opening.instance.as_deref())?;
        // The reader of its file has looked the name up; one of a newer zone list counts as the desk's.
        let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
        let today = day_in(zone.as_ref().unwrap_or(&self.zone));
        // Of an organisation without any plan on file nothing is known that could be held against its people.
        let desk_plan = self.desk_plan.as_deref().filter(|_| !organization.plans.is_empty());
        let plan = organization.plan_on(today).or(desk_plan);
        let plan = plan.map(|name| (name, self.may_open(name)));
        Ok(eligibility_problems(
            &self.rules,
            &Applicant { requester, organization: Some(organization), plan, instance, today },
        ))
    }
}

impl EligibilityContext {
    /// The roles that a plan lets open tickets. One the desk does not have turns no rule off: it is a misspelt one.
    fn may_open(&self, plan: &str) -> &[OrganizationRole] {
        let candidate = self.plans.iter().find(|candidate| candidate.name == plan);
        candidate.map_or_else(|| default_roles(plan), |candidate| candidate.may_open.as_slice())
    }
}

/// The instance a ticket is about: the one named, else the only one.
///
/// # Errors
/// [`Refusal::UnclearInstance`].
pub fn instance_of<'a>(organization: &'a Organization, named: Option<&str>) -> Result<Option<&'a Instance>, Refusal> {
    let unclear = || Refusal::UnclearInstance {
        given: named.map(str::to_owned),
        organization: organization.id.clone(),
        known: organization.instances.iter().map(|instance| instance.id.clone()).collect(),
    };
    match (named, organization.instances.as_slice()) {
        (Some(named), instances) => {
            instances.iter().find(|instance| instance.id == named).map(Some).ok_or_else(unclear)
        }
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, _) => Err(unclear()),
    }
}
