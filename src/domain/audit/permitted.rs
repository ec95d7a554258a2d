//! Whether an entry could have been made where it stands: by the state machine itself, asked again.
//!
//! What two clones did at the same time is told apart from what nobody could have done: an entry that an earlier
//! version of its ticket allowed was written there. Must not know files or git.

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
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, OpenFields, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{Kind, Priority, Role, Status};
use crate::domain::workflow::{Decision, DecisionContext, PolicyContext, Refusal, Request, decide, may_open};

/// How many earlier versions of a ticket are asked at most.
const MAX_EARLIER_VERSIONS: usize = 256;

/// What an entry is judged by, as it was before it.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicy<'a> {
    /// The desk's people.
    pub team: &'a Team,
    /// What silence leads to.
    pub follow_up: &'a FollowUpPolicy,
    /// What it asks of those who open tickets; nothing where that cannot be read.
    pub eligibility: Option<&'a EligibilityContext>,
    /// The desk's organisations; none need be there where [`needs_organizations`] says no.
    pub organizations: &'a [Arc<Organization>],
}

impl AuditPolicy<'_> {
    /// What a person is in the organisations.
    fn memberships(&self, person: &Person) -> Memberships {
        Memberships::of(person, self.organizations.iter().map(Arc::as_ref))
    }

    /// Whether a customer sees a ticket.
    pub fn shows(&self, ticket: &Ticket, person: &Person) -> bool {
        self.team.role_with(person, &self.memberships(person), Some(&ticket.header)).sees()
    }
}

/// Whether the verdict on an entry depends on organisations: a customer's who takes no part in the ticket, or does what
/// an editor alone may do. `before` is nothing for an entry that opens a ticket.
pub fn needs_organizations(before: Option<&Ticket>, entry: &Entry) -> bool {
    entry.role == Role::Customer
        && match (&entry.action, before) {
            (Action::Open(_) | Action::Set { .. } | Action::Cc { .. } | Action::Prioritize { .. }, _) => true,
            (_, Some(ticket)) => !Team::default().role(&entry.by, Some(&ticket.header)).sees(),
            _ => false,
        }
}

/// What else the commit of an entry brought, where it is about two tickets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counterpart<'a> {
    /// The target of a merge as it was.
    pub target: Option<&'a Ticket>,
    /// Whether the other ticket got its entry too.
    pub has_counterpart: bool,
    /// Whether the person may see the merged ticket a reply was addressed to.
    pub sees_source: bool,
    /// Whether it brings on what the same person wrote to the merged ticket, where it was judged.
    pub is_moved_reply: bool,
}

/// What is to be said of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is as a command makes it.
    Permitted,
    /// The other ticket's entry is not there; nothing else is wrong.
    CounterpartMissing,
    /// It does not fit the history before it, and fits that up to this entry: written at the same time elsewhere.
    Concurrent(Id),
    /// It could not be made.
    NotPermitted(NotPermitted),
}

/// Why an entry could not be made.
#[derive(Clone, Debug, PartialEq)]
pub enum NotPermitted {
    /// A rule is against it.
    Refused(Refusal),
    /// The person is no agent.
    NotAnAgent,
    /// It saw another status than the ticket had.
    WrongFrom {
        /// What it says.
        recorded: Option<Status>,
        /// What was.
        actual: Option<Status>,
    },
    /// It leads to another status than the action does.
    WrongTo {
        /// What it says.
        recorded: Option<Status>,
        /// What follows from the action.
        expected: Option<Status>,
    },
    /// It solves as agreed, and does not say by whom.
    AgreerMissing,
    /// It says that the priority was another one.
    WrongPriority {
        /// What it says.
        recorded: Priority,
        /// What was.
        actual: Priority,
    },
}

impl NotPermitted {
    /// Whether it is about who may do it, rather than about what the ticket allows.
    pub const fn is_about_rights(&self) -> bool {
        matches!(
            self,
            Self::NotAnAgent
                | Self::Refused(
                    Refusal::NotVisible
                        | Refusal::NotAllowed { .. }
                        | Refusal::OnBehalf
                        | Refusal::OtherOrganization { .. }
                        | Refusal::NotEligible(_)
                        | Refusal::Access(_)
                )
        )
    }
}

/// Whether a ticket could be opened by its first entry. Imported tickets are somebody else's to judge.
pub fn evaluate_opening(entry: &Entry, policy: &AuditPolicy<'_>) -> Verdict {
    let result = (|| {
        let Action::Open(opening) = &entry.action else { return Err(NotPermitted::Refused(Refusal::NotRequestable)) };
        let role = role_of(entry, None, policy)?;
        may_open(role, &entry.by, opening).map_err(NotPermitted::Refused)?;
        // A customer opens tickets of their own organisations alone, where the desk keeps any.
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

/// Whether a customer may ask for support, or for access, by what was on file. An agent opens what they will: to override
/// a rule is theirs. What follows up a ticket has been admitted with that one.
fn check_admission(opening: &OpenFields, entry: &Entry, policy: &AuditPolicy<'_>) -> Result<(), Refusal> {
    let on_file = |id: &str| policy.organizations.iter().find(|candidate| candidate.id == id).map(Arc::as_ref);
    // To name none is no way around the rules of the only one they are of.
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
    // Of which instance a ticket is may have become a question since.
    match eligibility.check_eligibility(opening, organization, entry.at).unwrap_or_default().into_iter().next() {
        Some(reason) => Err(Refusal::NotEligible(Box::new(reason))),
        None => Ok(()),
    }
}

/// Whether an entry could be made behind the history of a ticket. `before` is the ticket up to it.
pub fn evaluate(before: &Ticket, entry: &Entry, policy: &AuditPolicy<'_>, counterpart: &Counterpart<'_>) -> Verdict {
    let reason = match evaluate_on(before, entry, policy, counterpart) {
        Ok(verdict) => return verdict,
        Err(reason) => reason,
    };
    // An entry of a newer program is not ours to judge, and rights do not depend on what was written meanwhile, but
    // for who is in copy.
    let mut counts: Vec<usize> = Vec::new();
    let mut so_far: Option<Ticket> = None;
    for (index, candidate) in before.history[..before.history.len().saturating_sub(1)].iter().enumerate() {
        extend(&mut so_far, candidate);
        counts.extend(so_far.iter().filter(|ticket| Some(ticket.header.status) == entry.from).map(|_| index + 1));
    }
    // Most fit the last that they might have seen; the others are not made.
    let earlier = counts.into_iter().rev().take(MAX_EARLIER_VERSIONS).filter_map(|count| {
        let mut earlier = None;
        before.history[..count].iter().for_each(|candidate| extend(&mut earlier, candidate));
        earlier
    });
    let found = { earlier }.find(|ticket| evaluate_on(ticket, entry, policy, counterpart).is_ok());
    found.map_or(Verdict::NotPermitted(reason), |ticket| Verdict::Concurrent(ticket.version()))
}

/// Adds an entry to a ticket, or opens it by the entry.
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
        // What it does a newer program knows; who may do anything at all is known here.
        let may_see = role_of(entry, Some(before), policy)?.sees();
        return if may_see { Ok(Verdict::Permitted) } else { Err(NotPermitted::Refused(Refusal::NotVisible)) };
    }
    let mut role = match role_of(entry, Some(before), policy) {
        Err(NotPermitted::NotAnAgent) if counterpart.is_moved_reply => TicketRole::Agent,
        role => role?,
    };
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
        // Which words they are decides nothing.
        let (by, action, text) = (entry.by.clone(), entry.action.clone(), entry.text.as_ref().and(Text::clean("-")));
        decide(before, &Request { by, action, text, keep_open }, &context)
    };
    let mut outcome = decide_with(false);
    if let Ok(Decision::Entry { to, .. }) = &outcome
        && *to != entry.to
    {
        outcome = decide_with(true);
    }
    match outcome {
        // The target is not here to be looked at; what there is to say of this side was said before that.
        Err(Refusal::NotVisible) if is_unaware_merge(entry, role, counterpart) => Ok(Verdict::CounterpartMissing),
        Err(refusal) => Err(NotPermitted::Refused(refusal)),
        Ok(Decision::Nothing) => check_to(entry, None).map(|()| Verdict::Permitted),
        Ok(Decision::Entry { action, to, .. }) => {
            if let (Action::Prioritize { was: recorded, .. }, Action::Prioritize { was: actual, .. }) =
                (&entry.action, *action)
                && *recorded != actual
            {
                return Err(NotPermitted::WrongPriority { recorded: *recorded, actual });
            }
            if let Action::Solve(SolveEvidence::Agreed { by: None }) = entry.action {
                return Err(NotPermitted::AgreerMissing);
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

fn is_unaware_merge(entry: &Entry, role: TicketRole, counterpart: &Counterpart<'_>) -> bool {
    matches!(entry.action, Action::Merge { .. }) && counterpart.target.is_none() && role.is_support()
}

/// The other side of something: made by whoever made the first.
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
        // The other half of a command whose files were committed one after the other, in either order. A pointer to a
        // reply changes nothing; a link that only one side has let go of is an error of `check`, whoever wrote it.
        (_, _, false) => Ok(Verdict::CounterpartMissing),
    }
}

/// Where the person stood, by the role the entry claims. To claim less than one has is no forgery.
fn role_of(entry: &Entry, before: Option<&Ticket>, policy: &AuditPolicy<'_>) -> Result<TicketRole, NotPermitted> {
    let header = before.map(|ticket| &ticket.header);
    match entry.role {
        // A sweep bears the name of the agent who let it run: nobody else's word makes an entry the system's.
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
