//! What the policy says of one ticket, found out where the action needs it: most commands pay nothing for it.
//!
//! Must not decide anything: [`crate::domain::workflow`] does.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::calendar::Calendar;
use crate::domain::people::person::Person;
use crate::domain::sla::follow_up_policy::TimeBasis;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::ticket::summary::Summary;
use crate::domain::time::duration::whole_seconds;
use crate::domain::vocabulary::Status;
use crate::domain::workflow;
use crate::error::Error;

use crate::desk::Desk;

/// The same as [`workflow::PolicyContext`], with what they are made of.
#[derive(Clone, Debug)]
pub(crate) struct PolicyFacts {
    hours: Option<Calendar>,
    reopen_window: Option<TimeDelta>,
    on_duty: Option<Person>,
    first_word_due: Option<DateTime<Utc>>,
    may_escalate: bool,
}

impl PolicyFacts {
    /// As decisions take them.
    pub fn as_context(&self) -> workflow::PolicyContext<'_> {
        workflow::PolicyContext {
            hours: self.hours.as_ref(),
            reopen_window: self.reopen_window,
            on_duty: self.on_duty.as_ref(),
            manager_response_due: self.first_word_due,
            may_escalate: self.may_escalate,
        }
    }
}

impl Desk {
    /// What the policy says of a ticket on which something is asked.
    ///
    /// # Errors
    /// The policy is needed and not sound, or the ticket's organisation is.
    pub(crate) fn policy_context(&self, ticket: &Ticket, action: &Action) -> Result<PolicyFacts, Error> {
        let mut found =
            PolicyFacts { hours: None, reopen_window: None, on_duty: None, first_word_due: None, may_escalate: true };
        match action {
            Action::Solve(SolveEvidence::NoResponse) if self.config.follow_up.counts == TimeBasis::Business => {
                let languages = self.policy().languages_of(&ticket.header);
                let language = languages.first().map(String::as_str);
                found.hours = self.policy().sla()?.follow_up_hours(&ticket.header, language).cloned();
            }
            Action::Reply { .. } | Action::Reopen { .. } if ticket.header.status == Status::Solved => {
                found.reopen_window = self.config.reopen_window;
            }
            Action::Escalate { .. } => {
                let promises = self.sla().at(self.environment.now)?;
                let (policy, priority) = (&promises.policy, ticket.header.priority);
                found.on_duty = policy.manager_on_duty(priority, self.environment.now).cloned();
                found.first_word_due = policy.first_word_due(priority, whole_seconds(self.environment.now));
                let in_force = promises.plan_in_force(&Summary::from(ticket));
                found.may_escalate = in_force.is_none_or(|in_force| !in_force.plan.refuses_escalation);
            }
            _ => {}
        }
        Ok(found)
    }
}
