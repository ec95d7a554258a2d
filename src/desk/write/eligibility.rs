//! Whether a ticket may be opened by what is on file about its requester: gathers that for [`crate::domain::people::eligibility_context`].
//!
//! Must not know what becomes of the answer.

use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::eligibility_context::{EligibilityContext, instance_of};
use crate::domain::people::person::Person;
use crate::domain::ticket::Header;
use crate::domain::ticket::action::{Action, HeaderField, OpenFields, Override};
use crate::domain::value::Value;
use crate::domain::vocabulary::Kind;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::{eligibility, sla};

use super::organization_access::check_access_request;
use crate::desk::Desk;

/// Judges a ticket about to be opened. Where an agent overrides the rules against it, their names go into the
/// opening; says whether there was nothing to override. Agents' own tickets are not judged.
///
/// # Errors
/// Policy or organisation cannot be read; inside, why the ticket may not be opened.
pub(crate) fn check_eligibility(desk: &Desk, opening: &mut OpenFields) -> Result<Result<bool, Refusal>, Error> {
    if opening.kind == Some(Kind::OrganizationAccess) {
        return Ok(check_access_request(desk, opening)?.map(|()| false));
    }
    let reason = opening.overridden.take().map(|overridden| overridden.reason);
    let found = match desk.config.team.has_agent(&opening.requester) {
        true => Ok(Vec::new()),
        false => eligibility_problems(desk, opening)?,
    };
    let mut against = match found {
        Ok(hurdles) => hurdles,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let rules: Vec<&str> = against.iter().map(IneligibleReason::rule).collect();
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
fn eligibility_problems(desk: &Desk, opening: &OpenFields) -> Result<Result<Vec<IneligibleReason>, Refusal>, Error> {
    let (rules, zone) = (desk.policy().settings(eligibility::read)?, desk.policy().zone()?);
    let named = opening.organization.as_deref();
    let organization = named.map(|name| desk.policy().organization_on_file(name)).transpose()?.flatten();
    if let (Some(given), None) = (named, &organization)
        && let Some(hurdle) = spared(desk, &opening.requester, given)?
    {
        return Ok(Ok(vec![hurdle]));
    }
    // Plans are nothing to people of no organisation: what is wrong with them does not stop their tickets.
    let (plans, desk_plan) = match organization {
        Some(_) => desk.policy().settings(sla::read).map(|policy| (policy.plans, policy.desk_plan))?,
        None => (Vec::new(), None),
    };
    let admission = EligibilityContext { rules, plans, desk_plan, zone };
    Ok(admission.check_eligibility(opening, organization.as_ref(), desk.environment.now))
}

/// What is against naming an organisation without a file: that the requester is of one whose rules count.
fn spared(desk: &Desk, requester: &Person, given: &str) -> Result<Option<IneligibleReason>, Error> {
    let theirs: Vec<String> = desk.policy().memberships(requester)?.organizations().map(str::to_owned).collect();
    let (requester, given) = (requester.clone(), given.to_owned());
    Ok((!theirs.is_empty()).then_some(IneligibleReason::UnknownOrganization {
        requester,
        given,
        organizations: theirs,
    }))
}

/// Judges facts about to be set by what is on file, as those a ticket opens with are: its organisation and its
/// instance.
///
/// # Errors
/// A file cannot be read; inside, what does not fit.
pub(crate) fn check_field_changes(desk: &Desk, header: &Header, action: &Action) -> Result<Result<(), Refusal>, Error> {
    let Action::Set { set, unset } = action else { return Ok(Ok(())) };
    let given = |wanted: &HeaderField| match set.iter().find(|(fact, _)| fact == wanted) {
        Some((_, Value::String(words))) => Some(words.as_str()),
        _ => None,
    };
    let (named, instance) = (given(&HeaderField::Organization), given(&HeaderField::Instance));
    if named.is_none() && instance.is_none() {
        return Ok(Ok(()));
    }
    let organization = named.or(header.organization.as_deref());
    let file = organization.map(|id| desk.policy().organization_on_file(id)).transpose()?.flatten();
    if let (Some(named), None) = (named, &file) {
        let requester = given(&HeaderField::Requester).and_then(|words| Person::from_name(words).ok());
        let requester = requester.as_ref().unwrap_or(&header.requester);
        let hurdle = spared(desk, requester, named)?;
        return Ok(hurdle.map_or(Ok(()), |hurdle| Err(Refusal::NotEligible(Box::new(hurdle)))));
    }
    // An instance that stays has to be one of the organisation that comes.
    let stays = header.instance.as_deref().filter(|_| named.is_some() && !unset.contains(&HeaderField::Instance));
    let (Some(file), Some(instance)) = (file, instance.or(stays)) else { return Ok(Ok(())) };
    Ok(instance_of(&file, Some(instance)).map(|_| ()))
}
