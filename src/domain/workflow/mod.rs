//! The workflow: which actions are allowed on a ticket, and their effects (docs/workflow.md).
//!
//! [`decide`] takes one ticket and a request, and returns the resulting entry and the notices for the actor, or a
//! refusal. [`replay::apply`](crate::domain::ticket::replay::apply) applies an entry and cannot fail. Every group of
//! actions has its own file.
//!
//! # Invariants
//!
//! Decisions are pure: this folder does not know files or the clock. Refusals and notices are data, for which
//! [`crate::cli`] contains the messages.

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
use super::ticket::Ticket;
use super::ticket::action::Action;
use super::vocabulary::{EscalationReason, Priority, Role, Status};

pub use escalate::check_priority_change;
pub use merge::{merge_counterpart, resolve_merge_chain, unmerge_counterpart};
pub use permissions::{check_permission, may_open};
pub use refusal::{Refusal, TicketOwner};
pub use validate_history::{HistoryViolation, validate_entry, validate_opening};

/// A request for an action on a ticket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request<'a> {
    /// The actor.
    pub by: &'a Person,
    /// The action. The decision completes fields that follow from the ticket: `was`, and the default of `agreed_by`.
    pub action: &'a Action,
    /// True if the request has a text.
    pub has_text: bool,
    /// True if only support reads the text; an internal reply does not change the status.
    pub internal: bool,
    /// True if an agent's reply must not change the status.
    pub keep_open: bool,
}

/// The inputs of a decision, besides the ticket and the request.
pub struct DecisionContext<'a> {
    /// The support team.
    pub team: &'a Team,
    /// The follow-up policy.
    pub follow_up: &'a FollowUpPolicy,
    /// The current time, UTC.
    pub now: DateTime<Utc>,
    /// The role of the actor on this ticket.
    pub role: TicketRole,
    /// The target, for a merge.
    pub other: Option<&'a Ticket>,
    /// The desk's policy for this ticket.
    pub policy: PolicyContext,
}

/// Policy values for a ticket that take time to compute.
///
/// They are computed only for actions that need them. Otherwise, and for entries of a history, the default applies,
/// which forbids nothing.
#[derive(Clone, Debug)]
pub struct PolicyContext {
    /// The calendar in which the time without a response is counted; `None` if all time counts.
    pub hours: Option<Calendar>,
    /// The time after solving in which a customer's reply reopens a ticket; `None` for no limit.
    pub reopen_window: Option<TimeDelta>,
    /// The last entry before the command; those after it are no part of what a customer may have agreed to.
    pub last_before: Option<Id>,
    /// The time at which the policy has the next reminder due, if that has not come, UTC.
    pub remind_at: Option<DateTime<Utc>>,
    /// The manager on duty, if the policy names one.
    pub on_duty: Option<Person>,
    /// The time by which a manager must respond after an escalation, if the policy has a target for it, UTC.
    pub manager_response_due: Option<DateTime<Utc>>,
    /// True if the customer's plan includes escalations.
    pub may_escalate: bool,
}

impl Default for PolicyContext {
    fn default() -> Self {
        Self {
            hours: None,
            reopen_window: None,
            last_before: None,
            remind_at: None,
            on_duty: None,
            manager_response_due: None,
            may_escalate: true,
        }
    }
}

/// A decision on a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The entry to add.
    Entry {
        /// The completed action.
        action: Box<Action>,
        /// The new status, if the action changes it.
        to: Option<Status>,
        /// The notices for the actor.
        notices: Vec<Notice>,
    },
    /// Nothing to do: the ticket is already in the requested state.
    Nothing,
}

/// A fact that the actor must know after an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The last entry of the ticket is dated ahead of the clock, so that new ones must be too.
    DatedAhead {
        /// The author of the entry.
        by: Person,
        /// The time of the entry, UTC.
        at: DateTime<Utc>,
    },
    /// The ticket was escalated right after a change of its priority, which may need time to have an effect.
    EscalatedAfterPriority,
    /// The ticket was escalated, and the manager or the time of the response is known.
    EscalatedTo {
        /// The manager.
        manager: Option<Person>,
        /// True if the policy names the manager as on duty.
        is_on_duty: bool,
        /// The time by which a manager must respond, UTC.
        response_due: Option<DateTime<Utc>>,
    },
    /// The merged ticket is escalated, and its target is not.
    EscalationStays {
        /// The target.
        into: Id,
        /// The reason of the escalation.
        reason: EscalationReason,
    },
    /// The customer's reply ended the hold.
    HoldEnded,
    /// The reply reopened a solved ticket.
    Reopened,
    /// The ticket is merged, and the reply was recorded on this target.
    RecordedOnTarget(Id),
    /// The ticket is merged into this one, and the attachments were added to the merged ticket, where the conversation
    /// does not continue.
    AttachedToMerged(Id),
    /// The reply came after the reopen window of this solved ticket and opened a follow-up ticket.
    OpenedFollowUp(Id),
    /// The reply came after the reopen window of this solved ticket and was recorded on its existing follow-up ticket.
    RecordedOnFollowUp(Id),
    /// An agent gave a reason to override eligibility rules, and none was violated.
    NothingToOverride,
    /// An editor requested this priority, on which support decides.
    PriorityRequested(Priority),
    /// The product group is not one of the desk's.
    UnknownProductGroup {
        /// The group given.
        given: String,
        /// The groups of the desk.
        known: Vec<String>,
    },
    /// The next assignee was chosen.
    Assigned(crate::domain::people::assignment::Assignment),
    /// The assignee is not an agent of the desk.
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

/// Decides on a request.
///
/// # Errors
///
/// Returns the first refusal, in this order: the actor may not see the ticket, the actor may not do this, the text is
/// missing, the ticket does not allow the action.
pub fn decide(ticket: &Ticket, request: &Request<'_>, context: &DecisionContext<'_>) -> Result<Decision, Refusal> {
    if !context.role.sees() {
        return Err(Refusal::NotVisible);
    }
    check_permission(context.team, context.role, ticket, request)?;
    if request.internal && entry_role(context) == Role::Customer {
        return Err(Refusal::NotAllowed { role: context.role });
    }
    if !request.has_text && request.action.needs_text() {
        return Err(Refusal::TextMissing);
    }
    match request.action {
        Action::Reply { auto, .. } => reply::reply(ticket, request, *auto, context),
        Action::Note { .. } => Ok(Decision::entry(request.action.clone(), None)),
        Action::Remind { auto } => reply::remind(ticket, *auto, context),
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
        Action::Tag { add, remove } => set_fields::tag(ticket, add, remove),
        Action::Correct { entry, .. } | Action::Redact { entry, .. } => set_fields::refer(ticket, *entry, request),
        Action::Open(_) => Err(Refusal::AlreadyOpened),
        Action::Merged { .. } | Action::Unmerged { .. } | Action::Forward { .. } | Action::Unknown(_) => {
            Err(Refusal::NotRequestable)
        }
    }
}

/// Returns a refusal if the ticket is solved or merged.
fn unsolved(ticket: &Ticket) -> Result<(), Refusal> {
    match (ticket.header.merged_into, ticket.header.status) {
        (Some(into), _) => Err(Refusal::IsMerged { into }),
        (None, Status::Solved) => Err(Refusal::Status { status: Status::Solved }),
        _ => Ok(()),
    }
}

/// Returns the role that the actor's entry records.
const fn entry_role(context: &DecisionContext<'_>) -> Role {
    context.role.entry_role()
}
