//! SLA clocks: the plan in force for a ticket, and the clocks of its targets.
//!
//! The plan in force is the plan of the ticket's organization on the day on which the ticket was opened, in the time zone
//! of the organization, else of the desk. Without an organization, or if it has no plan for that day, it is the plan of
//! `[desk]` (docs/slas.md#which-plan-applies). Plans, calendars and organizations are those of the work tree, also when
//! clocks are evaluated at an earlier instant.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::people::organization::{Organization, PlanPeriod};
use crate::domain::query::{AsOf, Query};
use crate::domain::sla::clock::{Clock, clocks};
use crate::domain::sla::plan::Plan;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{Priority, Status};
use crate::error::Error;
use crate::store::git::Repository;

use crate::desk::{Desk, DeskView, SlaPolicy, UnreadableFile};

/// An evaluator of the clocks of many tickets at one instant.
#[derive(Debug)]
pub struct SlaEvaluator<'a> {
    desk: &'a Desk,
    /// The plans, calendars and escalation rules.
    pub policy: SlaPolicy<'a>,
    /// The instant of evaluation, UTC.
    pub now: DateTime<Utc>,
    zone: Zone,
    language: Arc<str>,
    has_manager_responses: bool,
    /// The organizations that were read, by id.
    organizations: RwLock<HashMap<String, Arc<OrganizationPlan>>>,
    unreadable: Mutex<BTreeMap<String, UnreadableFile>>,
}

/// The plans of an organization.
#[derive(Debug)]
enum OrganizationPlan {
    /// The plan periods, the time zone and the language of an organization whose file was read.
    Read(Vec<PlanPeriod>, Zone, Arc<str>),
    /// The organization has no file.
    Absent,
    /// The file cannot be read: its tickets have no clock rather than a wrong one.
    Damaged,
}

/// The plan in force for a ticket, and the reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanInForce<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The plan period of the organization; `None` if the plan is the desk's.
    pub period: Option<PlanPeriod>,
    /// The day on which the ticket was opened, in `zone`.
    pub day: NaiveDate,
    /// The time zone of the day.
    pub zone: Zone,
}

impl<'a> DeskView<'a> {
    /// Returns an evaluator of clocks at an instant, with every list of holidays; for agents it includes the clocks of
    /// manager responses.
    ///
    /// # Errors
    /// The plans, calendars or lists of holidays are invalid, or the time zone of the desk is.
    pub fn evaluator_at(&self, now: DateTime<Utc>) -> Result<SlaEvaluator<'a>, Error> {
        SlaEvaluator::of(self.desk, now, self.sees_everything())
    }

    /// Returns an evaluator as [`Self::evaluator_at`] that reads a list of holidays when a clock needs it. A ticket whose
    /// list cannot be read has no clock; then [`CalendarReader::take_error`](crate::desk::CalendarReader::take_error) returns
    /// the error.
    ///
    /// # Errors
    /// The plans or calendars are invalid, or the time zone of the desk is.
    pub fn evaluator_on_demand(&self, now: DateTime<Utc>) -> Result<SlaEvaluator<'a>, Error> {
        SlaEvaluator::on_demand(self.desk, now, self.sees_everything())
    }

    /// Returns the instant of a query, in UTC: that of `as-of:`, for a revision the time of its commit, else the current time.
    ///
    /// # Errors
    /// git does not know the revision.
    pub fn query_time(&self, query: &Query) -> Result<DateTime<Utc>, Error> {
        match &query.as_of {
            Some(AsOf::Instant(instant)) => Ok(*instant),
            Some(AsOf::Revision(revision)) => Repository::at(&self.desk.root)
                .time_of(revision)
                .map_err(|refusal| Error::NoRevision { revision: revision.clone(), refusal }),
            None => Ok(self.desk.environment.now),
        }
    }

    /// Returns an evaluator at the instant of a query, if the query looks at clocks.
    ///
    /// # Errors
    /// As [`Self::evaluator_at`] and [`Self::query_time`].
    pub(in crate::desk) fn evaluator_for(&self, query: &Query) -> Result<Option<SlaEvaluator<'a>>, Error> {
        query.needs_clocks().then(|| self.evaluator_at(self.query_time(query)?)).transpose()
    }
}

impl<'a> SlaEvaluator<'a> {
    /// Returns an evaluator of the clocks of a desk at an instant.
    ///
    /// # Errors
    /// As [`DeskView::evaluator_at`].
    pub(in crate::desk) fn of(desk: &'a Desk, now: DateTime<Utc>, has_manager_responses: bool) -> Result<Self, Error> {
        let evaluator = Self::on_demand(desk, now, has_manager_responses)?;
        evaluator.policy.calendars.all()?;
        Ok(evaluator)
    }

    fn on_demand(desk: &'a Desk, now: DateTime<Utc>, has_manager_responses: bool) -> Result<Self, Error> {
        Ok(Self {
            desk,
            policy: desk.policy().sla_around(now)?,
            now,
            zone: desk.policy().zone()?,
            language: desk.config.language.as_str().into(),
            has_manager_responses,
            organizations: RwLock::default(),
            unreadable: Mutex::default(),
        })
    }

    /// Returns whether any plan or escalation rule sets a target for tickets of a priority.
    pub fn has_target_for(&self, priority: Priority) -> bool {
        let on_escalation = self.policy.escalation.manager_response.of(priority).is_some();
        on_escalation || self.policy.plans.plans.iter().any(|plan| plan.has_target_of(priority))
    }

    /// Returns whether any plan or escalation rule sets a target.
    pub fn has_targets(&self) -> bool {
        self.has_manager_responses && !self.policy.escalation.manager_response.is_empty()
            || self.policy.plans.plans.iter().any(Plan::has_targets)
    }

    /// Returns the plan in force for a ticket. `None` if there is no plan for it, or a file cannot be read.
    pub fn plan_in_force(&self, summary: &Summary) -> Option<PlanInForce<'_>> {
        let opened = summary.created_at;
        let day_in = |zone: &Zone| zone.local(opened).date_naive();
        let desk = |zone: &Zone| {
            let plan = self.policy.plans.of_desk()?;
            Some(PlanInForce { plan, period: None, day: day_in(zone), zone: zone.clone() })
        };
        let Some(organization) = summary.header.organization.as_deref() else { return desk(&self.zone) };
        match &*self.organization(organization) {
            OrganizationPlan::Read(periods, zone, _) => {
                let day = day_in(zone);
                let Some(period) = periods.iter().find(|period| period.is_in_force_on(day)) else { return desk(zone) };
                let plan = self.policy.plans.find(&period.plan)?;
                Some(PlanInForce { plan, period: Some(period.clone()), day, zone: zone.clone() })
            }
            OrganizationPlan::Absent => desk(&self.zone),
            OrganizationPlan::Damaged => None,
        }
    }

    /// Returns the name of the plan that a ticket would have if its organization were as given.
    pub fn plan_by<'b>(&'b self, organization: Option<&'b Organization>, summary: &Summary) -> Option<&'b str> {
        let zone = organization.and_then(|organization| Zone::named(organization.time_zone.as_deref()?).ok());
        let day = zone.as_ref().unwrap_or(&self.zone).local(summary.created_at).date_naive();
        let period = organization.and_then(|organization| organization.plan_on(day));
        period.or(self.policy.plans.desk_plan.as_deref())
    }

    /// Returns the clocks of a ticket: those of its plan in the order in which they began, then those of manager responses.
    pub fn clocks(&self, summary: &Summary) -> Vec<Clock> {
        let mut clocks = self.plan_clocks(summary);
        clocks.extend(self.manager_response_clocks(summary));
        clocks
    }

    /// Returns the clocks of the plan of a ticket, in the order in which they began.
    pub fn plan_clocks(&self, summary: &Summary) -> Vec<Clock> {
        if !self.policy.plans.plans.iter().any(Plan::has_targets) {
            return Vec::new();
        }
        let plan = match summary.header.organization {
            None => self.policy.plans.of_desk(),
            Some(_) => self.plan_in_force(summary).map(|in_force| in_force.plan),
        };
        plan.map(|plan| self.clocks_with_plan(summary, plan)).unwrap_or_default()
    }

    /// Returns the clocks of manager responses. They need the history, which is read because few tickets are escalated.
    fn manager_response_clocks(&self, summary: &Summary) -> Vec<Clock> {
        let is_needed = self.has_manager_responses && !self.policy.escalation.manager_response.is_empty();
        if !is_needed || summary.header.escalation.is_none() {
            return Vec::new();
        }
        // A file that cannot be read is reported by the pass that read the summary.
        let ticket = self.desk.read().ticket(summary.id).ok().and_then(|ticket| ticket.as_of(self.now));
        ticket.map(|ticket| self.manager_responses(&ticket)).unwrap_or_default()
    }

    /// Returns the clocks of all manager responses of a ticket, also those of escalations that have ended; none for a
    /// customer, to whom escalations are internal.
    pub fn manager_responses(&self, ticket: &Ticket) -> Vec<Clock> {
        if !self.has_manager_responses {
            return Vec::new();
        }
        self.policy.manager_responses(ticket, &self.desk.config.team, self.now)
    }

    /// Returns the clocks that a ticket would have with a plan.
    pub fn clocks_with_plan(&self, summary: &Summary, plan: &Plan) -> Vec<Clock> {
        let default_language = || self.language_of(summary);
        clocks(
            &summary.sla_events,
            summary.created_at,
            &summary.header,
            plan,
            default_language,
            |name| self.policy.calendars.get(name),
            self.now,
        )
    }

    /// Returns the most urgent clock of a ticket among those that are not met.
    pub fn next(&self, summary: &Summary) -> Option<Clock> {
        // A clock that has not stopped counts by the present priority, and every clock of a solved ticket has stopped.
        if summary.header.status == Status::Solved || !self.has_target_for(summary.header.priority) {
            return None;
        }
        let due = self.clocks(summary).into_iter().filter(Clock::is_due);
        due.min_by_key(|clock| (clock.due_at.is_none(), clock.due_at, clock.remaining()))
    }

    /// Returns the time zone of a ticket's customer: that of the organization, else of the desk.
    pub fn zone_of(&self, summary: &Summary) -> Zone {
        match self.organization_of(summary).as_deref() {
            Some(OrganizationPlan::Read(_, zone, _)) => zone.clone(),
            _ => self.zone.clone(),
        }
    }

    /// Returns the language of a ticket without its own: that of the organization, else of the desk.
    fn language_of(&self, summary: &Summary) -> Arc<str> {
        match self.organization_of(summary).as_deref() {
            Some(OrganizationPlan::Read(_, _, language)) => Arc::clone(language),
            _ => Arc::clone(&self.language),
        }
    }

    fn organization_of(&self, summary: &Summary) -> Option<Arc<OrganizationPlan>> {
        summary.header.organization.as_deref().map(|organization| self.organization(organization))
    }

    /// Returns the files of organizations that were needed and could not be read.
    pub fn unreadable(&self) -> Vec<UnreadableFile> {
        self.unreadable.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn organization(&self, id: &str) -> Arc<OrganizationPlan> {
        if let Some(organization) = self.organizations.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Arc::clone(organization);
        }
        let organization = Arc::new(self.load_organization(id));
        self.organizations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), Arc::clone(&organization));
        organization
    }

    fn load_organization(&self, id: &str) -> OrganizationPlan {
        match self.desk.policy().organization_on_file(id) {
            Ok(None) => OrganizationPlan::Absent,
            Ok(Some(organization)) => {
                let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
                let language = organization.language.map_or_else(|| Arc::clone(&self.language), Arc::from);
                OrganizationPlan::Read(organization.plans, zone.unwrap_or_else(|| self.zone.clone()), language)
            }
            Err(Error::Damaged { path, damage }) => {
                let mut unreadable = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
                unreadable.insert(id.to_owned(), UnreadableFile { path, damage });
                OrganizationPlan::Damaged
            }
            // Other errors are reported by the commands that need the organization itself.
            Err(_) => OrganizationPlan::Damaged,
        }
    }
}
