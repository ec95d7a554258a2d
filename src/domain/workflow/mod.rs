//! The state machine: [`decide`] may refuse, [`crate::domain::ticket::replay::apply`] cannot fail.
//!
//! `decide` looks at one ticket and what was asked of it, and says which entry follows, what follows on
//! another ticket, and what the person should know; or why not (WORKFLOW, Actions). The rules for each
//! group of actions have a file of their own. Must not know files, the clock, or words for people.

mod escalate;
mod hold;
mod merge;
mod permissions;
mod refusal;
mod reply;
mod set_fields;
mod solve;
mod validate_history;

use chrono::{DateTime, TimeDelta, Utc};

use super::calendar::Calendar;
use super::id::Id;
use super::people::person::Person;
use super::people::role::TicketRole;
use super::people::team::Team;
use super::sla::follow_up_policy::FollowUpPolicy;
use super::text::Text;
use super::ticket::Ticket;
use super::ticket::action::Action;
use super::vocabulary::{EscalationReason, Priority, Role, Status};

pub use escalate::check_priority_change;
pub use merge::{merge_counterpart, resolve_merge_chain};
pub use permissions::{check_permission, may_open};
pub use refusal::{Refusal, TicketOwner};
pub use validate_history::{HistoryViolation, validate_entry, validate_opening};

/// What is asked of a ticket, and by whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Who asks.
    pub by: Person,
    /// What is asked. Fields the ticket itself determines (`was`, the default of `agreed_by`) are filled in.
    pub action: Action,
    /// The words that go with it.
    pub text: Option<Text>,
    /// For a reply of an agent: leave the status as it is.
    pub keep_open: bool,
}

/// What a decision may look at beside the ticket.
pub struct DecisionContext<'a> {
    /// The desk's people.
    pub team: &'a Team,
    /// What silence leads to.
    pub follow_up: &'a FollowUpPolicy,
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Where the asking person stands to this ticket.
    pub role: TicketRole,
    /// The other ticket of a merge: the target.
    pub other: Option<&'a Ticket>,
    /// What the policy says of this ticket.
    pub policy: PolicyContext<'a>,
}

/// What the policy says of a ticket and costs something to know. Found out where an action needs it; otherwise, and
/// where an old entry is judged, it is as the default has it, which forbids nothing.
#[derive(Clone, Copy, Debug)]
pub struct PolicyContext<'a> {
    /// The hours in which silence is counted; none where all time counts.
    pub hours: Option<&'a Calendar>,
    /// How long a customer's words reopen a solved ticket; none where there is no end to it.
    pub reopen_window: Option<TimeDelta>,
    /// The manager on duty, where policy names one.
    pub on_duty: Option<&'a Person>,
    /// When a manager's first word would be due, where policy wants one, UTC.
    pub manager_response_due: Option<DateTime<Utc>>,
    /// Whether the customer's plan has escalations.
    pub may_escalate: bool,
}

impl Default for PolicyContext<'_> {
    fn default() -> Self {
        Self { hours: None, reopen_window: None, on_duty: None, manager_response_due: None, may_escalate: true }
    }
}

/// What follows from a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// An entry.
    Entry {
        /// The action, completed with what the ticket knows.
        action: Box<Action>,
        /// The status it leads to, where it changes it.
        to: Option<Status>,
        /// What the person should know.
        notices: Vec<Notice>,
    },
    /// Everything asked for is so already.
    Nothing,
}

/// Something worth saying beside the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The ticket was escalated right after its priority changed (FACTS §4.4: give the new priority time).
    EscalatedAfterPriority,
    /// The ticket was escalated, and it is known to whom, or until when a word is due.
    EscalatedTo {
        /// The manager it names.
        manager: Option<Person>,
        /// Whether they are on duty, by policy.
        is_on_duty: bool,
        /// When the first word is due, UTC.
        response_due: Option<DateTime<Utc>>,
    },
    /// The ticket that was merged is escalated, and the one it goes on in is not.
    EscalationStays {
        /// Where it goes on.
        into: Id,
        /// Why it had been escalated.
        reason: EscalationReason,
    },
    /// The customer's reply took the ticket off its hold.
    HoldEnded,
    /// The reply reopened a solved ticket.
    Reopened,
    /// The ticket given is merged; the reply was recorded where the conversation goes on.
    RecordedOnTarget(Id),
    /// The ticket given is merged; the files lie with it, and the conversation goes on elsewhere.
    AttachedToMerged(Id),
    /// The reply came too late to reopen its ticket, and opened this one.
    OpenedFollowUp(Id),
    /// The reply came too late to reopen this ticket, and was recorded on the one that follows it up already.
    RecordedOnFollowUp(Id),
    /// An agent gave a reason to open a ticket against a rule, and no rule was against it.
    NothingToOverride,
    /// An editor asked for a priority, which support decides on.
    PriorityRequested(Priority),
    /// The desk lists product groups, and this is none of them.
    UnknownProductGroup {
        /// The group given.
        given: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// It was this agent's turn.
    Assigned(crate::domain::people::assignment::Assignment),
    /// The assignee is not one of the desk's agents.
    AssigneeNotInTeam(Person),
}

impl Decision {
    fn entry(action: Action, to: Option<Status>) -> Self {
        Self::Entry { action: Box::new(action), to, notices: Vec::new() }
    }

    fn with(self, notice: Notice) -> Self {
        match self {
            Self::Entry { action, to, mut notices } => {
                notices.push(notice);
                Self::Entry { action, to, notices }
            }
            Self::Nothing => Self::Nothing,
        }
    }
}

/// Decides what follows from a request on a ticket.
///
/// # Errors
/// The first rule against it, in this order: who may see it, who may do it, what the ticket allows.
pub fn decide(ticket: &Ticket, request: &Request, context: &DecisionContext<'_>) -> Result<Decision, Refusal> {
    if !context.role.sees() {
        return Err(Refusal::NotVisible);
    }
    check_permission(context.team, context.role, ticket, request)?;
    if request.text.is_none() && request.action.needs_text() {
        return Err(Refusal::TextMissing);
    }
    match &request.action {
        Action::Reply { auto, .. } => reply::reply(ticket, request, *auto, context),
        Action::Note { .. } => Ok(Decision::entry(request.action.clone(), None)),
        Action::Remind { auto } => reply::remind(ticket, *auto),
        Action::Hold(hold) => hold::hold(ticket, hold, request),
        Action::Resume => hold::resume(ticket),
        Action::Escalate { reason, .. } => escalate::escalate(ticket, *reason, context),
        Action::Deescalate { .. } => escalate::deescalate(ticket),
        Action::Prioritize { priority, .. } => escalate::prioritize(ticket, *priority),
        Action::Solve(evidence) => solve::solve(ticket, evidence, request, context),
        Action::Reopen { reason, unmerge } => solve::reopen(ticket, *reason, *unmerge, context),
        Action::Merge { into, reason } => merge::merge(ticket, *into, *reason, context),
        Action::Assign { assignee } => Ok(set_fields::assign(ticket, assignee.as_ref(), context)),
        Action::Set { set, unset } => set_fields::set(ticket, set, unset),
        Action::Cc { add, remove } => Ok(set_fields::cc(ticket, add, remove)),
        Action::Attach => Ok(reply::attach(ticket, context)),
        Action::Tag { add, remove } => Ok(set_fields::tag(ticket, add, remove)),
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => set_fields::refer(ticket, *entry, request),
        Action::Open(_) => Err(Refusal::AlreadyOpened),
        Action::Merged { .. } | Action::Unmerged { .. } | Action::Forward { .. } | Action::Unknown(_) => {
            Err(Refusal::NotRequestable)
        }
    }
}

/// A ticket that is neither solved nor merged, or why it has to be.
fn unsolved(ticket: &Ticket) -> Result<(), Refusal> {
    match (ticket.header.merged_into, ticket.header.status) {
        (Some(into), _) => Err(Refusal::IsMerged { into }),
        (None, Status::Solved) => Err(Refusal::Status { status: Status::Solved }),
        _ => Ok(()),
    }
}

/// The role of the asking person on this ticket.
const fn entry_role(context: &DecisionContext<'_>) -> Role {
    context.role.entry_role()
}
