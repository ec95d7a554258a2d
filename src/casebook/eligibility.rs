//! Whether a ticket may be opened by what is on file about its requester: gathers that for [`crate::domain::eligibility`].
//!
//! Must not know what becomes of the answer.

use crate::domain::action::{Opening, Override};
use crate::domain::eligibility::{Asking, Hurdle, hurdles};
use crate::domain::organization::{Instance, Organization};
use crate::domain::transition::Refusal;
use crate::domain::words::Kind;
use crate::domain::zone::Zone;
use crate::error::Error;
use crate::store::{eligibility, policy};

use super::Casebook;

impl Casebook {
    /// Judges a ticket about to be opened. Where an agent overrides the rules against it, their names go into the
    /// opening; says whether there was nothing to override. Agents' own tickets are not judged.
    ///
    /// # Errors
    /// Policy or organisation cannot be read; inside, why the ticket may not be opened.
    pub(super) fn judge_opening(&self, opening: &mut Opening) -> Result<Result<bool, Refusal>, Error> {
        if opening.kind == Some(Kind::OrganizationAccess) {
            return Ok(self.judge_request(opening)?.map(|()| false));
        }
        let reason = opening.overridden.take().map(|overridden| overridden.reason);
        let found = match self.config.team.has_agent(&opening.requester) {
            true => Ok(Vec::new()),
            false => self.against(opening)?,
        };
        let mut against = match found {
            Ok(hurdles) => hurdles,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let rules: Vec<&str> = against.iter().map(Hurdle::rule).collect();
        match reason {
            Some(reason) if !against.is_empty() => {
                opening.overridden = Some(Override { rule: rules.join(", "), reason });
                Ok(Ok(false))
            }
            Some(_) => Ok(Ok(true)),
            None if against.is_empty() => Ok(Ok(false)),
            None => Ok(Err(Refusal::NotEligible(Box::new(against.swap_remove(0))))),
        }
    }

    /// What is against the ticket, by what is on file.
    fn against(&self, opening: &Opening) -> Result<Result<Vec<Hurdle>, Refusal>, Error> {
        let rules = self.settings(eligibility::read)?;
        let requester = &opening.requester;
        let on = |zone: &Zone| zone.local(self.world.now).date_naive();
        let Some(name) = opening.organization.as_deref() else {
            let today = on(&self.zone()?);
            return Ok(Ok(hurdles(
                &rules,
                &Asking { requester, organization: None, plan: None, instance: None, today },
            )));
        };
        // An organisation that an agent named and that has no file: nothing is on file about it.
        let Some(organization) = self.organization_on_file(name)? else { return Ok(Ok(Vec::new())) };
        let instance = match instance_of(&organization, opening.instance.as_deref()) {
            Ok(instance) => instance,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let written = self.settings(policy::read)?;
        // The reader of its file has looked the name up; one of a newer zone list counts as the desk's.
        let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
        let today = on(&zone.map_or_else(|| self.zone(), Ok)?);
        // Of an organisation without any plan on file nothing is known that could be held against its people.
        let desk_plan = written.desk_plan.as_deref().filter(|_| !organization.plans.is_empty());
        let plan = organization.plan_on(today).or(desk_plan);
        let plan = plan.and_then(|name| written.plans.iter().find(|plan| plan.name == name));
        let plan = plan.map(|plan| (plan.name.as_str(), plan.may_open.as_slice()));
        Ok(Ok(hurdles(&rules, &Asking { requester, organization: Some(&organization), plan, instance, today })))
    }
}

/// The instance a ticket is about: the one named, else the only one.
fn instance_of<'a>(organization: &'a Organization, named: Option<&str>) -> Result<Option<&'a Instance>, Refusal> {
    let unclear = || Refusal::WhichInstance {
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
