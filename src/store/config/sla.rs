//! Sections `[calendars]`, `[plans]` and `[desk]` of casebook.toml, and the calendars of `[follow_up]` and
//! `[escalation]`.
//!
//! Parsed only by commands that need clocks or calendars. Every name is looked up; errors have their place. Lists of
//! holidays are only named here, not read.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::escalation::{EscalationSection, RawEscalation};
use super::targets::{RawTargets, targets};
use super::{ConfigError, SpannedError, date, known_name, spanned};
use crate::domain::calendar::{ALWAYS, MinuteRange, Week, hours_of_a_day};
use crate::domain::sla::plan::{CalendarRule, Plan, default_roles};
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{OrganizationRole, Priority};
use crate::store::holidays;

/// A calendar of casebook.toml. Its holidays are still names of lists.
#[derive(Clone, Debug)]
pub struct RawCalendar {
    /// The name.
    pub name: String,
    /// The time zone of the hours.
    pub zone: Zone,
    /// The weekly opening hours.
    pub week: Week,
    /// The names of its lists of holidays, each with its byte range in the file.
    pub lists: Vec<(String, Range<usize>)>,
    /// The dates with their own hours; a closed day has no hours.
    pub exceptions: BTreeMap<NaiveDate, Vec<MinuteRange>>,
}

/// The settings about time in casebook.toml.
#[derive(Clone, Debug)]
pub struct RawSla {
    /// The calendars, by name.
    pub calendars: Vec<RawCalendar>,
    /// The plans, by name.
    pub plans: Vec<Plan>,
    /// The plan of tickets without an organization.
    pub desk_plan: Option<String>,
    /// The calendars for follow-ups in open time; the first matching rule counts.
    pub follow_up: Vec<CalendarRule>,
    /// The escalation policy.
    pub escalation: RawEscalation,
}

/// The sections of the file that belong here; [`super`] checks the other ones.
#[derive(Deserialize)]
struct RawSlaFile {
    #[serde(default)]
    calendars: BTreeMap<Spanned<String>, CalendarSection>,
    #[serde(default)]
    plans: BTreeMap<Spanned<String>, PlanSection>,
    #[serde(default)]
    desk: DeskHours,
    #[serde(default)]
    follow_up: FollowUpHours,
    #[serde(default)]
    escalation: EscalationSection,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarSection {
    time_zone: Spanned<String>,
    open: Vec<Spanned<String>>,
    #[serde(default)]
    holidays: Vec<Spanned<String>>,
    #[serde(default)]
    exceptions: BTreeMap<Spanned<String>, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanSection {
    may_open: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    first_response: RawTargets,
    #[serde(default)]
    next_response: RawTargets,
    #[serde(default)]
    resolution: RawTargets,
    calendar: Option<Spanned<String>>,
    calendars: Option<Vec<RuleSection>>,
    may_escalate: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSection {
    language: Option<String>,
    #[serde(default)]
    priority: Vec<Spanned<String>>,
    #[serde(default)]
    channel: Vec<String>,
    calendar: Spanned<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeskHours {
    plan: Option<Spanned<String>>,
    // Parsed by [`super`], for every command.
    #[serde(rename = "reopen_window")]
    _reopen_window: Option<IgnoredAny>,
}

/// The calendars of `[follow_up]`; [`super::follow_up`] checks the other keys.
#[derive(Default, Deserialize)]
struct FollowUpHours {
    calendar: Option<Spanned<String>>,
    calendars: Option<Vec<RuleSection>>,
}

/// Parses the settings about time in the text of a casebook.toml.
///
/// # Errors
/// The first invalid setting, with its line and column.
pub fn read(text: &str) -> Result<RawSla, ConfigError> {
    validate(text).map_err(|error| error.within(text))
}

/// Returns an error at a byte range of the text.
pub fn error_at(text: &str, place: &Range<usize>, message: String) -> ConfigError {
    SpannedError(Some(place.clone()), message).within(text)
}

fn validate(text: &str) -> Result<RawSla, SpannedError> {
    let written: RawSlaFile = toml::from_str(text)?;
    let calendars = written.calendars.iter().map(calendar).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = calendars.iter().map(|calendar| calendar.name.as_str()).chain([ALWAYS]).collect();
    let plans = written.plans.iter().map(|plan| self::plan(plan, &names)).collect::<Result<Vec<_>, _>>()?;
    let plan_names: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let desk_plan = written.desk.plan.as_ref().map(|word| known_name(word, &plan_names, "plan")).transpose()?;
    let follow_up = rules(written.follow_up.calendar.as_ref(), written.follow_up.calendars.as_deref(), &names)?;
    let escalation = written.escalation.read(&names)?;
    Ok(RawSla { calendars, plans, desk_plan, follow_up, escalation })
}

fn calendar((name, section): (&Spanned<String>, &CalendarSection)) -> Result<RawCalendar, SpannedError> {
    if name.get_ref() == ALWAYS {
        return Err(SpannedError(Some(name.span()), format!("`{ALWAYS}` is built in and cannot be redefined")));
    }
    let mut week = Week::default();
    for window in &section.open {
        spanned(window, |window| week.clone().add(window))?;
        let _ = week.add(window.get_ref());
    }
    let list = |word: &Spanned<String>| {
        let name = spanned(word, |name| {
            holidays::is_name(name).then(|| name.to_owned()).ok_or_else(|| {
                format!("`{name}` is not the name of a list; expected lowercase letters, digits, `-` and `_`")
            })
        })?;
        Ok::<_, SpannedError>((name, word.span()))
    };
    let mut exceptions = BTreeMap::new();
    for (day, hours) in &section.exceptions {
        exceptions.insert(spanned(day, date)?, spanned(hours, hours_of_a_day)?);
    }
    Ok(RawCalendar {
        name: name.get_ref().clone(),
        zone: spanned(&section.time_zone, Zone::named)?,
        week,
        lists: section.holidays.iter().map(list).collect::<Result<_, _>>()?,
        exceptions,
    })
}

fn plan((name, section): (&Spanned<String>, &PlanSection), calendars: &[&str]) -> Result<Plan, SpannedError> {
    let rules = rules(section.calendar.as_ref(), section.calendars.as_deref(), calendars)?;
    Ok(Plan {
        name: name.get_ref().clone(),
        may_open: may_open(name.get_ref(), section.may_open.as_deref())?,
        refuses_escalation: section.may_escalate == Some(false),
        first_response: targets(&section.first_response)?,
        next_response: targets(&section.next_response)?,
        resolution: targets(&section.resolution)?,
        calendars: rules,
    })
}

/// Parses `calendar`, which holds for all tickets, or `calendars`, of which the first matching rule counts.
fn rules(
    one: Option<&Spanned<String>>,
    several: Option<&[RuleSection]>,
    calendars: &[&str],
) -> Result<Vec<CalendarRule>, SpannedError> {
    match (one, several) {
        (Some(word), Some(_)) => {
            Err(SpannedError(Some(word.span()), "`calendar` and `calendars` exclude each other; remove one".to_owned()))
        }
        (Some(word), None) => {
            Ok(vec![CalendarRule { calendar: known_name(word, calendars, "calendar")?, ..CalendarRule::default() }])
        }
        (None, Some(rules)) => rules.iter().map(|rule| self::rule(rule, calendars)).collect(),
        (None, None) => Ok(Vec::new()),
    }
}

/// Parses the roles that may open tickets under a plan. A plan that names none has the roles of docs/seeds.md.
fn may_open(plan: &str, written: Option<&[Spanned<String>]>) -> Result<Vec<OrganizationRole>, SpannedError> {
    match written {
        Some(roles) => roles.iter().map(|word| spanned(word, str::parse)).collect(),
        None => Ok(default_roles(plan).to_vec()),
    }
}

fn rule(section: &RuleSection, calendars: &[&str]) -> Result<CalendarRule, SpannedError> {
    let priority = section.priority.iter().map(|word| spanned(word, Priority::parse_lenient));
    Ok(CalendarRule {
        language: section.language.clone(),
        priority: priority.collect::<Result<_, _>>()?,
        channel: section.channel.clone(),
        calendar: known_name(&section.calendar, calendars, "calendar")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_policy_is_that_of_the_seeds() {
        let policy = read(&crate::store::config::initial("x", "UTC", true, None)).expect("a policy");
        let names: Vec<&str> = policy.calendars.iter().map(|calendar| calendar.name.as_str()).collect();
        assert_eq!(names, ["english_24x5", "japan_business"]);
        let lists: Vec<Vec<&str>> = policy
            .calendars
            .iter()
            .map(|calendar| calendar.lists.iter().map(|(name, _)| name.as_str()).collect())
            .collect();
        assert_eq!(lists, [vec!["us", "gb"], vec!["jp"]]);
        assert!(lists.concat().iter().all(|name| holidays::INITIAL.contains(name)));
        assert_eq!(policy.desk_plan.as_deref(), Some("standard"));
        let hours = |name: &str| {
            let plan = policy.plans.iter().find(|plan| plan.name == name).expect("a plan");
            plan.first_response.of(Priority::S1).map(|target| target.num_hours())
        };
        assert_eq!([hours("looker"), hours("standard"), hours("enhanced")], [Some(1), Some(4), Some(1)]);
        for plan in &policy.plans {
            assert_eq!(plan.calendar(Some("ja"), Priority::S1, Some("email")), Some("always"));
            assert_eq!(plan.calendar(Some("ja"), Priority::S1, Some("portal")), Some("japan_business"));
            assert_eq!(plan.calendar(Some("ja"), Priority::S3, Some("email")), Some("japan_business"));
            assert_eq!(plan.calendar(Some("fr"), Priority::S1, Some("email")), Some("english_24x5"));
        }
    }

    #[test]
    fn a_desk_may_have_no_settings_about_time() {
        let policy = read("format = 1\n").expect("a policy");
        assert!(policy.calendars.is_empty() && policy.plans.is_empty() && policy.desk_plan.is_none());
    }

    #[test]
    fn errors_name_their_place() {
        let error =
            |text: &str| read(text).map_err(|error| (error.line, error.column, error.message)).expect_err("an error");
        let calendar = "[calendars.a]\ntime_zone = \"UTC\"\nopen = [\"Mon\"]\n";
        assert_eq!(error("[calendars.always]\ntime_zone = \"UTC\"\nopen = []\n").0, 1);
        assert_eq!(error("[calendars.a]\ntime_zone = \"Berlin\"\nopen = []\n").0, 2);
        assert_eq!(error("[calendars.a]\ntime_zone = \"UTC\"\nopen = [\"Mon\", \"Tue 9\"]\n").0, 3);
        assert_eq!(error(&format!("{calendar}holidays = [\"../x\"]\n")).0, 4);
        assert_eq!(error(&format!("{calendar}exceptions = {{ \"2026-12-32\" = \"closed\" }}\n")).0, 4);
        assert_eq!(error(&format!("{calendar}exceptions = {{ \"2026-12-24\" = \"shut\" }}\n")).0, 4);
        assert_eq!(error(&format!("{calendar}hours = 5\n")).0, 4);
        assert_eq!(error(&format!("{calendar}[plans.p]\ncalendar = \"A\"\ncalendars = []\n")).0, 5);
        let (line, column, message) = error(&format!("{calendar}[plans.p]\ncalendar = \"alway\"\n"));
        assert_eq!(
            (line, column, message.as_str()),
            (5, 12, "`alway` is not a calendar of this desk; did you mean `always`?")
        );
        assert_eq!(error("[plans.p]\nfirst_response = { S9 = \"1h\" }\n").0, 2);
        assert_eq!(error("[plans.p]\nfirst_response = { S1 = \"0h\" }\n").0, 2);
        assert_eq!(error("[[plans.p.calendars]]\npriority = [\"S7\"]\ncalendar = \"always\"\n").0, 2);
        assert_eq!(error("[desk]\nplan = \"gold\"\n").0, 2);
        assert_eq!(error("[desk]\nplam = \"gold\"\n").0, 2);
    }
}
