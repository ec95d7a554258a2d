//! What casebook.toml says of time: `[calendars]`, `[plans]` and `[desk]`.
//!
//! Read only by commands that need it, since zones and plans are nothing to most. Every name is looked up, and what
//! is wrong is told with its place. Must not read lists of holidays: it names them.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::escalation;
use super::escalation::RawEscalation;
use super::{ConfigError, SpannedError, spanned};
use crate::domain::calendar::{ALWAYS, MinuteRange, Week, hours_of_a_day};
use crate::domain::sla::plan::{CalendarRule, Plan, Targets, default_roles};
use crate::domain::time::duration;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{OrganizationRole, Priority};
use crate::store::holidays;

/// A calendar as casebook.toml has it: its holidays are still names of lists.
#[derive(Clone, Debug)]
pub struct RawCalendar {
    /// Its name.
    pub name: String,
    /// Its zone.
    pub zone: Zone,
    /// Its hours.
    pub week: Week,
    /// The lists of holidays it names, each with its place in the file.
    pub lists: Vec<(String, Range<usize>)>,
    /// Its exceptions.
    pub exceptions: BTreeMap<NaiveDate, Vec<MinuteRange>>,
}

/// What casebook.toml says of time.
#[derive(Clone, Debug)]
pub struct RawSla {
    /// The calendars, by name.
    pub calendars: Vec<RawCalendar>,
    /// The plans, by name.
    pub plans: Vec<Plan>,
    /// The plan of tickets without an organisation.
    pub desk_plan: Option<String>,
    /// Whose open time follow-up counts, where it counts open time: the first rule that means the ticket.
    pub follow_up: Vec<CalendarRule>,
    /// What the desk does about escalations.
    pub escalation: RawEscalation,
}

/// What stands for other parts is left to [`super`].
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
    escalation: escalation::EscalationSection,
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

pub(crate) type RawTargets = BTreeMap<Spanned<String>, Spanned<String>>;

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
    // Read by `config`, which every command reads.
    #[serde(rename = "reopen_window")]
    _reopen_window: Option<IgnoredAny>,
}

/// Whose open time is counted; [`super::follow_up`] judges the rest.
#[derive(Default, Deserialize)]
struct FollowUpHours {
    calendar: Option<Spanned<String>>,
    calendars: Option<Vec<RuleSection>>,
}

/// Reads what the text of a casebook.toml says of time.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<RawSla, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

/// What is wrong at a place of the text.
pub fn flaw_at(text: &str, place: &Range<usize>, message: String) -> ConfigError {
    SpannedError(Some(place.clone()), message).within(text)
}

fn validate(text: &str) -> Result<RawSla, SpannedError> {
    let written: RawSlaFile =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    let calendars = written.calendars.iter().map(calendar).collect::<Result<Vec<_>, _>>()?;
    let known: Vec<&str> = calendars.iter().map(|calendar| calendar.name.as_str()).chain([ALWAYS]).collect();
    let plans = written.plans.iter().map(|plan| self::plan(plan, &known)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    let desk_plan = written.desk.plan.as_ref().map(|word| one_of(word, &names, "plan")).transpose()?;
    let follow_up = rules(written.follow_up.calendar.as_ref(), written.follow_up.calendars.as_deref(), &known)?;
    let escalation = written.escalation.read(&known)?;
    Ok(RawSla { calendars, plans, desk_plan, follow_up, escalation })
}

fn calendar((name, section): (&Spanned<String>, &CalendarSection)) -> Result<RawCalendar, SpannedError> {
    if name.get_ref() == ALWAYS {
        return Err(SpannedError(Some(name.span()), format!("`{ALWAYS}` is built in: it is never closed")));
    }
    let mut week = Week::default();
    for words in &section.open {
        spanned(words, |window| week.clone().add(window))?;
        let _ = week.add(words.get_ref());
    }
    let list = |word: &Spanned<String>| {
        let name = spanned(word, |name| {
            holidays::is_name(name)
                .then(|| name.to_owned())
                .ok_or_else(|| format!("`{name}` is no name of a list: small letters, digits, `-` and `_`"))
        })?;
        Ok((name, word.span()))
    };
    let mut exceptions = BTreeMap::new();
    for (day, hours) in &section.exceptions {
        let date =
            spanned(day, |day| holidays::date(day).ok_or_else(|| format!("`{day}` is no date; `2026-12-24` is")))?;
        exceptions.insert(date, spanned(hours, hours_of_a_day)?);
    }
    Ok(RawCalendar {
        name: name.get_ref().clone(),
        zone: spanned(&section.time_zone, Zone::named)?,
        week,
        lists: section.holidays.iter().map(list).collect::<Result<_, _>>()?,
        exceptions,
    })
}

fn plan((name, section): (&Spanned<String>, &PlanSection), known: &[&str]) -> Result<Plan, SpannedError> {
    let calendars = rules(section.calendar.as_ref(), section.calendars.as_deref(), known)?;
    Ok(Plan {
        name: name.get_ref().clone(),
        may_open: may_open(name.get_ref(), section.may_open.as_deref())?,
        refuses_escalation: section.may_escalate == Some(false),
        first_response: targets(&section.first_response)?,
        next_response: targets(&section.next_response)?,
        resolution: targets(&section.resolution)?,
        calendars,
    })
}

/// One calendar for all, or rules of which the first that fits counts.
fn rules(
    one: Option<&Spanned<String>>,
    several: Option<&[RuleSection]>,
    known: &[&str],
) -> Result<Vec<CalendarRule>, SpannedError> {
    match (one, several) {
        (Some(word), Some(_)) => {
            Err(SpannedError(Some(word.span()), "either `calendar` or `calendars`, not both".to_owned()))
        }
        (Some(word), None) => {
            Ok(vec![CalendarRule { calendar: one_of(word, known, "calendar")?, ..CalendarRule::default() }])
        }
        (None, Some(rules)) => rules.iter().map(|rule| self::rule(rule, known)).collect(),
        (None, None) => Ok(Vec::new()),
    }
}

/// The roles that may open tickets; where a plan names none, those of the seeds.
fn may_open(plan: &str, written: Option<&[Spanned<String>]>) -> Result<Vec<OrganizationRole>, SpannedError> {
    match written {
        Some(words) => words.iter().map(|word| spanned(word, str::parse)).collect(),
        None => Ok(default_roles(plan).to_vec()),
    }
}

fn rule(section: &RuleSection, known: &[&str]) -> Result<CalendarRule, SpannedError> {
    let priority = section.priority.iter().map(|word| spanned(word, Priority::parse_lenient));
    Ok(CalendarRule {
        language: section.language.clone(),
        priority: priority.collect::<Result<_, _>>()?,
        channel: section.channel.clone(),
        calendar: one_of(&section.calendar, known, "calendar")?,
    })
}

/// Targets by priority.
pub(crate) fn targets(written: &RawTargets) -> Result<Targets, SpannedError> {
    let mut targets = Targets::default();
    for (word, words) in written {
        let priority = spanned(word, Priority::parse_lenient)?;
        let target = spanned(words, |words| {
            duration::parse_duration(words)
                .filter(|span| !span.is_zero())
                .ok_or_else(|| format!("`{words}` is no span of time; `1h` or `30m` is, in open time"))
        })?;
        targets.set(priority, target);
    }
    Ok(targets)
}

/// A name that has to be known.
pub(crate) fn one_of(word: &Spanned<String>, known: &[&str], what: &str) -> Result<String, SpannedError> {
    spanned(word, |name| {
        if known.contains(&name) {
            return Ok(name.to_owned());
        }
        let hint = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(format!("`{name}` is no {what} of this desk{hint}"))
    })
}

/// The known name that somebody may have meant.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let near = known.iter().max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)))?;
    (strsim::jaro(near, name) > 0.7).then_some(*near)
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
    fn a_desk_may_say_nothing_of_time() {
        let policy = read("format = 1\n").expect("a policy");
        assert!(policy.calendars.is_empty() && policy.plans.is_empty() && policy.desk_plan.is_none());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let flaw = |text: &str| read(text).map_err(|flaw| (flaw.line, flaw.column, flaw.message)).expect_err("a flaw");
        let calendar = "[calendars.a]\ntime_zone = \"UTC\"\nopen = [\"Mon\"]\n";
        assert_eq!(flaw("[calendars.always]\ntime_zone = \"UTC\"\nopen = []\n").0, 1);
        assert_eq!(flaw("[calendars.a]\ntime_zone = \"Berlin\"\nopen = []\n").0, 2);
        assert_eq!(flaw("[calendars.a]\ntime_zone = \"UTC\"\nopen = [\"Mon\", \"Tue 9\"]\n").0, 3);
        assert_eq!(flaw(&format!("{calendar}holidays = [\"../x\"]\n")).0, 4);
        assert_eq!(flaw(&format!("{calendar}exceptions = {{ \"2026-12-32\" = \"closed\" }}\n")).0, 4);
        assert_eq!(flaw(&format!("{calendar}exceptions = {{ \"2026-12-24\" = \"shut\" }}\n")).0, 4);
        assert_eq!(flaw(&format!("{calendar}hours = 5\n")).0, 4);
        assert_eq!(flaw(&format!("{calendar}[plans.p]\ncalendar = \"A\"\ncalendars = []\n")).0, 5);
        let (line, column, message) = flaw(&format!("{calendar}[plans.p]\ncalendar = \"alway\"\n"));
        assert_eq!(
            (line, column, message.as_str()),
            (5, 12, "`alway` is no calendar of this desk; did you mean `always`?")
        );
        assert_eq!(flaw("[plans.p]\nfirst_response = { S9 = \"1h\" }\n").0, 2);
        assert_eq!(flaw("[plans.p]\nfirst_response = { S1 = \"0h\" }\n").0, 2);
        assert_eq!(flaw("[[plans.p.calendars]]\npriority = [\"S7\"]\ncalendar = \"always\"\n").0, 2);
        assert_eq!(flaw("[desk]\nplan = \"gold\"\n").0, 2);
        assert_eq!(flaw("[desk]\nplam = \"gold\"\n").0, 2);
    }
}
