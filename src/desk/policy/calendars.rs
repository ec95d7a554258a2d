//! The desk's calendars: what casebook.toml says of time, with the holidays of the lists it names.
//!
//! Must not know what the present is, nor tickets.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use crate::domain::calendar::{Calendar, HolidayList};
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::manager_response::{EscalationPolicy, manager_response_clocks};
use crate::domain::sla::plan::{CalendarRule, Plan};
use crate::domain::ticket::{Header, Ticket};
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::config::ConfigError;
use crate::store::config::escalation::RawEscalation;
use crate::store::config::sla;
use crate::store::config::sla::RawCalendar;
use crate::store::holidays;

use super::PolicyReader;

/// What the desk promises, and when it is open.
#[derive(Clone, Debug)]
pub struct SlaPolicy {
    /// The calendars of casebook.toml, by name; the built-in one is not among them.
    pub calendars: Vec<Calendar>,
    /// The plans, by name.
    pub plans: Vec<Plan>,
    /// The plan of tickets without an organisation.
    pub desk_plan: Option<String>,
    /// Whose open time follow-up counts, where it counts open time: the first rule that means the ticket.
    pub follow_up: Vec<CalendarRule>,
    /// What the desk does about escalations.
    pub escalation: EscalationPolicy,
    /// The lists of holidays that calendars name, by name.
    pub lists: BTreeMap<String, HolidayList>,
    /// Which lists each calendar names, in the order of the calendars.
    pub named: Vec<Vec<String>>,
}

impl SlaPolicy {
    /// The calendar of a name; the built-in one is not among the desk's, and is known all the same.
    pub fn calendar(&self, name: &str) -> Option<&Calendar> {
        static ALWAYS: LazyLock<Calendar> = LazyLock::new(Calendar::always);
        let known = self.calendars.iter().find(|calendar| calendar.name == name);
        known.or_else(|| (name == ALWAYS.name).then_some(&*ALWAYS))
    }

    /// The hours in which a ticket's silence is counted: those of the first rule that means it. None where no rule
    /// does: then all time counts. `language` is the one the ticket is spoken to in.
    pub fn follow_up_hours(&self, ticket: &Header, language: Option<&str>) -> Option<&Calendar> {
        let channel = ticket.channel.as_deref();
        let rule = self.follow_up.iter().find(|rule| rule.applies_to(language, ticket.priority, channel))?;
        self.calendar(&rule.calendar)
    }

    /// The clocks of a ticket's escalations, as they stand at an instant.
    pub fn manager_responses(&self, ticket: &Ticket, team: &Team, now: DateTime<Utc>) -> Vec<Clock> {
        let is_manager = |person: &Person| team.has_manager(person);
        manager_response_clocks(&ticket.history, &self.escalation, is_manager, |name| self.calendar(name), now)
    }

    /// Returns the instant at which the manager response is due on a ticket escalated now, UTC; `None` without a target.
    pub fn manager_response_due(&self, priority: Priority, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.calendar(&self.escalation.calendar)?.due(now, self.escalation.manager_response.of(priority)?)
    }

    /// The manager on duty for a priority at an instant.
    pub fn manager_on_duty(&self, priority: Priority, now: DateTime<Utc>) -> Option<&Person> {
        let is_open = |name: &str| self.calendar(name).is_some_and(|calendar| calendar.is_open(now));
        self.escalation.manager_on_duty(priority, is_open)
    }

    /// The plans with a rule that names a calendar.
    pub fn plans_with<'a>(&'a self, calendar: &'a str) -> impl Iterator<Item = &'a Plan> {
        self.plans.iter().filter(move |plan| plan.calendars.iter().any(|rule| rule.calendar == calendar))
    }
}

/// The first who is on duty for escalations and no manager of the team, with the place in casebook.toml.
pub(crate) fn on_duty_without_office(text: &str, escalation: &RawEscalation, team: &Team) -> Option<ConfigError> {
    let mut named = escalation.policy.on_duty.iter().zip(&escalation.places);
    let (duty, place) = named.find(|(duty, _)| !team.has_manager(&duty.manager))?;
    Some(sla::flaw_at(text, place, format!("{} is none of `[team] managers`", duty.manager)))
}

impl PolicyReader<'_> {
    /// Reads the policy of time, and the lists it names.
    ///
    /// # Errors
    /// casebook.toml or a list is not sound, a list is missing, or a file cannot be read.
    pub fn sla(&self) -> Result<SlaPolicy, Error> {
        let written = self.settings(sla::read)?;
        let mut lists = BTreeMap::new();
        for (name, place) in written.calendars.iter().flat_map(|calendar| &calendar.lists) {
            if lists.contains_key(name) {
                continue;
            }
            let list = self.holiday_list(name)?.ok_or_else(|| {
                let message = format!("there is no {}; `casebook calendar import` makes one", holidays::path(name));
                self.unsound(sla::flaw_at(&self.desk.text, place, message))
            })?;
            lists.insert(name.clone(), list);
        }
        if let Some(flaw) = on_duty_without_office(&self.desk.text, &written.escalation, &self.desk.config.team) {
            return Err(self.unsound(flaw));
        }
        let escalation = written.escalation;
        let names = |calendar: &RawCalendar| calendar.lists.iter().map(|(name, _)| name.clone()).collect();
        Ok(SlaPolicy {
            named: written.calendars.iter().map(names).collect(),
            calendars: written.calendars.into_iter().map(|calendar| complete(calendar, &lists)).collect(),
            plans: written.plans,
            desk_plan: written.desk_plan,
            follow_up: written.follow_up,
            escalation: escalation.policy,
            lists,
        })
    }

    /// The list of a name, if the desk has one.
    ///
    /// # Errors
    /// It is not sound, or cannot be read.
    pub fn holiday_list(&self, name: &str) -> Result<Option<HolidayList>, Error> {
        let Some(text) = self.list_text(name)? else { return Ok(None) };
        let path = || PathBuf::from(holidays::path(name));
        holidays::read(&text).map(Some).map_err(|flaw| Error::Config { path: path(), flaw })
    }

    pub(crate) fn list_text(&self, name: &str) -> Result<Option<String>, Error> {
        let path = holidays::path(name);
        let unsound = |flaw| Error::Config { path: PathBuf::from(&path), flaw };
        match self.desk.read().bytes_at(&path) {
            Ok(Some(bytes)) => holidays::text(&bytes).map(|text| Some(text.to_owned())).map_err(unsound),
            Ok(None) => Ok(None),
            Err(Error::Damaged { damage, .. }) => {
                Err(unsound(ConfigError { line: damage.line, column: damage.column, message: damage.kind.to_string() }))
            }
            Err(other) => Err(other),
        }
    }
}

fn complete(written: RawCalendar, lists: &BTreeMap<String, HolidayList>) -> Calendar {
    let mut days = BTreeMap::new();
    for (day, name) in written.lists.iter().filter_map(|(name, _)| lists.get(name)).flat_map(|list| &list.days) {
        let names: &mut String = days.entry(*day).or_default();
        if names.is_empty() {
            names.clone_from(name);
        } else if names.split("; ").all(|known| known != name) {
            names.push_str("; ");
            names.push_str(name);
        }
    }
    Calendar {
        name: written.name,
        zone: written.zone,
        week: written.week,
        holidays: days,
        exceptions: written.exceptions,
    }
}
