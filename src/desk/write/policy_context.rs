//! The policy that one decision needs.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::calendar::Calendar;
use crate::domain::people::person::Person;
use crate::domain::sla::follow_up_policy::{FollowUpPolicy, TimeBasis};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Status;
use crate::domain::workflow;
use crate::error::Error;
use crate::store::config::Settings;

use crate::desk::{Desk, SlaEvaluator};

/// The policy for one action on one ticket: the owned form of [`workflow::PolicyContext`].
#[derive(Clone, Debug)]
pub(crate) struct PolicyFacts {
    /// The follow-up policy; the default for actions that do not look at it.
    pub follow_up: FollowUpPolicy,
    hours: Option<Calendar>,
    reopen_window: Option<TimeDelta>,
    on_duty: Option<Person>,
    manager_response_due: Option<DateTime<Utc>>,
    may_escalate: bool,
}

impl PolicyFacts {
    /// Gathers the policy for an action on a ticket. Most actions need nothing and read nothing.
    ///
    /// # Errors
    /// The settings or a holiday list are needed and invalid.
    pub fn gather(desk: &Desk, ticket: &Ticket, action: &Action) -> Result<Self, Error> {
        let mut facts = Self {
            follow_up: FollowUpPolicy::default(),
            hours: None,
            reopen_window: None,
            on_duty: None,
            manager_response_due: None,
            may_escalate: true,
        };
        let now = desk.environment().now;
        match action {
            Action::Solve(SolveEvidence::NoResponse) => {
                facts.follow_up = desk.policy().settings(Settings::follow_up)?.clone();
                if facts.follow_up.counts == TimeBasis::Business {
                    let languages = desk.policy().languages_of(&ticket.header);
                    let language = languages.first().map(String::as_str);
                    facts.hours = desk.policy().sla()?.follow_up_hours(&ticket.header, language).cloned();
                }
            }
            Action::Reply { .. } | Action::Reopen { .. } if ticket.header.status == Status::Solved => {
                facts.reopen_window = *desk.policy().settings(Settings::reopen_window)?;
            }
            Action::Escalate { .. } => {
                let evaluator = SlaEvaluator::of(desk, now, false)?;
                let (policy, priority) = (&evaluator.policy, ticket.header.priority);
                facts.on_duty = policy.manager_on_duty(priority, now).cloned();
                facts.manager_response_due = policy.manager_response_due(priority, whole_seconds(now));
                let in_force = evaluator.plan_in_force(&Summary::from(ticket));
                facts.may_escalate = in_force.is_none_or(|in_force| !in_force.plan.refuses_escalation);
            }
            _ => {}
        }
        Ok(facts)
    }

    /// Returns the policy in the form that decisions take.
    pub fn as_context(&self) -> workflow::PolicyContext<'_> {
        workflow::PolicyContext {
            hours: self.hours.as_ref(),
            reopen_window: self.reopen_window,
            on_duty: self.on_duty.as_ref(),
            manager_response_due: self.manager_response_due,
            may_escalate: self.may_escalate,
        }
    }
}
