//! Solving, with the evidence each resolution needs, and reopening.

use super::super::action::{Action, Solution};
use super::super::ticket::Ticket;
use super::super::words::{ReopenReason, Role, Status};
use super::{Decision, Refusal, Request, Surroundings, role, unsolved};

pub(super) fn solve(
    ticket: &Ticket,
    solution: &Solution,
    request: &Request,
    around: &Surroundings<'_>,
) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    let solution = match solution {
        Solution::Agreed { by } => {
            Solution::Agreed { by: Some(by.clone().unwrap_or_else(|| agreeing(ticket, request, around))) }
        }
        Solution::BugReported { .. } => solution.clone(),
        Solution::NoResponse => {
            silence(ticket, around)?;
            solution.clone()
        }
    };
    Ok(Decision::entry(Action::Solve(solution), Some(Status::Solved)))
}

/// Who agrees where nobody is named: a customer who solves, else the requester.
fn agreeing(ticket: &Ticket, request: &Request, around: &Surroundings<'_>) -> super::Person {
    match role(around) {
        Role::Customer => request.by.clone(),
        _ => ticket.header.requester.clone(),
    }
}

/// What silence needs before it solves a ticket (WORKFLOW, solve `no_response`; seeds 002-004).
fn silence(ticket: &Ticket, around: &Surroundings<'_>) -> Result<(), Refusal> {
    if ticket.header.status != Status::AwaitingReply {
        return Err(Refusal::Status { status: ticket.header.status });
    }
    let asked = ticket.last_agent_reply().ok_or(Refusal::NothingAsked)?;
    if ticket.customer_replied_after(asked.id) {
        return Err(Refusal::CustomerReplied);
    }
    let policy = around.follow_up.of(ticket.header.priority);
    let (given, needed) = (ticket.alerts(), policy.alerts_needed());
    if given < needed {
        return Err(Refusal::TooFewAlerts { given, needed });
    }
    let ready_at = asked.at + policy.solve_after;
    if around.now < ready_at {
        return Err(Refusal::TooEarly { ready_at, solve_after: policy.solve_after });
    }
    Ok(())
}

/// A merged ticket opens again only by taking the merge back, and nothing else takes one back.
pub(super) fn reopen(ticket: &Ticket, reason: ReopenReason, unmerge: bool) -> Result<Decision, Refusal> {
    match (ticket.header.merged_into, unmerge) {
        (Some(into), false) => return Err(Refusal::IsMerged { into }),
        (None, true) => return Err(Refusal::NotMerged),
        _ => {}
    }
    if ticket.header.status != Status::Solved {
        return Err(Refusal::Status { status: ticket.header.status });
    }
    Ok(Decision::entry(Action::Reopen { reason, unmerge }, Some(Status::Open)))
}
