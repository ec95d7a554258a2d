//! Escalations and priorities.

use super::{Decision, DecisionContext, Notice, Refusal, unsolved};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{EscalationReason, Priority};

/// Never changes the priority; names the manager on duty, else the desk's first, if it has one. A plan without
/// escalations binds the customer: support may always ask its own managers.
pub(super) fn escalate(
    ticket: &Ticket,
    reason: EscalationReason,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    if let Some(escalation) = &ticket.header.escalation {
        return Err(Refusal::AlreadyEscalated { since: escalation.since });
    }
    if !context.policy.may_escalate && !context.role.is_support() {
        return Err(Refusal::NoEscalations);
    }
    let manager = context.policy.on_duty.or_else(|| context.team.managers.first()).cloned();
    let mut decision = Decision::entry(Action::Escalate { reason, manager: manager.clone() }, None);
    let (is_on_duty, response_due) = (context.policy.on_duty.is_some(), context.policy.manager_response_due);
    if manager.is_some() || response_due.is_some() {
        decision = decision.with(Notice::EscalatedTo { manager, is_on_duty, response_due });
    }
    let last_event = ticket.history.iter().rev().find(|entry| !matches!(entry.action, Action::Note { .. }));
    let just_prioritized = last_event.is_some_and(|entry| matches!(entry.action, Action::Prioritize { .. }));
    Ok(if just_prioritized { decision.with(Notice::EscalatedAfterPriority) } else { decision })
}

/// An escalation stays through solve and reopen, so any status will do. The entry says what ended.
pub(super) fn deescalate(ticket: &Ticket) -> Result<Decision, Refusal> {
    let escalation = ticket.header.escalation.as_ref().ok_or(Refusal::NotEscalated)?;
    let action = Action::Deescalate { reason: Some(escalation.reason), manager: escalation.manager.clone() };
    Ok(Decision::entry(action, None))
}

pub(super) fn prioritize(ticket: &Ticket, priority: Priority) -> Result<Decision, Refusal> {
    check_priority_change(ticket, priority)?;
    Ok(Decision::entry(Action::Prioritize { priority, was: ticket.header.priority }, None))
}

/// Whether a ticket may have another priority, whoever gives it.
///
/// # Errors
/// It is solved, or has that priority already.
pub fn check_priority_change(ticket: &Ticket, priority: Priority) -> Result<(), Refusal> {
    unsolved(ticket)?;
    if ticket.header.priority == priority {
        return Err(Refusal::SamePriority { priority });
    }
    Ok(())
}
