//! Whether a ticket may be opened by what is on file about its requester: gathers that for [`crate::domain::admission`].
//!
//! Must not know what becomes of the answer.

use crate::domain::action::{Opening, Override};
use crate::domain::admission::Admission;
use crate::domain::eligibility::Hurdle;
use crate::domain::transition::Refusal;
use crate::domain::words::Kind;
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
        let (rules, zone) = (self.settings(eligibility::read)?, self.zone()?);
        let named = opening.organization.as_deref();
        let organization = named.map(|name| self.organization_on_file(name)).transpose()?.flatten();
        // Plans are nothing to people of no organisation: what is wrong with them does not stop their tickets.
        let (plans, desk_plan) = match organization {
            Some(_) => self.settings(policy::read).map(|policy| (policy.plans, policy.desk_plan))?,
            None => (Vec::new(), None),
        };
        let admission = Admission { rules, plans, desk_plan, zone };
        Ok(admission.against(opening, organization.as_ref(), self.world.now))
    }
}
