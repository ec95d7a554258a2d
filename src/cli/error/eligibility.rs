//! The sentences of refusals by the records of an organization: eligibility, instances, and organization access.

use crate::domain::people::eligibility::IneligibleReason;
use crate::domain::people::organization_access::AccessRefusal;
use crate::domain::people::person::Person;
use crate::domain::vocabulary::OrganizationRole;
use crate::store::short_id::short_suffix;

/// Returns the message and hint for a requester who may not open a ticket: the rule, the facts on file, and the person
/// who can change them.
pub(super) fn ineligible(cannot: &str, is_opening: bool, reason: &IneligibleReason) -> (String, String) {
    let override_hint = "an agent may open it anyway: `casebook open --override REASON`";
    match reason {
        IneligibleReason::UnknownPerson { requester } => (
            format!(
                "{cannot}: {requester} belongs to no known organization, and `[eligibility] unknown_people` is \"refuse\""
            ),
            format!("an agent adds the person: `casebook org person add ORG {requester}`; {override_hint}"),
        ),
        IneligibleReason::UnknownOrganization { requester, given, organizations } => {
            let override_hint = if is_opening { format!("; {override_hint}") } else { String::new() };
            (
                format!(
                    "{cannot}: organization `{given}` has no file here, and {requester} belongs to {}",
                    organizations.join(", ")
                ),
                format!("name that organization, or make the file: `casebook org new {given}`{override_hint}"),
            )
        }
        IneligibleReason::Role { requester, organization, plan, needed, has, administrators } => {
            let list = |roles: &[OrganizationRole], join: &str| match roles {
                [] => "none".to_owned(),
                roles => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(join),
            };
            // Administrators may grant support roles only.
            let grantor = match administrators.as_slice() {
                [_, ..] if needed.iter().any(|role| role.is_support()) => {
                    administrators.iter().map(Person::as_str).collect::<Vec<_>>().join(" or ")
                }
                _ => "an agent".to_owned(),
            };
            let role = needed.first().map_or("ROLE", |role| role.as_str());
            (
                format!(
                    "{cannot}: the plan `{plan}` of organization {organization} requires a role of {}, and the roles of {requester} are: {}",
                    list(needed, " or "),
                    list(has, ", "),
                ),
                format!(
                    "{grantor} grants it: `casebook org person add {organization} {requester} --role {role}`; {override_hint}"
                ),
            )
        }
        IneligibleReason::Release { organization, instance, release, since, supported } => (
            format!(
                "{cannot}: the instance `{instance}` of organization {organization} runs release {release}, which {}; supported: {}",
                since
                    .map_or_else(|| "is not supported".to_owned(), |day| format!("has not been supported since {day}")),
                supported.join(", "),
            ),
            format!(
                "update the instance; then an agent records it: `casebook org set {organization} instances.{instance}.release=RELEASE`; {override_hint}"
            ),
        ),
        IneligibleReason::ProjectNumber { organization, instance } => (
            format!(
                "{cannot}: the instance `{instance}` of organization {organization} has no project number on file, which is needed to find its plan"
            ),
            format!(
                "its administrator finds the number in the general settings; an agent records it: `casebook org set {organization} instances.{instance}.project_number=NUMBER`; {override_hint}"
            ),
        ),
    }
}

/// Returns the message and hint for organization access that cannot be requested, granted or revoked.
pub(super) fn no_access(name: &str, cannot: &str, refusal: &AccessRefusal) -> (String, String) {
    let list = |contacts: &[Person]| match contacts {
        [] => "none".to_owned(),
        people => people.iter().map(Person::as_str).collect::<Vec<_>>().join(", "),
    };
    match refusal {
        AccessRefusal::NoOrganization => (
            format!("{cannot}: the requester belongs to no known organization"),
            "an agent adds the person: `casebook org person add ORG ADDRESS --role technical_contact`".to_owned(),
        ),
        AccessRefusal::RoleMissing { requester, organization, contacts } => (
            format!(
                "{cannot}: {requester} is neither a technical contact nor an administrator of organization {organization}"
            ),
            format!("its technical contacts may request access: {}", list(contacts)),
        ),
        AccessRefusal::NotApproved { by, organization, contacts } => (
            by.as_ref().map_or_else(
                || format!("{cannot}: an administrator needs the approval of a technical contact"),
                |by| format!("{cannot}: {by} is not a technical contact of organization {organization}"),
            ),
            format!("name the person who approved it with --approved-by; technical contacts: {}", list(contacts)),
        ),
        AccessRefusal::HasAccess { ticket } => (
            format!("{cannot}: {} granted it already", short_suffix(*ticket)),
            "`casebook access list` shows all access".to_owned(),
        ),
        AccessRefusal::NotAnAccessRequest => (
            format!("{cannot}: {name} does not request organization access"),
            format!("`casebook show {name}` shows the ticket; `casebook access list` shows requests"),
        ),
        AccessRefusal::NoAccess { person, organization } => (
            format!("{cannot}: {person} has none to organization {organization}"),
            "`casebook access list` shows all access".to_owned(),
        ),
    }
}

/// Returns the message and hint for a ticket whose instance is missing or unknown.
pub(super) fn which_instance(
    cannot: &str,
    is_set: bool,
    given: Option<&str>,
    organization: &str,
    known: &[String],
) -> (String, String) {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let message = given.map_or_else(
        || format!("{cannot}: organization {organization} has several instances: {known}"),
        |given| format!("{cannot}: organization {organization} has no instance `{given}`; on file: {known}"),
    );
    let flag = if is_set { "instance=INSTANCE" } else { "--instance INSTANCE" };
    (message, format!("name the instance of the ticket with {flag}"))
}
