//! Solving, with the evidence each resolution needs, and reopening.

use super::reply::check_reopen_window;
use super::{Decision, DecisionContext, Refusal, Request, role, unsolved};
use crate::domain::sla::follow_up;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::{ReopenReason, Role, Status};

pub(super) fn solve(
    ticket: &Ticket,
    solution: &SolveEvidence,
    request: &Request,
    around: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    let solution = match solution {
        SolveEvidence::Agreed { by } => {
            SolveEvidence::Agreed { by: Some(by.clone().unwrap_or_else(|| agreeing(ticket, request, around))) }
        }
        SolveEvidence::BugReported { .. } => solution.clone(),
        SolveEvidence::NoResponse => {
            follow_up::may_solve(ticket, around.follow_up, around.circumstances.hours, around.now)?;
            solution.clone()
        }
    };
    Ok(Decision::entry(Action::Solve(solution), Some(Status::Solved)))
}

/// Who agrees where nobody is named: a customer who solves, else the requester.
fn agreeing(ticket: &Ticket, request: &Request, around: &DecisionContext<'_>) -> crate::domain::workflow::Person {
    match role(around) {
        Role::Customer => request.by.clone(),
        _ => ticket.header.requester.clone(),
    }
}

/// A merged ticket opens again only by taking the merge back, and nothing else takes one back.
pub(super) fn reopen(
    ticket: &Ticket,
    reason: ReopenReason,
    unmerge: bool,
    around: &DecisionContext<'_>,
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
        check_reopen_window(ticket, around)?;
    }
    Ok(Decision::entry(Action::Reopen { reason, unmerge }, Some(Status::Open)))
}
