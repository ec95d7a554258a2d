//! What can be said of a ticket before it has a subject and words, so that nobody types what is refused in the end.
//!
//! Promises nothing: opening it asks everything again.

use crate::domain::people::organization::Instance;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::OpenFields;
use crate::domain::workflow;
use crate::domain::workflow::Refusal;
use crate::error::Error;

use super::eligibility::check_eligibility;
use super::open::organization_of_opening;
use crate::desk::Desk;

/// The instances of which a ticket about to be opened still has to name one; none where nothing is left to say.
///
/// # Errors
/// As opening it will be refused whatever its words are: who may open it, of which organisation it is, and what
/// `[eligibility]` asks of the requester and of an instance that is named. Policy or organisation cannot be read.
pub fn precheck_opening(desk: &Desk, opening: &OpenFields, by: &Person) -> Result<Vec<Instance>, Error> {
    let refused = |refusal| Error::Refused { ticket: None, action: "open".to_owned(), refusal };
    let role = desk.config.team.role(by, None);
    workflow::may_open(role, by, opening).map_err(refused)?;
    let organization = organization_of_opening(desk, opening, role)?.map_err(refused)?;
    let mut opening = OpenFields { organization, ..opening.clone() };
    let instances = instances_to_choose(desk, &opening)?;
    // A rule about the person holds whichever instance it is; one about an instance, when it is chosen.
    opening.instance = opening.instance.or_else(|| instances.first().map(|instance| instance.id.clone()));
    match check_eligibility(desk, &mut opening)? {
        Err(Refusal::NotEligible(hurdle)) if !instances.is_empty() && !hurdle.is_personal() => Ok(instances),
        Err(refusal) => Err(refused(refusal)),
        Ok(_) => Ok(instances),
    }
}

/// The instances of the ticket's organisation, where there are several and none of them is named.
fn instances_to_choose(desk: &Desk, opening: &OpenFields) -> Result<Vec<Instance>, Error> {
    let named = opening.organization.as_deref().filter(|_| opening.instance.is_none());
    let organization = named.map(|name| desk.policy().organization_on_file(name)).transpose()?.flatten();
    let instances = organization.map(|organization| organization.instances).unwrap_or_default();
    Ok(if instances.len() > 1 && !desk.config.team.has_agent(&opening.requester) { instances } else { Vec::new() })
}
