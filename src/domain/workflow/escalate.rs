//! The actions escalate, deescalate and prioritize.

use super::{Decision, DecisionContext, Notice, Refusal, unsolved};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{EscalationReason, Priority};

/// Decides on an escalation (docs/workflow.md#escalate). It names the manager on duty, else the first manager of the
/// desk, if there is one, and does not change the priority. A plan without escalations applies to customers only:
/// support may always ask its own managers.
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
    let manager = context.policy.on_duty.as_ref().or_else(|| context.team.managers.first()).cloned();
    let mut decision = Decision::entry(Action::Escalate { reason, manager: manager.clone() }, None);
    let (is_on_duty, response_due) = (context.policy.on_duty.is_some(), context.policy.manager_response_due);
    if manager.is_some() || response_due.is_some() {
        decision = decision.with(Notice::EscalatedTo { manager, is_on_duty, response_due });
    }
    let last_event = ticket.history.iter().rev().find(|entry| !matches!(entry.action, Action::Note { .. }));
    let just_prioritized = last_event.is_some_and(|entry| matches!(entry.action, Action::Prioritize { .. }));
    Ok(if just_prioritized { decision.with(Notice::EscalatedAfterPriority) } else { decision })
}

/// Decides on the end of an escalation, in any status, because an escalation stays through solving and reopening. The
/// entry repeats the reason and the manager.
pub(super) fn deescalate(ticket: &Ticket) -> Result<Decision, Refusal> {
    let escalation = ticket.header.escalation.as_ref().ok_or(Refusal::NotEscalated)?;
    let action = Action::Deescalate { reason: Some(escalation.reason), manager: escalation.manager.clone() };
    Ok(Decision::entry(action, None))
}

pub(super) fn prioritize(ticket: &Ticket, priority: Priority) -> Result<Decision, Refusal> {
    check_priority_change(ticket, priority)?;
    Ok(Decision::entry(Action::Prioritize { priority, was: ticket.header.priority }, None))
}

/// Checks whether a ticket may have another priority, for any actor.
///
/// # Errors
///
/// Returns a refusal if the ticket is solved or merged, or has that priority already.
pub fn check_priority_change(ticket: &Ticket, priority: Priority) -> Result<(), Refusal> {
    unsolved(ticket)?;
    if ticket.header.priority == priority {
        return Err(Refusal::SamePriority { priority });
    }
    Ok(())
}
