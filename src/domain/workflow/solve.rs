//! The actions solve, with the evidence that each resolution requires, and reopen.

use super::reply::check_reopen_window;
use super::{Decision, DecisionContext, Refusal, Request, entry_role, unsolved};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::sla::follow_up;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::{ReopenReason, Role, Status};

pub(super) fn solve(
    ticket: &Ticket,
    evidence: &SolveEvidence,
    request: &Request<'_>,
    context: &DecisionContext<'_>,
) -> Result<Decision, Refusal> {
    unsolved(ticket)?;
    let evidence = match evidence {
        SolveEvidence::Agreed { by, reply } => agreement(ticket, by.as_ref(), *reply, request, context)?,
        SolveEvidence::BugReported { .. } | SolveEvidence::Withdrawn => evidence.clone(),
        SolveEvidence::NoResponse => {
            follow_up::may_solve(ticket, context.follow_up, context.policy.hours.as_ref(), context.now)?;
            evidence.clone()
        }
    };
    Ok(Decision::entry(Action::Solve(evidence), Some(Status::Solved)))
}

/// Returns the agreement: the one named, else that of the customer who solves, else the reply that can be taken for one.
fn agreement(
    ticket: &Ticket,
    by: Option<&Person>,
    reply: Option<Id>,
    request: &Request<'_>,
    context: &DecisionContext<'_>,
) -> Result<SolveEvidence, Refusal> {
    if let Some(entry) = reply {
        let is_reply = |entry: &Entry| {
            entry.is_reply_of(Role::Customer) && by.is_some_and(|person| person.same_address(&entry.by))
        };
        ticket.entry(entry).filter(|entry| is_reply(entry)).ok_or(Refusal::NoSuchEntry { entry })?;
    }
    let (by, reply) = match by {
        Some(by) => (by.clone(), reply),
        None if entry_role(context) == Role::Customer => (request.by.clone(), None),
        None => {
            let reply = reply_since_support(ticket, context.policy.last_before).ok_or(Refusal::AgreementMissing)?;
            (reply.by.clone(), Some(reply.id))
        }
    };
    Ok(SolveEvidence::Agreed { by: Some(by), reply })
}

/// Returns the customer's last reply since support's last public text and the last solve or reopening, without what the
/// command itself has added after `last_before`.
fn reply_since_support(ticket: &Ticket, last_before: Option<Id>) -> Option<&Entry> {
    let is_public_text = |entry: &Entry| entry.text.is_some() && !entry.has_internal_text();
    let begins_anew = |entry: &Entry| {
        matches!(entry.action, Action::Solve(_) | Action::Reopen { .. })
            || entry.role != Role::Customer && is_public_text(entry)
    };
    let is_new = |entry: &&Entry| last_before.is_some_and(|last| entry.id > last);
    let mut since = ticket.history.iter().rev().skip_while(is_new).take_while(|entry| !begins_anew(entry));
    since.find(|entry| entry.is_reply_of(Role::Customer))
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
