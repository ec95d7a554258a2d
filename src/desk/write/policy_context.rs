//! The policy that one decision needs.

use crate::domain::sla::follow_up::FollowUpStep;
use crate::domain::sla::follow_up_policy::{FollowUpPolicy, TimeBasis};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::PolicyContext;
use crate::error::Error;
use crate::store::config::Settings;

use super::request::ActionRequest;
use crate::desk::sla::sweep::next_follow_up;
use crate::desk::{Desk, SlaEvaluator};

/// Gathers the policy for an action on a ticket: that of follow-up, which is the default for actions that do not look at
/// it, and the rest. Most actions need nothing and read nothing.
///
/// # Errors
/// The settings or a holiday list are needed and invalid.
pub(crate) fn policy_for(
    desk: &Desk,
    ticket: &Ticket,
    request: &ActionRequest,
) -> Result<(FollowUpPolicy, PolicyContext), Error> {
    let (mut follow_up, mut context) = (FollowUpPolicy::default(), PolicyContext::default());
    let now = desk.environment().now;
    match &request.action {
        Action::Remind { .. } if !request.early => {
            let next = next_follow_up(desk, ticket)?;
            let next = next.ok().filter(|next| next.due_at > now && matches!(next.step, FollowUpStep::Remind { .. }));
            context.remind_at = next.map(|next| next.due_at);
        }
        Action::Solve(SolveEvidence::NoResponse) => {
            follow_up = desk.policy().settings(Settings::follow_up)?.clone();
            if follow_up.counts == TimeBasis::Business {
                context.hours = desk.policy().sla()?.follow_up_hours(desk, &ticket.header).cloned();
            }
        }
        Action::Reply { .. } | Action::Reopen { .. } if ticket.header.status == Status::Solved => {
            context.reopen_window = *desk.policy().settings(Settings::reopen_window)?;
        }
        Action::Escalate { .. } => {
            let evaluator = SlaEvaluator::of(desk, now, false)?;
            let (policy, priority) = (&evaluator.policy, ticket.header.priority);
            context.on_duty = policy.manager_on_duty(priority, now).cloned();
            context.manager_response_due = policy.manager_response_due(priority, whole_seconds(now));
            let in_force = evaluator.plan_in_force(&Summary::from(ticket));
            context.may_escalate = in_force.is_none_or(|in_force| !in_force.plan.refuses_escalation);
        }
        _ => {}
    }
    Ok((follow_up, context))
}
