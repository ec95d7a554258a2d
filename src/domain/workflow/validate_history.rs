//! The validation of a history: every entry must be one that the workflow allowed on the ticket as it was before.
//!
//! The rules are those of [`decide`]. The merge of two clones can produce a history that one clone could not; an entry
//! that recorded another state than replay results in is *concurrent*, and is judged by the state it recorded. A
//! violation that only an entry of another clone explains, such as a second escalation, counts as concurrent as well.

use super::{Decision, DecisionContext, PolicyContext, Refusal, Request, decide, unsolved};
use crate::domain::id::Id;
use crate::domain::people::role::TicketRole;
use crate::domain::people::team::Team;
use crate::domain::sla::follow_up_policy::FollowUpPolicy;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{Resolution, Role, Status};

/// A violation of the workflow by an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryViolation {
    /// The id is not greater than the id of the previous entry.
    Order,
    /// The opening has a `from`.
    From,
    /// The entry recorded another state than the ticket had.
    Concurrent {
        /// The state that the entry recorded.
        saw: &'static str,
        /// The state of the ticket.
        had: &'static str,
        /// The entry that changed the state.
        since: Option<Id>,
    },
    /// The ticket did not allow the action.
    Illegal(Refusal),
    /// The role does not permit the action.
    Role,
    /// The text is missing.
    NoText,
    /// The action leads to another status than the entry records.
    Status {
        /// The status to which the action leads; `None` if it does not change it.
        leads_to: Option<Status>,
    },
    /// The entry refers to an entry that does not exist.
    EntryMissing {
        /// The missing entry.
        entry: Id,
    },
    /// The evidence that the resolution requires is missing.
    Evidence(Refusal),
    /// The person who agreed is missing.
    AgreerMissing,
    /// The ticket was solved for no response earlier than the policy allows.
    Early(Refusal),
    /// The reply was written to a merged ticket.
    ReplyToMerged {
        /// The target of the merge.
        into: Id,
    },
}

/// Validates one entry. `before` is the ticket before the entry, and is unchanged afterwards. The entries of imported
/// tickets are not validated against the workflow, because they come from another system.
pub fn validate_entry(before: &mut Ticket, entry: &Entry, follow_up: &FollowUpPolicy) -> Vec<HistoryViolation> {
    let mut violations = Vec::new();
    if entry.id <= before.version() {
        violations.push(HistoryViolation::Order);
    }
    let Some(from) = entry.from.filter(|_| !matches!(entry.action, Action::Unknown(_))) else { return violations };
    if from != before.header.status {
        let (saw, had) = (from.as_str(), before.header.status.as_str());
        violations.push(HistoryViolation::Concurrent { saw, had, since: last(before, changes_status) });
    }
    if let (Some(into), Action::Reply { auto: false, .. }) = (before.header.merged_into, &entry.action) {
        violations.push(HistoryViolation::ReplyToMerged { into });
    }
    let is_imported = before.opening().is_some_and(|opening| opening.imported_from.is_some());
    if !is_imported {
        validate(before, entry, from, follow_up, &mut violations);
    }
    violations
}

fn validate(
    before: &mut Ticket,
    entry: &Entry,
    from: Status,
    follow_up: &FollowUpPolicy,
    violations: &mut Vec<HistoryViolation>,
) {
    if !role_allows(before, entry) {
        violations.push(HistoryViolation::Role);
    }
    if entry.text.is_none() && entry.action.needs_text() {
        violations.push(HistoryViolation::NoText);
        return;
    }
    if matches!(entry.action, Action::Solve(SolveEvidence::Agreed { by: None, .. })) {
        violations.push(HistoryViolation::AgreerMissing);
    }
    let decision = if matches_recorded(before, entry, from) {
        expected_status(before, entry, follow_up)
    } else {
        let real = before.header.clone();
        restore_recorded(before, entry, from);
        let decision = expected_status(before, entry, follow_up);
        before.header = real;
        decision
    };
    match decision {
        Ok(Some(leads_to)) if !is_keep_open_choice(entry, from) && leads_to != entry.to => {
            violations.push(HistoryViolation::Status { leads_to });
        }
        Ok(_) => {}
        Err(refusal) => violations.extend(violation_of(before, entry, refusal)),
    }
    if let Action::Prioritize { was, .. } = entry.action
        && was != before.header.priority
    {
        let (saw, had) = (was.as_str(), before.header.priority.as_str());
        let since = last(before, |entry| matches!(entry.action, Action::Prioritize { .. }));
        violations.push(HistoryViolation::Concurrent { saw, had, since });
    }
}

fn matches_recorded(before: &Ticket, entry: &Entry, from: Status) -> bool {
    let was = match entry.action {
        Action::Prioritize { was, .. } => was,
        _ => before.header.priority,
    };
    from == before.header.status && was == before.header.priority
}

/// Sets the header to the state that the entry recorded.
fn restore_recorded(ticket: &mut Ticket, entry: &Entry, from: Status) {
    let header = &mut ticket.header;
    if from != header.status {
        header.status = from;
        (header.hold, header.resolution) = (None, None);
        if from != Status::Solved {
            header.merged_into = None;
        }
    }
    if let Action::Prioritize { was, .. } = entry.action {
        header.priority = was;
    }
}

/// Returns the status to which the action leads, or `None` if it cannot be determined. The inner `None` means no
/// change.
fn expected_status(
    ticket: &Ticket,
    entry: &Entry,
    follow_up: &FollowUpPolicy,
) -> Result<Option<Option<Status>>, Refusal> {
    match &entry.action {
        Action::Merge { into, .. } if *into == ticket.id => return Err(Refusal::MergeIntoItself),
        Action::Merge { .. } => return unsolved(ticket).map(|()| Some(Some(Status::Solved))),
        Action::Merged { source, .. } if *source == ticket.id => return Err(Refusal::MergeIntoItself),
        Action::Merged { .. } | Action::Unmerged { .. } => return Ok(Some(None)),
        // A late reply opened the ticket to which it points.
        Action::Forward { into, entry } if into == entry && ticket.header.status == Status::Solved => {
            return Ok(Some(None));
        }
        Action::Forward { .. } if last(ticket, points_to_other_ticket).is_none() => {
            return Err(Refusal::NotMerged);
        }
        Action::Forward { .. } => return Ok(Some(None)),
        _ => {}
    }
    let (by, action, has_text) = (&entry.by, &entry.action, entry.text.is_some());
    let request = Request { by, action, has_text, internal: entry.internal, keep_open: entry.to.is_none() };
    let (team, now) = (&Team::default(), entry.at);
    let role = match entry.role {
        Role::Agent => TicketRole::Manager,
        Role::Customer => TicketRole::Customer,
        Role::System => TicketRole::System,
    };
    let decide_as = |role| {
        decide(
            ticket,
            &request,
            &DecisionContext { team, follow_up, now, role, other: None, policy: PolicyContext::default() },
        )
    };
    let (decision, is_certain) = match decide_as(role) {
        // Organizations also grant permissions, and are not known here. The effect on the status is the same for every
        // permitted role.
        Err(Refusal::NotAllowed { .. }) => (decide_as(TicketRole::Manager)?, false),
        decision => (decision?, true),
    };
    match decision {
        Decision::Entry { to, .. } => Ok(is_certain.then_some(to)),
        Decision::Nothing => Ok(Some(None)),
    }
}

/// Returns true if the entry is an agent's reply with either of the two results that `--keep-open` chooses between.
fn is_keep_open_choice(entry: &Entry, from: Status) -> bool {
    let awaits = entry.to == Some(Status::AwaitingReply) && !matches!(from, Status::AwaitingReply | Status::Solved);
    entry.is_reply_of(Role::Agent) && (entry.to.is_none() || awaits)
}

/// Converts a refusal to a violation; some refusals are explained by an entry of another clone, and some are not
/// violations.
fn violation_of(before: &Ticket, entry: &Entry, refusal: Refusal) -> Option<HistoryViolation> {
    let concurrent = |saw, had, explains: &dyn Fn(&Entry) -> bool| {
        last(before, explains).map(|since| HistoryViolation::Concurrent { saw, had, since: Some(since) })
    };
    let explained = match &refusal {
        Refusal::AlreadyEscalated { .. } => {
            concurrent("no escalation", "escalated", &|entry| matches!(entry.action, Action::Escalate { .. }))
        }
        Refusal::NotEscalated => {
            concurrent("an escalation", "not escalated", &|entry| matches!(entry.action, Action::Deescalate { .. }))
        }
        Refusal::SameHoldReason { .. } => {
            concurrent("another reason", "held for the same reason", &|entry| matches!(entry.action, Action::Hold(_)))
        }
        Refusal::IsMerged { .. } if matches!(entry.action, Action::Reopen { .. }) && was_solved(before) => {
            concurrent("solved", "merged", &|entry| matches!(entry.action, Action::Merge { .. }))
        }
        Refusal::NotMerged if last(before, |entry| matches!(entry.action, Action::Merge { .. })).is_some() => {
            concurrent("merged", "not merged", &changes_status)
        }
        Refusal::TooFewAlerts { given: 0, .. } | Refusal::CustomerReplied if was_reminded(before) => {
            concurrent("a reminder without an answer", "answered", &|entry| {
                matches!(entry.action, Action::Reply { auto: false, .. } | Action::Reopen { .. })
            })
        }
        _ => None,
    };
    if explained.is_some() {
        return explained;
    }
    Some(match refusal {
        Refusal::NoSuchEntry { entry } => HistoryViolation::EntryMissing { entry },
        Refusal::TextMissing => HistoryViolation::NoText,
        Refusal::TooFewAlerts { given: 0, .. } | Refusal::NoAgentReply | Refusal::CustomerReplied => {
            HistoryViolation::Evidence(refusal)
        }
        Refusal::TooFewAlerts { .. } | Refusal::TooEarly { .. } => HistoryViolation::Early(refusal),
        // An agreement without a person is a violation of its own, and `none` was allowed once.
        Refusal::NotAllowed { .. }
        | Refusal::NotVisible
        | Refusal::AgreementMissing
        | Refusal::ReservedValue { .. } => return None,
        // This file does not show whether the merged ticket was answered.
        Refusal::MergedSince { .. } => return None,
        refusal => HistoryViolation::Illegal(refusal),
    })
}

/// Validates the first entry.
pub fn validate_opening(entry: &Entry) -> Vec<HistoryViolation> {
    let mut violations = Vec::new();
    if entry.from.is_some() {
        violations.push(HistoryViolation::From);
    }
    let is_imported = matches!(&entry.action, Action::Open(opening) if opening.imported_from.is_some());
    if entry.text.is_none() && !is_imported {
        violations.push(HistoryViolation::NoText);
    }
    if entry.to != Some(Status::Open) {
        violations.push(HistoryViolation::Status { leads_to: Some(Status::Open) });
    }
    violations
}

/// Returns true if the role of the entry permits the action for at least one person. Organizations decide which
/// customers may do what.
fn role_allows(before: &Ticket, entry: &Entry) -> bool {
    match (entry.role, &entry.action) {
        (Role::Customer, _) if entry.internal => false,
        (Role::Customer, Action::Solve(solution)) => {
            matches!(solution.resolution(), Resolution::Agreed | Resolution::Withdrawn)
        }
        (Role::Customer, Action::Correct { entry: target, .. } | Action::Redact { entry: target, .. }) => {
            before.entry(*target).is_none_or(|target| target.by.same_address(&entry.by) && !target.has_internal_text())
        }
        (
            Role::Customer,
            Action::Note { .. }
            | Action::Hold(_)
            | Action::Resume
            | Action::Remind { .. }
            | Action::Merge { .. }
            | Action::Merged { .. }
            | Action::Assign { .. }
            | Action::Deescalate { .. },
        ) => false,
        (Role::System, Action::Solve(solution)) => solution.resolution() == Resolution::NoResponse,
        (
            Role::System,
            Action::Hold(_)
            | Action::Resume
            | Action::Merge { .. }
            | Action::Merged { .. }
            | Action::Assign { .. }
            | Action::Attach
            | Action::Escalate { .. }
            | Action::Deescalate { .. }
            | Action::Prioritize { .. }
            | Action::Correct { .. }
            | Action::Redact { .. },
        ) => false,
        _ => true,
    }
}

/// Returns the id of the last matching entry.
fn last(ticket: &Ticket, fits: impl Fn(&Entry) -> bool) -> Option<Id> {
    ticket.history.iter().rev().find(|entry| fits(entry)).map(|entry| entry.id)
}

/// Returns true if the entry says that the conversation continues on another ticket: a merge, or a late reply that
/// opened a ticket.
fn points_to_other_ticket(entry: &Entry) -> bool {
    matches!(&entry.action, Action::Merge { .. })
        || matches!(&entry.action, Action::Forward { into, entry } if into == entry)
}

const fn changes_status(entry: &Entry) -> bool {
    entry.to.is_some()
}

fn was_solved(ticket: &Ticket) -> bool {
    ticket.history.iter().any(|entry| matches!(entry.action, Action::Solve(_)))
}

/// Returns true if a reminder followed the first reply of an agent.
fn was_reminded(ticket: &Ticket) -> bool {
    let first_reply = ticket.history.iter().position(|entry| entry.is_reply_of(Role::Agent));
    first_reply.is_some_and(|first_reply| {
        ticket.history[first_reply..].iter().any(|entry| matches!(entry.action, Action::Remind { .. }))
    })
}
