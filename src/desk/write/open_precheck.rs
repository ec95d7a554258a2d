//! The check of a new ticket before its subject and text are typed, so that a ticket that will be refused is refused
//! before. Opening the ticket checks everything again.

use crate::domain::people::organization::Instance;
use crate::domain::people::person::Person;
use crate::domain::ticket::OpenFields;
use crate::domain::workflow;
use crate::domain::workflow::Refusal;
use crate::error::Error;

use super::eligibility::check_eligibility;
use super::open::organization_of_opening;
use super::transaction::opening_refused;
use crate::desk::Desk;

/// Returns the instances of which the new ticket must name one; none if it needs no instance or names one.
///
/// # Errors
/// The ticket will be refused whatever its text is: the actor may not open it, the organization is not the requester's,
/// or `[eligibility]` refuses the requester or the named instance. Or a file cannot be read.
pub fn precheck_opening(desk: &Desk, opening: &OpenFields, actor: &Person) -> Result<Vec<Instance>, Error> {
    let role = desk.config.team.role(actor, None);
    workflow::may_open(role, actor, opening).map_err(opening_refused)?;
    let organization = organization_of_opening(desk, opening, role)?;
    let mut opening = OpenFields { organization, ..opening.clone() };
    let instances = instances_to_choose(desk, &opening)?;
    // A rule about the person applies to every instance; a rule about an instance is checked when one is chosen.
    opening.instance = opening.instance.or_else(|| instances.first().map(|instance| instance.id.clone()));
    match check_eligibility(desk, &mut opening) {
        Err(Error::Refused { refusal: Refusal::NotEligible(reason), .. })
            if !instances.is_empty() && !reason.is_personal() => {}
        checked => _ = checked?,
    }
    Ok(instances)
}

/// Returns the instances of the ticket's organization if there are several and none is named.
fn instances_to_choose(desk: &Desk, opening: &OpenFields) -> Result<Vec<Instance>, Error> {
    let named = opening.organization.as_deref().filter(|_| opening.instance.is_none());
    let organization = named.map(|name| desk.policy().organization_on_file(name)).transpose()?.flatten();
    let instances = organization.map(|organization| organization.instances).unwrap_or_default();
    Ok(if instances.len() > 1 && !desk.config.team.has_agent(&opening.requester) { instances } else { Vec::new() })
}
