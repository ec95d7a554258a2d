//! The actions solve, with the evidence that each resolution requires, and reopen.

use super::reply::check_reopen_window;
use super::{Decision, DecisionContext, Refusal, Request, entry_role, unsolved};
use crate::domain::people::person::Person;
use crate::domain::sla::follow_up;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{ReopenReason, Role, Status};

pub(super) fn solve(
    ticket: &Ticket,
    evidence: &SolveEvidence,
    request: &Request<'_>,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    let evidence = match evidence {
        SolveEvidence::Agreed { by } => {
            SolveEvidence::Agreed { by: Some(by.clone().unwrap_or_else(|| default_agreer(ticket, request, context))) }
        }
        SolveEvidence::BugReported { .. } => evidence.clone(),
        SolveEvidence::NoResponse => {
            follow_up::may_solve(ticket, context.follow_up, context.policy.hours.as_ref(), context.now)?;
            evidence.clone()
        }
    };
    Ok(Decision::entry(Action::Solve(evidence), Some(Status::Solved)))
}

/// Returns the person who agrees by default: the actor if it is a customer, else the requester.
fn default_agreer(ticket: &Ticket, request: &Request<'_>, context: &DecisionContext<'_>) -> Person {
    match entry_role(context) {
        Role::Customer => request.by.clone(),
        _ => ticket.header.requester.clone(),
    }
}

/// Decides on a reopening. A merged ticket can only be unmerged, and only a merged ticket can.
pub(super) fn reopen(
    ticket: &Ticket,
    reason: ReopenReason,
    unmerge: bool,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    match (ticket.header.merged_into, unmerge) {
        (Some(into), false) => return Err(Refusal::IsMerged { into }),
        (None, true) => return Err(Refusal::NotMerged),
        _ => {}
    }
    if ticket.header.status != Status::Solved {
        return Err(Refusal::Status { status: ticket.header.status });
    }
    if !unmerge {
        check_reopen_window(ticket, context)?;
    }
    Ok(Decision::entry(Action::Reopen { reason, unmerge }, Some(Status::Open)))
}
