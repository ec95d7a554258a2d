//! Plans, calendars and escalation rules of casebook.toml, with the holiday lists they name.

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

/// The policy of time of a desk: plans, calendars, follow-up hours and escalations.
#[derive(Clone, Debug)]
pub struct SlaPolicy {
    /// The calendars of casebook.toml, in the order of their names, without the built-in one.
    pub calendars: Vec<Calendar>,
    /// The plans, in the order of their names.
    pub plans: Vec<Plan>,
    /// The name of the plan of tickets without an organization.
    pub desk_plan: Option<String>,
    /// The calendars whose hours follow-up counts; the first rule that applies to a ticket decides.
    pub follow_up: Vec<CalendarRule>,
    /// The rules of escalations.
    pub escalation: EscalationPolicy,
    /// The holiday lists that calendars name, by name.
    pub lists: BTreeMap<String, HolidayList>,
    /// The names of the holiday lists of each calendar, in the order of the calendars.
    pub lists_of_calendars: Vec<Vec<String>>,
}

impl SlaPolicy {
    /// Returns the calendar of a name, also the built-in one.
    pub fn calendar(&self, name: &str) -> Option<&Calendar> {
        static ALWAYS: LazyLock<Calendar> = LazyLock::new(Calendar::always);
        let calendar = self.calendars.iter().find(|calendar| calendar.name == name);
        calendar.or_else(|| (name == ALWAYS.name).then_some(&*ALWAYS))
    }

    /// Returns the calendar whose hours follow-up counts for a ticket (docs/follow-up.md#open-time); `None` if no rule
    /// applies and all time counts. `language` is the preferred language of the ticket.
    pub fn follow_up_hours(&self, ticket: &Header, language: Option<&str>) -> Option<&Calendar> {
        let channel = ticket.channel.as_deref();
        let rule = self.follow_up.iter().find(|rule| rule.applies_to(language, ticket.priority, channel))?;
        self.calendar(&rule.calendar)
    }

    /// Returns the clocks of the manager responses of a ticket, at an instant.
    pub fn manager_responses(&self, ticket: &Ticket, team: &Team, now: DateTime<Utc>) -> Vec<Clock> {
        let is_manager = |person: &Person| team.has_manager(person);
        manager_response_clocks(&ticket.history, &self.escalation, is_manager, |name| self.calendar(name), now)
    }

    /// Returns the instant, in UTC, by which a manager must respond to a ticket escalated now; `None` if the policy sets no
    /// target.
    pub fn manager_response_due(&self, priority: Priority, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.calendar(&self.escalation.calendar)?.due(now, self.escalation.manager_response.of(priority)?)
    }

    /// Returns the manager on duty for a priority at an instant.
    pub fn manager_on_duty(&self, priority: Priority, now: DateTime<Utc>) -> Option<&Person> {
        let is_open = |name: &str| self.calendar(name).is_some_and(|calendar| calendar.is_open(now));
        self.escalation.manager_on_duty(priority, is_open)
    }

    /// Returns the plans with a rule that names a calendar.
    pub fn plans_with<'a>(&'a self, calendar: &'a str) -> impl Iterator<Item = &'a Plan> {
        self.plans.iter().filter(move |plan| plan.calendars.iter().any(|rule| rule.calendar == calendar))
    }
}

/// Returns the error for the first person on duty for escalations who is not a manager, with its position in
/// casebook.toml.
pub(crate) fn on_duty_not_manager(text: &str, escalation: &RawEscalation, team: &Team) -> Option<ConfigError> {
    let mut duties = escalation.policy.on_duty.iter().zip(&escalation.spans);
    let (duty, place) = duties.find(|(duty, _)| !team.has_manager(&duty.manager))?;
    Some(sla::error_at(text, place, format!("{} is not one of `[team] managers`", duty.manager)))
}

impl PolicyReader<'_> {
    /// Reads the plans, calendars and escalation rules, and the holiday lists they name.
    ///
    /// # Errors
    /// casebook.toml or a list is invalid, a list is missing, or a file cannot be read.
    pub fn sla(&self) -> Result<SlaPolicy, Error> {
        let section = self.settings(sla::read)?;
        let mut lists = BTreeMap::new();
        for (name, place) in section.calendars.iter().flat_map(|calendar| &calendar.lists) {
            if lists.contains_key(name) {
                continue;
            }
            let list = self.holiday_list(name)?.ok_or_else(|| {
                let message = format!("there is no {}; `casebook calendar import` makes one", holidays::path(name));
                self.invalid_settings(sla::error_at(&self.desk.text, place, message))
            })?;
            lists.insert(name.clone(), list);
        }
        if let Some(error) = on_duty_not_manager(&self.desk.text, &section.escalation, &self.desk.config.team) {
            return Err(self.invalid_settings(error));
        }
        let escalation = section.escalation;
        let names = |calendar: &RawCalendar| calendar.lists.iter().map(|(name, _)| name.clone()).collect();
        Ok(SlaPolicy {
            lists_of_calendars: section.calendars.iter().map(names).collect(),
            calendars: section.calendars.into_iter().map(|calendar| complete(calendar, &lists)).collect(),
            plans: section.plans,
            desk_plan: section.desk_plan,
            follow_up: section.follow_up,
            escalation: escalation.policy,
            lists,
        })
    }

    /// Returns the holiday list of a name, if the desk has it.
    ///
    /// # Errors
    /// The list is invalid, or cannot be read.
    pub fn holiday_list(&self, name: &str) -> Result<Option<HolidayList>, Error> {
        let Some(text) = self.holiday_list_text(name)? else { return Ok(None) };
        let path = || PathBuf::from(holidays::path(name));
        holidays::read(&text).map(Some).map_err(|error| Error::Config { path: path(), error })
    }

    /// Returns the text of the holiday list of a name, if the desk has it.
    ///
    /// # Errors
    /// The file is not UTF-8, or cannot be read.
    pub(crate) fn holiday_list_text(&self, name: &str) -> Result<Option<String>, Error> {
        let path = holidays::path(name);
        let invalid = |error| Error::Config { path: PathBuf::from(&path), error };
        match self.desk.read().bytes_at(&path) {
            Ok(Some(bytes)) => holidays::text(&bytes).map(|text| Some(text.to_owned())).map_err(invalid),
            Ok(None) => Ok(None),
            Err(Error::Damaged { damage, .. }) => {
                Err(invalid(ConfigError { line: damage.line, column: damage.column, message: damage.kind.to_string() }))
            }
            Err(other) => Err(other),
        }
    }
}

/// Completes a calendar of casebook.toml with the days of its holiday lists. A day that several lists name has the names
/// of them all.
fn complete(calendar: RawCalendar, lists: &BTreeMap<String, HolidayList>) -> Calendar {
    let mut days = BTreeMap::new();
    for (day, name) in calendar.lists.iter().filter_map(|(name, _)| lists.get(name)).flat_map(|list| &list.days) {
        let names: &mut String = days.entry(*day).or_default();
        if names.is_empty() {
            names.clone_from(name);
        } else if names.split("; ").all(|other| other != name) {
            names.push_str("; ");
            names.push_str(name);
        }
    }
    Calendar {
        name: calendar.name,
        zone: calendar.zone,
        week: calendar.week,
        holidays: days,
        exceptions: calendar.exceptions,
    }
}
