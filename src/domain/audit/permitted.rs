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
const EARLIER: usize = 256;

/// What an entry is judged by, as it was before it.
#[derive(Clone, Copy, Debug)]
pub struct AuditPolicy<'a> {
    /// The desk's people.
    pub team: &'a Team,
    /// What silence leads to.
    pub follow_up: &'a FollowUpPolicy,
    /// What it asks of those who open tickets; nothing where that cannot be read.
    pub admission: Option<&'a EligibilityContext>,
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
        self.team.standing_with(person, &self.memberships(person), Some(&ticket.header)).sees()
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
    pub is_brought: bool,
}

/// What is to be said of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is as a command makes it.
    Lawful,
    /// The other ticket's entry is not there; nothing else is wrong.
    Alone,
    /// It does not fit the history before it, and fits that up to this entry: written at the same time elsewhere.
    Concurrent(Id),
    /// It could not be made.
    Unlawful(NotPermitted),
}

/// Why an entry could not be made.
#[derive(Clone, Debug, PartialEq)]
pub enum NotPermitted {
    /// A rule is against it.
    Refused(Refusal),
    /// The person is no agent.
    NoAgent,
    /// It saw another status than the ticket had.
    Saw {
        /// What it says.
        saw: Option<Status>,
        /// What was.
        was: Option<Status>,
    },
    /// It leads to another status than the action does.
    LeadsTo {
        /// What it says.
        to: Option<Status>,
        /// What follows from the action.
        follows: Option<Status>,
    },
    /// It solves as agreed, and does not say by whom.
    NobodyAgreed,
    /// It says that the priority was another one.
    Was {
        /// What it says.
        said: Priority,
        /// What was.
        was: Priority,
    },
}

impl NotPermitted {
    /// Whether it is about who may do it, rather than about what the ticket allows.
    pub const fn is_about_rights(&self) -> bool {
        matches!(
            self,
            Self::NoAgent
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
pub fn evaluate_opening(entry: &Entry, law: &AuditPolicy<'_>) -> Verdict {
    let judged = (|| {
        let Action::Open(opening) = &entry.action else { return Err(NotPermitted::Refused(Refusal::NotAsked)) };
        let standing = role_of(entry, None, law)?;
        may_open(standing, &entry.by, opening).map_err(NotPermitted::Refused)?;
        // A customer opens tickets of their own organisations alone, where the desk keeps any.
        if let Some(given) = opening.organization.as_ref().filter(|_| !standing.is_support())
            && !law.organizations.is_empty()
            && !law.memberships(&entry.by).organizations().any(|known| known == given)
        {
            return Err(NotPermitted::Refused(Refusal::OtherOrganization { given: given.clone() }));
        }
        if entry.role == Role::Customer {
            admitted(opening, entry, law).map_err(NotPermitted::Refused)?;
        }
        if entry.text.is_none() {
            return Err(NotPermitted::Refused(Refusal::TextMissing));
        }
        if let Some(saw) = entry.from {
            return Err(NotPermitted::Saw { saw: Some(saw), was: None });
        }
        leads(entry, Some(Status::Open))
    })();
    judged.map_or_else(Verdict::Unlawful, |()| Verdict::Lawful)
}

/// Whether a customer may ask for support, or for access, by what was on file. An agent opens what they will: to override
/// a rule is theirs. What follows up a ticket has been admitted with that one.
fn admitted(opening: &OpenFields, entry: &Entry, law: &AuditPolicy<'_>) -> Result<(), Refusal> {
    let on_file = |id: &str| law.organizations.iter().find(|known| known.id == id).map(Arc::as_ref);
    // To name none is no way around the rules of the only one they are of.
    let memberships = law.memberships(&opening.requester);
    let mut theirs = memberships.organizations();
    let own = theirs.next().filter(|_| theirs.next().is_none());
    let id = opening.organization.as_deref().or(own);
    let organization = id.and_then(on_file);
    if opening.kind == Some(Kind::OrganizationAccess) {
        let Some(id) = id else { return Err(Refusal::Access(Box::new(AccessRefusal::NoOrganization))) };
        let unknown = Organization::new(id);
        let file = organization.unwrap_or(&unknown);
        return may_have_access(file, &opening.requester, opening.approved_by.as_ref())
            .map_err(|why| Refusal::Access(Box::new(why)));
    }
    let Some(admission) = law.admission.filter(|_| opening.follow_up_of.is_none()) else { return Ok(()) };
    // Of which instance a ticket is may have become a question since.
    match admission.check_eligibility(opening, organization, entry.at).unwrap_or_default().into_iter().next() {
        Some(hurdle) => Err(Refusal::NotEligible(Box::new(hurdle))),
        None => Ok(()),
    }
}

/// Whether an entry could be made behind the history of a ticket. `before` is the ticket up to it.
pub fn evaluate(before: &Ticket, entry: &Entry, law: &AuditPolicy<'_>, company: &Counterpart<'_>) -> Verdict {
    let why = match evaluate_here(before, entry, law, company) {
        Ok(verdict) => return verdict,
        Err(why) => why,
    };
    // An entry of a newer program is not ours to judge, and rights do not depend on what was written meanwhile, but
    // for who is in copy.
    let mut fitting: Vec<usize> = Vec::new();
    let mut so_far: Option<Ticket> = None;
    for (place, known) in before.history[..before.history.len().saturating_sub(1)].iter().enumerate() {
        extend(&mut so_far, known);
        fitting.extend(so_far.iter().filter(|ticket| Some(ticket.header.status) == entry.from).map(|_| place + 1));
    }
    // Most fit the last that they might have seen; the others are not made.
    let earlier = fitting.into_iter().rev().take(EARLIER).filter_map(|count| {
        let mut earlier = None;
        before.history[..count].iter().for_each(|known| extend(&mut earlier, known));
        earlier
    });
    let found = { earlier }.find(|ticket| evaluate_here(ticket, entry, law, company).is_ok());
    found.map_or(Verdict::Unlawful(why), |ticket| Verdict::Concurrent(ticket.version()))
}

/// Adds an entry to a ticket, or opens it by the entry.
fn extend(ticket: &mut Option<Ticket>, entry: &Entry) {
    match ticket {
        Some(ticket) => ticket.append(entry.clone()),
        none => *none = Ticket::opened_by(entry.clone()),
    }
}

fn evaluate_here(
    before: &Ticket,
    entry: &Entry,
    law: &AuditPolicy<'_>,
    company: &Counterpart<'_>,
) -> Result<Verdict, NotPermitted> {
    if matches!(entry.action, Action::Unknown(_)) {
        // What it does a newer program knows; who may do anything at all is known here.
        let is_theirs = role_of(entry, Some(before), law)?.sees();
        return if is_theirs { Ok(Verdict::Lawful) } else { Err(NotPermitted::Refused(Refusal::NotVisible)) };
    }
    let mut standing = match role_of(entry, Some(before), law) {
        Err(NotPermitted::NoAgent) if company.is_brought => TicketRole::Agent,
        standing => standing?,
    };
    let status = before.header.status;
    if entry.from != Some(status) {
        return Err(NotPermitted::Saw { saw: entry.from, was: Some(status) });
    }
    match &entry.action {
        Action::Merged { .. } | Action::Unmerged { .. } | Action::Forward { .. } => {
            return records(entry, standing, company);
        }
        Action::Reply { via_ticket: Some(_), .. }
            if (company.sees_source || company.is_brought) && !standing.sees() =>
        {
            standing = TicketRole::Customer;
        }
        _ => {}
    }
    let around = DecisionContext {
        team: law.team,
        follow_up: law.follow_up,
        now: entry.at,
        standing,
        other: company.target,
        circumstances: PolicyContext::default(),
    };
    let decided = |keep_open| {
        // Which words they are decides nothing.
        let (by, action, text) = (entry.by.clone(), entry.action.clone(), entry.text.as_ref().and(Text::clean("-")));
        decide(before, &Request { by, action, text, keep_open }, &around)
    };
    let mut outcome = decided(false);
    if let Ok(Decision::Entry { to, .. }) = &outcome
        && *to != entry.to
    {
        outcome = decided(true);
    }
    match outcome {
        // The target is not here to be looked at; what there is to say of this side was said before that.
        Err(Refusal::NotVisible) if is_unaware_merge(entry, standing, company) => Ok(Verdict::Alone),
        Err(refusal) => Err(NotPermitted::Refused(refusal)),
        Ok(Decision::Nothing) => leads(entry, None).map(|()| Verdict::Lawful),
        Ok(Decision::Entry { action, to, .. }) => {
            if let (Action::Prioritize { was: said, .. }, Action::Prioritize { was, .. }) = (&entry.action, *action)
                && *said != was
            {
                return Err(NotPermitted::Was { said: *said, was });
            }
            if let Action::Solve(SolveEvidence::Agreed { by: None }) = entry.action {
                return Err(NotPermitted::NobodyAgreed);
            }
            leads(entry, to)?;
            let is_two_sided = matches!(entry.action, Action::Merge { .. } | Action::Reopen { unmerge: true, .. })
                || matches!(entry.action, Action::Reply { via_ticket: Some(_), .. });
            Ok(if is_two_sided && !company.has_counterpart { Verdict::Alone } else { Verdict::Lawful })
        }
    }
}

fn is_unaware_merge(entry: &Entry, standing: TicketRole, company: &Counterpart<'_>) -> bool {
    matches!(entry.action, Action::Merge { .. }) && company.target.is_none() && standing.is_support()
}

/// The other side of something: made by whoever made the first.
fn records(entry: &Entry, standing: TicketRole, company: &Counterpart<'_>) -> Result<Verdict, NotPermitted> {
    leads(entry, None)?;
    match (&entry.action, standing.is_support(), company.has_counterpart) {
        (Action::Merged { .. }, false, _) => Err(NotPermitted::Refused(Refusal::NotAllowed { standing })),
        (Action::Forward { .. }, ..) if !standing.sees() && !company.is_brought => {
            Err(NotPermitted::Refused(Refusal::NotVisible))
        }
        (_, _, true) => Ok(Verdict::Lawful),
        // The other half of a command whose files were committed one after the other, in either order. A pointer to a
        // reply changes nothing; a link that only one side has let go of is an error of `check`, whoever wrote it.
        (_, _, false) => Ok(Verdict::Alone),
    }
}

/// Where the person stood, by the role the entry claims. To claim less than one has is no forgery.
fn role_of(entry: &Entry, before: Option<&Ticket>, law: &AuditPolicy<'_>) -> Result<TicketRole, NotPermitted> {
    let header = before.map(|ticket| &ticket.header);
    match entry.role {
        // A sweep bears the name of the agent who let it run: nobody else's word makes an entry the system's.
        Role::System if law.team.has_agent(&entry.by) => Ok(TicketRole::System),
        Role::System => Err(NotPermitted::NoAgent),
        Role::Agent if law.team.has_agent(&entry.by) => Ok(law.team.role(&entry.by, header)),
        Role::Agent => Err(NotPermitted::NoAgent),
        Role::Customer => Ok(Team::default().standing_with(&entry.by, &law.memberships(&entry.by), header)),
    }
}

fn leads(entry: &Entry, follows: Option<Status>) -> Result<(), NotPermitted> {
    if entry.to == follows { Ok(()) } else { Err(NotPermitted::LeadsTo { to: entry.to, follows }) }
}
