//! What the desk has promised its tickets: the plan in force for each, and its clocks.
//!
//! The plan is that of the ticket's organisation on the day the ticket opened, in the organisation's zone, else the
//! desk's; where the organisation has none for that day, or there is no organisation, the plan of `[desk]`. Policy and
//! organisations are those of the work tree, whatever moment is looked at. Must not know who asks.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::calendar::{ALWAYS, CachedCalendar, Calendar};
use crate::domain::people::organization::{Organization, PlanPeriod};
use crate::domain::people::person::Person;
use crate::domain::query::{AsOf, Query};
use crate::domain::sla::clock::{Clock, clocks};
use crate::domain::sla::plan::Plan;
use crate::domain::ticket::summary::Summary;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::git::Repository;
use crate::store::layout;
use crate::store::yaml;

use super::SlaReader;
use crate::desk::{Desk, SlaPolicy, UnreadableFile};

/// Plans, calendars and organisations, ready to tell the clocks of many tickets at one instant.
#[derive(Debug)]
pub struct SlaEvaluator<'a> {
    desk: &'a Desk,
    /// The policy they follow from.
    pub policy: SlaPolicy,
    /// When the clocks are read, UTC.
    pub now: DateTime<Utc>,
    reckoners: Vec<CachedCalendar>,
    zone: Zone,
    language: Arc<str>,
    shows_manager_response: bool,
    known: RwLock<HashMap<String, Arc<OrganizationPlan>>>,
    troubles: Mutex<BTreeMap<String, UnreadableFile>>,
}

/// What is known of an organisation.
#[derive(Debug)]
enum OrganizationPlan {
    /// Its plans, the zone of its days, and its language.
    There(Vec<PlanPeriod>, Zone, Arc<str>),
    /// It has no file.
    Absent,
    /// Its file cannot be read: its tickets have no clock rather than a wrong one.
    Damaged,
}

/// The plan in force for a ticket, and why that one.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanInForce<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The period it follows from; none where it is the desk's.
    pub period: Option<PlanPeriod>,
    /// The day the ticket opened.
    pub day: NaiveDate,
    /// The zone of that day.
    pub zone: Zone,
}

impl<'a> SlaReader<'a> {
    /// What was promised, as it stands at an instant.
    ///
    /// # Errors
    /// The policy is not sound, or the desk's zone is none.
    pub fn at(&self, now: DateTime<Utc>) -> Result<SlaEvaluator<'a>, Error> {
        let policy = self.desk.policy().sla()?;
        let calendars = policy.calendars.iter().cloned().chain([Calendar::always()]);
        let reckoners = calendars.map(|calendar| CachedCalendar::of(calendar, now)).collect();
        let zone = self.desk.policy().zone()?;
        let (known, troubles) = (RwLock::default(), Mutex::default());
        let language = self.desk.config.language.as_str().into();
        let shows_manager_response = false;
        Ok(SlaEvaluator {
            desk: self.desk,
            policy,
            now,
            reckoners,
            zone,
            language,
            shows_manager_response,
            known,
            troubles,
        })
    }

    /// The moment a query looks at: that of its `as-of:`, of a revision the time of its commit, else the present.
    ///
    /// # Errors
    /// A revision git does not know.
    pub fn query_time(&self, query: &Query) -> Result<DateTime<Utc>, Error> {
        match &query.as_of {
            Some(AsOf::Instant(instant)) => Ok(*instant),
            Some(AsOf::Revision(revision)) => Repository::at(&self.desk.root)
                .time_of(revision)
                .map_err(|refusal| Error::NoRevision { revision: revision.clone(), refusal }),
            None => Ok(self.desk.environment.now),
        }
    }

    /// What a query needs to know of clocks, if it asks for them at all.
    ///
    /// # Errors
    /// As [`Self::at`] and [`Self::query_time`].
    pub(crate) fn for_query(&self, query: &Query, viewer: Option<&Person>) -> Result<Option<SlaEvaluator<'a>>, Error> {
        query.needs_clocks().then(|| Ok(self.at(self.query_time(query)?)?.for_viewer(viewer))).transpose()
    }
}

impl SlaEvaluator<'_> {
    /// The same for who is told of them: support is told of managers' first words among the clocks of a ticket.
    #[must_use]
    pub fn for_viewer(self, viewer: Option<&Person>) -> Self {
        Self { shows_manager_response: self.desk.sla().shows_manager_response(viewer), ..self }
    }

    /// Whether tickets of a priority are promised anything, by whatever plan, or by the desk where they are escalated.
    pub fn has_target_for(&self, priority: Priority) -> bool {
        let of_desk = self.policy.escalation.manager_response.of(priority).is_some();
        of_desk || self.policy.plans.iter().any(|plan| plan.has_target_of(priority))
    }

    /// Whether anybody is promised anything.
    pub fn has_targets(&self) -> bool {
        self.shows_manager_response && !self.policy.escalation.manager_response.is_empty()
            || self.policy.plans.iter().any(Plan::has_targets)
    }

    /// A calendar made ready.
    pub fn reckoner(&self, name: &str) -> Option<&CachedCalendar> {
        let known = self.reckoners.iter().find(|known| known.calendar().name == name);
        debug_assert!(known.is_some() || name != ALWAYS);
        known
    }

    /// A plan of the policy.
    pub fn plan(&self, name: &str) -> Option<&Plan> {
        self.policy.plans.iter().find(|plan| plan.name == name)
    }

    /// The plan in force for a ticket. None where the desk has no such plan, or what is needed cannot be read.
    pub fn plan_in_force(&self, row: &Summary) -> Option<PlanInForce<'_>> {
        let opened = row.created_at;
        let on = |zone: &Zone| zone.local(opened).date_naive();
        let desk = |zone: &Zone| {
            let plan = self.policy.desk_plan.as_deref().and_then(|name| self.plan(name))?;
            Some(PlanInForce { plan, period: None, day: on(zone), zone: zone.clone() })
        };
        let Some(organization) = row.header.organization.as_deref() else { return desk(&self.zone) };
        match &*self.known(organization) {
            OrganizationPlan::There(periods, zone, _) => {
                let day = on(zone);
                let Some(period) = periods.iter().find(|period| period.is_in_force_on(day)) else { return desk(zone) };
                let plan = self.plan(&period.plan)?;
                Some(PlanInForce { plan, period: Some(period.clone()), day, zone: zone.clone() })
            }
            OrganizationPlan::Absent => desk(&self.zone),
            OrganizationPlan::Damaged => None,
        }
    }

    /// The plan a ticket would have if its organisation's file said this, or there were none.
    pub fn plan_by<'b>(&'b self, organization: Option<&'b Organization>, row: &Summary) -> Option<&'b str> {
        let zone = organization.and_then(|organization| Zone::named(organization.time_zone.as_deref()?).ok());
        let day = zone.as_ref().unwrap_or(&self.zone).local(row.created_at).date_naive();
        let period = organization.and_then(|organization| organization.plan_on(day));
        period.or(self.policy.desk_plan.as_deref())
    }

    /// The clocks of a ticket: by its plan in the order they began, then the first word of the manager it is escalated to.
    pub fn clocks(&self, row: &Summary) -> Vec<Clock> {
        let mut clocks = self.plan_clocks(row);
        clocks.extend(self.manager_responses_of(row));
        clocks
    }

    /// Those of them that its plan gives it.
    pub fn plan_clocks(&self, row: &Summary) -> Vec<Clock> {
        if !self.policy.plans.iter().any(Plan::has_targets) {
            return Vec::new();
        }
        let plan = match row.header.organization {
            None => self.policy.desk_plan.as_deref().and_then(|name| self.plan(name)),
            Some(_) => self.plan_in_force(row).map(|in_force| in_force.plan),
        };
        plan.map(|plan| self.clocks_with_plan(row, plan)).unwrap_or_default()
    }

    /// The clocks of managers' first words, which only the history tells; few tickets are escalated.
    fn manager_responses_of(&self, row: &Summary) -> Vec<Clock> {
        let is_asked = self.shows_manager_response && !self.policy.escalation.manager_response.is_empty();
        if !is_asked || row.header.escalation.is_none() {
            return Vec::new();
        }
        // Whoever lists rows has named the file if it cannot be read.
        let ticket = self.desk.read().ticket(row.id).ok().and_then(|ticket| ticket.as_of(self.now));
        ticket.map(|ticket| self.desk.sla().manager_response_clocks(&ticket, self)).unwrap_or_default()
    }

    /// The clocks a ticket would have under a plan.
    pub fn clocks_with_plan(&self, row: &Summary, plan: &Plan) -> Vec<Clock> {
        let otherwise = || self.language_of(row);
        clocks(&row.sla_events, row.created_at, &row.header, plan, otherwise, |name| self.reckoner(name), self.now)
    }

    /// The clock of a ticket that is owed still and burns first.
    pub fn next(&self, row: &Summary) -> Option<Clock> {
        let owed = self.clocks(row).into_iter().filter(Clock::is_due);
        owed.min_by_key(|clock| (clock.due_at.is_none(), clock.due_at, clock.remaining()))
    }

    /// The zone of a ticket's customer: the organisation's, else the desk's.
    pub fn zone_of(&self, row: &Summary) -> Zone {
        match row.header.organization.as_deref().map(|organization| self.known(organization)).as_deref() {
            Some(OrganizationPlan::There(_, zone, _)) => zone.clone(),
            _ => self.zone.clone(),
        }
    }

    /// The language of a ticket that names none: the organisation's, else the desk's.
    fn language_of(&self, row: &Summary) -> Arc<str> {
        match row.header.organization.as_deref().map(|organization| self.known(organization)).as_deref() {
            Some(OrganizationPlan::There(_, _, language)) => Arc::clone(language),
            _ => Arc::clone(&self.language),
        }
    }

    /// The files of organisations that were asked for and could not be read.
    pub fn troubles(&self) -> Vec<UnreadableFile> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn known(&self, id: &str) -> Arc<OrganizationPlan> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Arc::clone(known);
        }
        let known = Arc::new(self.load_organization(id));
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), Arc::clone(&known));
        known
    }

    fn load_organization(&self, id: &str) -> OrganizationPlan {
        if !Organization::is_id(id) {
            return OrganizationPlan::Absent;
        }
        let path = layout::organization_path(id);
        let damage = match self.desk.policy().organization_bytes(id) {
            Ok(None) => return OrganizationPlan::Absent,
            Ok(Some(bytes)) => match yaml::read_organization(&bytes, id) {
                Ok(organization) => {
                    let zone = organization.time_zone.as_deref().and_then(|name| Zone::named(name).ok());
                    let language = organization.language.map_or_else(|| Arc::clone(&self.language), Arc::from);
                    return OrganizationPlan::There(
                        organization.plans,
                        zone.unwrap_or_else(|| self.zone.clone()),
                        language,
                    );
                }
                Err(damage) => damage,
            },
            Err(Error::Damaged { damage, .. }) => damage,
            // What cannot even be read is met again by whoever reads organisations in earnest.
            Err(_) => return OrganizationPlan::Damaged,
        };
        let mut troubles = self.troubles.lock().unwrap_or_else(PoisonError::into_inner);
        troubles.insert(id.to_owned(), UnreadableFile { path, damage });
        OrganizationPlan::Damaged
    }
}
