//! Plans, calendars and escalation rules of casebook.toml, with the holiday lists they name.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Utc};

use crate::domain::calendar::{CachedCalendar, Calendar, HolidayList};
use crate::domain::people::person::Person;
use crate::domain::people::team::Team;
use crate::domain::sla::clock::Clock;
use crate::domain::sla::manager_response::{EscalationPolicy, manager_response_clocks};
use crate::domain::sla::plan::{CalendarRule, Plan};
use crate::domain::ticket::{Header, Ticket};
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::config::calendars::{DeskCalendar, ListName};
use crate::store::config::plans::DeskPlans;
use crate::store::config::{ConfigError, Settings, utf8_text};
use crate::store::holidays;

use super::PolicyReader;
use crate::desk::Desk;

/// The calendars of a desk, each completed with its holidays when it is first asked for.
#[derive(Debug)]
pub struct CalendarReader<'a> {
    desk: &'a Desk,
    /// The calendars of casebook.toml, in the order of their names.
    defined: &'a [DeskCalendar],
    complete: Vec<OnceLock<CachedCalendar>>,
    always: CachedCalendar,
    /// The instant around which open hours are cached, UTC.
    around: DateTime<Utc>,
    /// The first list of holidays that could not be read.
    error: Mutex<Option<Error>>,
}

/// The policy of time of a desk: plans, calendars, follow-up hours and escalations.
#[derive(Debug)]
pub struct SlaPolicy<'a> {
    /// The calendars.
    pub calendars: CalendarReader<'a>,
    /// The plans.
    pub plans: &'a DeskPlans,
    /// The calendars whose hours follow-up counts; the first rule that applies to a ticket decides.
    pub follow_up: &'a [CalendarRule],
    /// The rules of escalations.
    pub escalation: &'a EscalationPolicy,
}

impl<'a> CalendarReader<'a> {
    /// Returns the calendars of casebook.toml, in the order of their names, without the built-in one.
    pub const fn defined(&self) -> &'a [DeskCalendar] {
        self.defined
    }

    /// Returns the calendar of a name, also the built-in one. `None` if the desk has no such calendar, or if a list of its
    /// holidays cannot be read: no result is better than a wrong one. Then [`Self::take_error`] returns the error.
    pub fn get(&self, name: &str) -> Option<&CachedCalendar> {
        let Some(index) = self.defined.iter().position(|calendar| calendar.name == name) else {
            return Some(&self.always).filter(|always| always.calendar().name == name);
        };
        if self.complete[index].get().is_none() {
            match self.completed(&self.defined[index]) {
                Ok(calendar) => {
                    let _ = self.complete[index].set(CachedCalendar::of(calendar, self.around));
                }
                Err(error) => {
                    self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        }
        self.complete[index].get()
    }

    /// Returns every calendar of casebook.toml, in the order of their names.
    ///
    /// # Errors
    /// A list of holidays is missing or invalid, or cannot be read.
    pub fn all(&self) -> Result<Vec<&Calendar>, Error> {
        let calendars = self.defined.iter().filter_map(|calendar| self.get(&calendar.name));
        let calendars = calendars.map(CachedCalendar::calendar).collect();
        self.take_error().map_or(Ok(calendars), Err)
    }

    /// Returns the first error of a list of holidays that a calendar needed, once.
    pub fn take_error(&self) -> Option<Error> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns a list of holidays that a calendar names.
    ///
    /// # Errors
    /// The list is missing or invalid, or cannot be read.
    pub fn list(&self, list: &ListName) -> Result<HolidayList, Error> {
        let policy = self.desk.policy();
        policy.holiday_list(&list.name)?.ok_or_else(|| policy.invalid_settings(list.missing.clone()))
    }

    /// Completes a calendar with the days of its holiday lists. A day that several lists name has the names of them all.
    fn completed(&self, calendar: &DeskCalendar) -> Result<Calendar, Error> {
        let mut holidays = BTreeMap::new();
        for list in &calendar.lists {
            for (day, name) in self.list(list)?.days {
                let names: &mut String = holidays.entry(day).or_default();
                if names.is_empty() {
                    *names = name;
                } else if names.split("; ").all(|other| other != name) {
                    names.push_str("; ");
                    names.push_str(&name);
                }
            }
        }
        let DeskCalendar { name, zone, week, exceptions, .. } = calendar.clone();
        Ok(Calendar { name, zone, week, holidays, exceptions })
    }
}

impl SlaPolicy<'_> {
    /// Returns the calendar whose hours follow-up counts for a ticket (docs/follow-up.md#open-time); `None` if no rule
    /// applies and all time counts.
    pub fn follow_up_hours(&self, desk: &Desk, ticket: &Header) -> Option<&Calendar> {
        let languages = desk.policy().languages_of(ticket);
        let (language, channel) = (languages.first().map(String::as_str), ticket.channel.as_deref());
        let rule = self.follow_up.iter().find(|rule| rule.applies_to(language, ticket.priority, channel))?;
        self.calendar(&rule.calendar)
    }

    /// Returns the clocks of the manager responses of a ticket, at an instant.
    pub fn manager_responses(&self, ticket: &Ticket, team: &Team, now: DateTime<Utc>) -> Vec<Clock> {
        let is_manager = |person: &Person| team.has_manager(person);
        manager_response_clocks(&ticket.history, self.escalation, is_manager, |name| self.calendar(name), now)
    }

    /// Returns the instant, in UTC, by which a manager must respond to a ticket escalated now; `None` if the policy sets no
    /// target.
    pub fn manager_response_due(&self, priority: Priority, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let target = self.escalation.manager_response.of(priority)?;
        self.calendar(&self.escalation.calendar)?.due(now, target)
    }

    /// Returns the manager on duty for a priority at an instant.
    pub fn manager_on_duty(&self, priority: Priority, now: DateTime<Utc>) -> Option<&Person> {
        let is_open = |name: &str| self.calendar(name).is_some_and(|calendar| calendar.is_open(now));
        self.escalation.manager_on_duty(priority, is_open)
    }

    /// Returns the plans with a rule that names a calendar.
    pub fn plans_with<'b>(&'b self, calendar: &'b str) -> impl Iterator<Item = &'b Plan> {
        let names = move |plan: &&Plan| plan.calendars.iter().any(|rule| rule.calendar == calendar);
        self.plans.plans.iter().filter(names)
    }

    fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.calendars.get(name).map(CachedCalendar::calendar)
    }
}

impl<'a> PolicyReader<'a> {
    /// Returns the plans, calendars and escalation rules, with every list of holidays.
    ///
    /// # Errors
    /// casebook.toml or a list is invalid, a list is missing, or a file cannot be read.
    pub fn sla(&self) -> Result<SlaPolicy<'a>, Error> {
        let policy = self.sla_around(self.desk.environment.now)?;
        policy.calendars.all()?;
        Ok(policy)
    }

    /// Returns the plans, calendars and escalation rules. A list of holidays is read when its calendar is asked for; open
    /// hours are cached around an instant.
    ///
    /// # Errors
    /// casebook.toml is invalid.
    pub(crate) fn sla_around(&self, around: DateTime<Utc>) -> Result<SlaPolicy<'a>, Error> {
        Ok(SlaPolicy {
            calendars: self.calendars(around)?,
            plans: self.settings(Settings::plans)?,
            follow_up: self.settings(Settings::follow_up_hours)?,
            escalation: self.settings(Settings::escalation)?,
        })
    }

    /// Returns the calendars, with open hours cached around an instant.
    ///
    /// # Errors
    /// casebook.toml is invalid.
    pub(crate) fn calendars(&self, around: DateTime<Utc>) -> Result<CalendarReader<'a>, Error> {
        let defined = self.settings(Settings::calendars)?;
        let complete = defined.iter().map(|_| OnceLock::new()).collect();
        let always = CachedCalendar::of(Calendar::always(), around);
        Ok(CalendarReader { desk: self.desk, defined, complete, always, around, error: Mutex::default() })
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
            Ok(Some(bytes)) => utf8_text(&bytes).map(|text| Some(text.to_owned())).map_err(invalid),
            Ok(None) => Ok(None),
            Err(Error::Damaged { damage, .. }) => {
                Err(invalid(ConfigError { line: damage.line, column: damage.column, message: damage.kind.to_string() }))
            }
            Err(other) => Err(other),
        }
    }
}
