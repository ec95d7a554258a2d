//! The evaluation of an entry by the workflow: a command could have made it on the ticket as it was.
//!
//! An entry that an earlier version of the ticket allowed is concurrent: it was made on another clone.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::domain::id::Id;
use crate::domain::people::eligibility_context::EligibilityContext;
use crate::domain::people::membership::Memberships;
use crate::domain::people::organization::Organization;
use crate::domain::people::organization_access::{AccessRefusal, may_have_access};
use crate::domain::people::person::Person;
use crate::domain::people::role::TicketRole;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{Kind, Priority, Role, Status};
use crate::domain::workflow::{Decision, DecisionContext, PolicyContext, Refusal, Request, decide, may_open};

/// The maximum number of earlier versions of a ticket to try.
const MAX_EARLIER_VERSIONS: usize = 256;

/// The policy for the evaluation of an entry, as it was before the entry.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicy<'a> {
    /// The support team.
    pub team: &'a Team,
    /// The follow-up policy.
    pub follow_up: &'a FollowUpPolicy,
    /// The eligibility rules; `None` if they could not be read.
    pub eligibility: Option<&'a EligibilityContext>,
    /// The organizations of the desk; may be empty if [`needs_organizations`] returns false.
    pub organizations: &'a [Arc<Organization>],
}

impl AuditPolicy<'_> {
    /// Returns the memberships of a person.
    fn memberships(&self, person: &Person) -> Memberships {
        Memberships::of(person, self.organizations.iter().map(Arc::as_ref))
    }

    /// Returns true if a person may see a ticket.
    pub fn shows(&self, ticket: &Ticket, person: &Person) -> bool {
        self.team.role_with(person, &self.memberships(person), Some(&ticket.header)).sees()
    }
}

/// Returns true if the verdict on an entry depends on organizations: the actor is a customer who does not take part in
/// the ticket, or who does what only an editor may do. `before` is `None` for an opening.
pub fn needs_organizations(before: Option<&Ticket>, entry: &Entry) -> bool {
    entry.role == Role::Customer
        && match (&entry.action, before) {
            (Action::Open(_) | Action::Set { .. } | Action::Cc { .. } | Action::Prioritize { .. }, _) => true,
            (_, Some(ticket)) => !Team::default().role(&entry.by, Some(&ticket.header)).sees(),
            _ => false,
        }
}

/// The facts about the other ticket of an entry that concerns two tickets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counterpart<'a> {
    /// The target of a merge, as it was before.
    pub target: Option<&'a Ticket>,
    /// True if the commit added the corresponding entry to the other ticket.
    pub has_counterpart: bool,
    /// True if the actor may see the merged ticket to which a reply was addressed.
    pub sees_source: bool,
    /// True if the entry moves a reply of the same person from the merged ticket, where it was evaluated, to the
    /// target.
    pub is_moved_reply: bool,
}

/// A verdict on an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// A command can make the entry.
    Permitted,
    /// The entry on the other ticket is missing. Otherwise a command can make this one.
    CounterpartMissing,
    /// The entry does not fit the history before it, but fits an earlier version of the ticket, which ends with the
    /// entry of this id.
    Concurrent(Id),
    /// No command can make the entry.
    NotPermitted(NotPermitted),
}

/// A reason why no command can make an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum NotPermitted {
    /// The workflow refuses it.
    Refused(Refusal),
    /// The actor is not an agent.
    NotAnAgent,
    /// The entry recorded another status before the action than the ticket had.
    WrongFrom {
        /// The status in the entry.
        recorded: Option<Status>,
        /// The status of the ticket.
        actual: Option<Status>,
    },
    /// The entry recorded another status after the action than the action leads to.
    WrongTo {
        /// The status in the entry.
        recorded: Option<Status>,
        /// The status to which the action leads.
        expected: Option<Status>,
    },
    /// The entry solves the ticket as agreed without the person who agreed.
    AgreerMissing,
    /// The entry recorded another previous priority than the ticket had.
    WrongPriority {
        /// The priority in the entry.
        recorded: Priority,
        /// The priority of the ticket.
        actual: Priority,
    },
}

/// Evaluates the first entry of a ticket, which must not be an imported one.
pub fn evaluate_opening(entry: &Entry, policy: &AuditPolicy<'_>) -> Verdict {
    let result = (|| {
        let Action::Open(opening) = &entry.action else { return Err(NotPermitted::Refused(Refusal::NotRequestable)) };
        let role = role_of(entry, None, policy)?;
        may_open(role, &entry.by, opening).map_err(NotPermitted::Refused)?;
        // A customer may only open tickets of their own organizations, if the desk has any.
        if let Some(given) = opening.organization.as_ref().filter(|_| !role.is_support())
            && !policy.organizations.is_empty()
            && !policy.memberships(&entry.by).organizations().any(|candidate| candidate == given)
        {
            return Err(NotPermitted::Refused(Refusal::OtherOrganization { given: given.clone() }));
        }
        if entry.role == Role::Customer {
            check_admission(opening, entry, policy).map_err(NotPermitted::Refused)?;
        }
        if entry.text.is_none() {
            return Err(NotPermitted::Refused(Refusal::TextMissing));
        }
        if let Some(recorded) = entry.from {
            return Err(NotPermitted::WrongFrom { recorded: Some(recorded), actual: None });
        }
        check_to(entry, Some(Status::Open))
    })();
    result.map_or_else(Verdict::NotPermitted, |()| Verdict::Permitted)
}

/// Checks the eligibility of a customer for a new ticket or a request for access. Agents may override the rules. A
/// follow-up ticket is exempt, because its predecessor was checked.
fn check_admission(opening: &OpenFields, entry: &Entry, policy: &AuditPolicy<'_>) -> Result<(), Refusal> {
    let on_file = |id: &str| policy.organizations.iter().find(|candidate| candidate.id == id).map(Arc::as_ref);
    // A requester in one organization is subject to its rules even if the ticket does not name it.
    let memberships = policy.memberships(&opening.requester);
    let mut organizations = memberships.organizations();
    let own = organizations.next().filter(|_| organizations.next().is_none());
    let id = opening.organization.as_deref().or(own);
    let organization = id.and_then(on_file);
    if opening.kind == Some(Kind::OrganizationAccess) {
        let Some(id) = id else { return Err(Refusal::Access(Box::new(AccessRefusal::NoOrganization))) };
        let unknown = Organization::new(id);
        let file = organization.unwrap_or(&unknown);
        return may_have_access(file, &opening.requester, opening.approved_by.as_ref())
            .map_err(|reason| Refusal::Access(Box::new(reason)));
    }
    let Some(eligibility) = policy.eligibility.filter(|_| opening.follow_up_of.is_none()) else { return Ok(()) };
    // An unclear instance is not an error here: the organization may have gained instances since.
    match eligibility.check_eligibility(opening, organization, entry.at).unwrap_or_default().into_iter().next() {
        Some(reason) => Err(Refusal::NotEligible(Box::new(reason))),
        None => Ok(()),
    }
}

/// Evaluates an entry after the opening. `before` is the ticket before it.
pub fn evaluate(before: &Ticket, entry: &Entry, policy: &AuditPolicy<'_>, counterpart: &Counterpart<'_>) -> Verdict {
    let reason = match evaluate_on(before, entry, policy, counterpart) {
        Ok(verdict) => return verdict,
        Err(reason) => reason,
    };
    // Try earlier versions in which the ticket had the status that the entry recorded.
    let mut counts: Vec<usize> = Vec::new();
    let mut version: Option<Ticket> = None;
    for (index, candidate) in before.history[..before.history.len().saturating_sub(1)].iter().enumerate() {
        extend(&mut version, candidate);
        counts.extend(version.iter().filter(|ticket| Some(ticket.header.status) == entry.from).map(|_| index + 1));
    }
    // Most entries fit the latest of these versions. The others are built only if needed.
    let earlier = counts.into_iter().rev().take(MAX_EARLIER_VERSIONS).filter_map(|count| {
        let mut earlier = None;
        before.history[..count].iter().for_each(|candidate| extend(&mut earlier, candidate));
        earlier
    });
    let found = { earlier }.find(|ticket| evaluate_on(ticket, entry, policy, counterpart).is_ok());
    found.map_or(Verdict::NotPermitted(reason), |ticket| Verdict::Concurrent(ticket.version()))
}

/// Appends an entry to a ticket, or opens the ticket with it.
fn extend(ticket: &mut Option<Ticket>, entry: &Entry) {
    match ticket {
        Some(ticket) => ticket.append(entry.clone()),
        none => *none = Ticket::opened_by(entry.clone()),
    }
}

fn evaluate_on(
    before: &Ticket,
    entry: &Entry,
    policy: &AuditPolicy<'_>,
    counterpart: &Counterpart<'_>,
) -> Result<Verdict, NotPermitted> {
    if matches!(entry.action, Action::Unknown(_)) {
        // Only a newer program knows the effect of the action. The actor must be able to see the ticket in any case.
        let may_see = role_of(entry, Some(before), policy)?.sees();
        return if may_see { Ok(Verdict::Permitted) } else { Err(NotPermitted::Refused(Refusal::NotVisible)) };
    }
    let mut role = match role_of(entry, Some(before), policy) {
        Err(NotPermitted::NotAnAgent) if counterpart.is_moved_reply => TicketRole::Agent,
        role => role?,
    };
    if let Action::Solve(SolveEvidence::Agreed { by: None, .. }) = entry.action {
        return Err(NotPermitted::AgreerMissing);
    }
    let status = before.header.status;
    if entry.from != Some(status) {
        return Err(NotPermitted::WrongFrom { recorded: entry.from, actual: Some(status) });
    }
    match &entry.action {
        Action::Merged { .. } | Action::Unmerged { .. } | Action::Forward { .. } => {
            return evaluate_counterpart(entry, role, counterpart);
        }
        Action::Reply { via_ticket: Some(_), .. }
            if (counterpart.sees_source || counterpart.is_moved_reply) && !role.sees() =>
        {
            role = TicketRole::Customer;
        }
        _ => {}
    }
    let context = DecisionContext {
        team: policy.team,
        follow_up: policy.follow_up,
        now: entry.at,
        role,
        other: counterpart.target,
        policy: PolicyContext::default(),
    };
    let decide_with = |keep_open| {
        // The content of the text does not affect the decision.
        let (by, action, has_text) = (&entry.by, &entry.action, entry.text.is_some());
        decide(before, &Request { by, action, has_text, internal: entry.internal, keep_open }, &context)
    };
    let mut outcome = decide_with(false);
    if let Ok(Decision::Entry { to, .. }) = &outcome
        && *to != entry.to
    {
        outcome = decide_with(true);
    }
    match outcome {
        // The target cannot be read here. All checks of this ticket precede that of the target.
        Err(Refusal::NotVisible) if is_merge_without_target(entry, role, counterpart) => {
            Ok(Verdict::CounterpartMissing)
        }
        Err(refusal) => Err(NotPermitted::Refused(refusal)),
        Ok(Decision::Nothing) => check_to(entry, None).map(|()| Verdict::Permitted),
        Ok(Decision::Entry { action, to, .. }) => {
            if let (Action::Prioritize { was: recorded, .. }, Action::Prioritize { was: actual, .. }) =
                (&entry.action, *action)
                && *recorded != actual
            {
                return Err(NotPermitted::WrongPriority { recorded: *recorded, actual });
            }
            check_to(entry, to)?;
            let is_two_sided = matches!(entry.action, Action::Merge { .. } | Action::Reopen { unmerge: true, .. })
                || matches!(entry.action, Action::Reply { via_ticket: Some(_), .. });
            Ok(if is_two_sided && !counterpart.has_counterpart {
                Verdict::CounterpartMissing
            } else {
                Verdict::Permitted
            })
        }
    }
}

fn is_merge_without_target(entry: &Entry, role: TicketRole, counterpart: &Counterpart<'_>) -> bool {
    matches!(entry.action, Action::Merge { .. }) && counterpart.target.is_none() && role.is_support()
}

/// Evaluates the counterpart of an entry on another ticket.
fn evaluate_counterpart(
    entry: &Entry,
    role: TicketRole,
    counterpart: &Counterpart<'_>,
) -> Result<Verdict, NotPermitted> {
    check_to(entry, None)?;
    match (&entry.action, role.is_support(), counterpart.has_counterpart) {
        (Action::Merged { .. }, false, _) => Err(NotPermitted::Refused(Refusal::NotAllowed { role })),
        (Action::Forward { .. }, ..) if !role.sees() && !counterpart.is_moved_reply => {
            Err(NotPermitted::Refused(Refusal::NotVisible))
        }
        (_, _, true) => Ok(Verdict::Permitted),
        // This is the other half of a command whose files were committed one after the other, in either order. A
        // pointer to a reply changes nothing, and `check` reports one-sided links of any author.
        (_, _, false) => Ok(Verdict::CounterpartMissing),
    }
}

/// Returns the role of the actor according to the role that the entry claims. Claiming a lesser role is not forgery.
fn role_of(entry: &Entry, before: Option<&Ticket>, policy: &AuditPolicy<'_>) -> Result<TicketRole, NotPermitted> {
    let header = before.map(|ticket| &ticket.header);
    match entry.role {
        // The entries of a sweep name the agent who ran it. Only an agent can make entries with the role `system`.
        Role::System if policy.team.has_agent(&entry.by) => Ok(TicketRole::System),
        Role::System => Err(NotPermitted::NotAnAgent),
        Role::Agent if policy.team.has_agent(&entry.by) => Ok(policy.team.role(&entry.by, header)),
        Role::Agent => Err(NotPermitted::NotAnAgent),
        Role::Customer => Ok(Team::default().role_with(&entry.by, &policy.memberships(&entry.by), header)),
    }
}

fn check_to(entry: &Entry, expected: Option<Status>) -> Result<(), NotPermitted> {
    if entry.to == expected { Ok(()) } else { Err(NotPermitted::WrongTo { recorded: entry.to, expected }) }
}
