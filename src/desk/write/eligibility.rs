//! Eligibility of new tickets: reads the organization and the rules for [`crate::domain::people::eligibility_context`]
//! (docs/decisions/0011-organizations.md).

use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::eligibility_context::{EligibilityContext, instance_of};
use crate::domain::people::person::Person;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::ticket::{OpenFields, Override};
use crate::domain::value::Value;
use crate::domain::vocabulary::Kind;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::config::plans::DeskPlans;

use super::organization_access::check_access_request;
use super::transaction::{opening_refused, refused};
use crate::desk::Desk;

/// Checks the eligibility of a new ticket. If an agent overrides rules that refuse it, their names are written into the
/// opening. Returns whether there was nothing to override. A ticket whose requester is an agent is always eligible.
///
/// # Errors
/// The ticket is refused, or the settings or the organization cannot be read.
pub(crate) fn check_eligibility(desk: &Desk, opening: &mut OpenFields) -> Result<bool, Error> {
    if opening.kind == Some(Kind::OrganizationAccess) {
        return check_access_request(desk, opening).map(|()| false);
    }
    let override_reason = opening.overridden.take().map(|overridden| overridden.reason);
    let is_agent = desk.config.team.has_agent(&opening.requester);
    let mut reasons = if is_agent { Vec::new() } else { eligibility_problems(desk, opening)? };
    let rules: Vec<&str> = reasons.iter().map(IneligibleReason::rule).collect();
    match override_reason {
        Some(reason) if !reasons.is_empty() => {
            opening.overridden = Some(Override { rule: rules.join(", "), reason });
            Ok(false)
        }
        Some(_) => Ok(true),
        None if reasons.is_empty() => Ok(false),
        None => Err(opening_refused(Refusal::NotEligible(Box::new(reasons.swap_remove(0))))),
    }
}

/// Returns the reasons why a new ticket is not eligible, by the file of its organization.
fn eligibility_problems(desk: &Desk, opening: &OpenFields) -> Result<Vec<IneligibleReason>, Error> {
    let (rules, zone) = (desk.policy().settings(Settings::eligibility)?.clone(), desk.policy().zone()?);
    let named = opening.organization.as_deref();
    let organization = named.map(|name| desk.policy().organization_on_file(name)).transpose()?.flatten();
    if let (Some(given), None) = (named, &organization)
        && let Some(reason) = unknown_organization(desk, &opening.requester, given)?
    {
        return Ok(vec![reason]);
    }
    // Without an organization plans decide nothing, so that invalid plans do not stop the ticket.
    let DeskPlans { plans, desk_plan } = match organization {
        Some(_) => desk.policy().settings(Settings::plans)?.clone(),
        None => DeskPlans::default(),
    };
    let context = EligibilityContext { rules, plans, desk_plan, zone };
    context.check_eligibility(opening, organization.as_ref(), desk.environment.now).map_err(opening_refused)
}

/// Returns the reason against an organization without a file: the requester belongs to another one, whose rules apply.
fn unknown_organization(desk: &Desk, requester: &Person, given: &str) -> Result<Option<IneligibleReason>, Error> {
    let memberships = desk.policy().memberships(requester)?;
    let organizations: Vec<String> = memberships.organizations().map(str::to_owned).collect();
    let (is_member, requester, given) = (!organizations.is_empty(), requester.clone(), given.to_owned());
    Ok(is_member.then_some(IneligibleReason::UnknownOrganization { requester, given, organizations }))
}

/// Checks the organization and the instance that an action sets on a ticket, as for a new ticket.
///
/// # Errors
/// The change is refused, or a file cannot be read.
pub(crate) fn check_field_changes(desk: &Desk, ticket: &Ticket, action: &Action) -> Result<(), Error> {
    let Action::Set { set, unset } = action else { return Ok(()) };
    let header = &ticket.header;
    let given = |field: &HeaderField| match set.iter().find(|(name, _)| name == field) {
        Some((_, Value::String(text))) => Some(text.as_str()),
        _ => None,
    };
    let refuse = |refusal| refused(ticket.id, action, refusal);
    let (named, instance) = (given(&HeaderField::ORGANIZATION), given(&HeaderField::INSTANCE));
    if named.is_none() && instance.is_none() {
        return Ok(());
    }
    let organization = named.or(header.organization.as_deref());
    let file = organization.map(|id| desk.policy().organization_on_file(id)).transpose()?.flatten();
    if let (Some(named), None) = (named, &file) {
        let requester = given(&HeaderField::REQUESTER).and_then(|name| Person::from_name(name).ok());
        let requester = requester.as_ref().unwrap_or(&header.requester);
        let reason = unknown_organization(desk, requester, named)?;
        return reason.map_or(Ok(()), |reason| Err(refuse(Refusal::NotEligible(Box::new(reason)))));
    }
    // An instance that stays must belong to the new organization.
    let stays = header.instance.as_deref().filter(|_| named.is_some() && !unset.contains(&HeaderField::INSTANCE));
    let (Some(file), Some(instance)) = (file, instance.or(stays)) else { return Ok(()) };
    instance_of(&file, Some(instance)).map(|_| ()).map_err(refuse)
}
