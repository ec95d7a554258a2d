//! The check of a new ticket against the eligibility rules at an instant.
//!
//! It finds the plan in force, the instance and the date for [`super::eligibility`]. Both the opening of a ticket and
//! the audit of openings use it.

use chrono::{DateTime, Utc};

use super::eligibility::{Applicant, EligibilityPolicy, IneligibleReason, eligibility_problems};
use super::organization::{Instance, Organization};
use crate::domain::sla::plan::{Plan, default_roles};
use crate::domain::ticket::OpenFields;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::OrganizationRole;
use crate::domain::workflow::Refusal;

/// The eligibility rules of a desk, with the plans that they depend on.
#[derive(Clone, Debug)]
pub struct EligibilityContext {
    /// The rules.
    pub rules: EligibilityPolicy,
    /// The plans of the desk.
    pub plans: Vec<Plan>,
    /// The plan of tickets whose organization has no plan in force on that day.
    pub desk_plan: Option<String>,
    /// The zone of the desk.
    pub zone: Zone,
}

impl EligibilityContext {
    /// Returns the rules that an opening violates at an instant (UTC).
    ///
    /// `organization` is the file of the organization. If the opening names an organization without a file, no rule
    /// applies to it here.
    ///
    /// # Errors
    ///
    /// Returns [`Refusal::UnclearInstance`] if the instance is unknown, or not named although there are several.
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
        // The reader of the file has validated the name. A zone of a newer zone database counts as the desk's.
        let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
        let today = day_in(zone.as_ref().unwrap_or(&self.zone));
        // Without any plan on file, no roles are known to be required.
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
    /// Returns the roles that may open tickets under a plan. A plan that the desk does not define has the default
    /// roles, so that a misspelled name does not turn the rule off.
    fn may_open(&self, plan: &str) -> &[OrganizationRole] {
        let candidate = self.plans.iter().find(|candidate| candidate.name == plan);
        candidate.map_or_else(|| default_roles(plan), |candidate| candidate.may_open.as_slice())
    }
}

/// Returns the instance of a ticket: the named one, else the only one of the organization. `None` if the organization
/// has no instances and none is named.
///
/// # Errors
///
/// Returns [`Refusal::UnclearInstance`] if the named instance does not exist, or if there are several and none is
/// named.
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
