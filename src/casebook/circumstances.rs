//! What the policy says of one ticket, found out where the action needs it: most commands pay nothing for it.
//!
//! Must not decide anything: [`crate::domain::transition`] does.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::action::{Action, Solution};
use crate::domain::calendar::Calendar;
use crate::domain::clock::whole_seconds;
use crate::domain::followup::Counts;
use crate::domain::person::Person;
use crate::domain::plan::Plan;
use crate::domain::ticket::Ticket;
use crate::domain::transition;
use crate::domain::words::Status;
use crate::domain::zone::Zone;
use crate::error::Error;

use super::{Casebook, Policy};

/// The same as [`transition::Circumstances`], with what they are made of.
#[derive(Clone, Debug)]
pub(super) struct Circumstances {
    hours: Option<Calendar>,
    reopen_window: Option<TimeDelta>,
    on_duty: Option<Person>,
    first_word_due: Option<DateTime<Utc>>,
    may_escalate: bool,
}

impl Circumstances {
    /// As decisions take them.
    pub fn as_decided_by(&self) -> transition::Circumstances<'_> {
        transition::Circumstances {
            hours: self.hours.as_ref(),
            reopen_window: self.reopen_window,
            on_duty: self.on_duty.as_ref(),
            first_word_due: self.first_word_due,
            may_escalate: self.may_escalate,
        }
    }
}

impl Casebook {
    /// What the policy says of a ticket on which something is asked.
    ///
    /// # Errors
    /// The policy is needed and not sound, or the ticket's organisation is.
    pub(super) fn circumstances(&self, ticket: &Ticket, action: &Action) -> Result<Circumstances, Error> {
        let mut found =
            Circumstances { hours: None, reopen_window: None, on_duty: None, first_word_due: None, may_escalate: true };
        match action {
            Action::Solve(Solution::NoResponse) if self.config.follow_up.counts == Counts::Business => {
                found.hours = self.policy()?.follow_up_hours(&ticket.header).cloned();
            }
            Action::Reply { .. } | Action::Reopen { .. } if ticket.header.status == Status::Solved => {
                found.reopen_window = self.config.reopen_window;
            }
            Action::Escalate { .. } => {
                let policy = self.policy()?;
                found.on_duty = policy.manager_on_duty(ticket.header.priority, self.world.now).cloned();
                found.first_word_due = policy.first_word_due(ticket.header.priority, whole_seconds(self.world.now));
                found.may_escalate = self.plan_of(ticket, &policy)?.is_none_or(|plan| !plan.refuses_escalation);
            }
            _ => {}
        }
        Ok(found)
    }

    /// The plan that was in force when the ticket opened: its organisation's, by the days of that one's zone, else the
    /// desk's.
    fn plan_of<'a>(&self, ticket: &Ticket, policy: &'a Policy) -> Result<Option<&'a Plan>, Error> {
        let organization = match &ticket.header.organization {
            Some(id) => match self.organization(id, None) {
                Ok(organization) => Some(organization),
                Err(Error::NoOrganization { .. }) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let zone = organization.as_ref().and_then(|organization| organization.time_zone.as_deref());
        let zone = Zone::named(zone.unwrap_or(&self.config.time_zone)).unwrap_or_else(|_| Zone::utc());
        let day = zone.local(ticket.created_at()).date_naive();
        let theirs = organization.as_ref().and_then(|organization| organization.plan_on(day));
        let name = theirs.or(policy.desk_plan.as_deref());
        Ok(name.and_then(|name| policy.plans.iter().find(|plan| plan.name == name)))
    }
}
