//! Sections `[plans]` and `[desk] plan` of casebook.toml: the service plans, their targets by priority, and the rules that
//! choose a calendar.

use chrono::TimeDelta;

use super::toml_value::{TomlValue, Word};
use super::{ConfigError, Settings, known_name};
use crate::domain::calendar::{ALWAYS, Week};
use crate::domain::sla::follow_up_policy::TimeBasis;
use crate::domain::sla::plan::{CalendarRule, Metric, Plan, Targets, default_roles};
use crate::domain::time::duration;
use crate::domain::vocabulary::{OrganizationRole, Priority};

/// The plans of a desk.
#[derive(Clone, Debug, Default)]
pub struct DeskPlans {
    /// The plans, by name.
    pub plans: Vec<Plan>,
    /// The plan of tickets without an organization.
    pub desk_plan: Option<String>,
}

impl DeskPlans {
    /// Returns a plan by its name.
    pub fn find(&self, name: &str) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.name == name)
    }

    /// Returns the plan of tickets without an organization.
    pub fn of_desk(&self) -> Option<&Plan> {
        self.find(self.desk_plan.as_deref()?)
    }

    /// Returns the names of the plans.
    pub fn names(&self) -> Vec<&str> {
        self.plans.iter().map(|plan| plan.name.as_str()).collect()
    }
}

pub(super) fn read(settings: &Settings) -> Result<DeskPlans, ConfigError> {
    let plans = settings.section("plans")?.entries().map(|entry| plan(settings, entry));
    let mut plans = DeskPlans { plans: plans.collect::<Result<_, _>>()?, desk_plan: None };
    if let Some(word) = settings.section("desk")?.get("plan").word() {
        plans.desk_plan = Some(known_name(word, &plans.names(), "plan")?);
    }
    Ok(plans)
}

fn plan(settings: &Settings, (name, section): (Word<'_>, TomlValue<'_>)) -> Result<Plan, ConfigError> {
    let (name, may_open) = (name.text.to_owned(), section.get("may_open"));
    let roles = may_open.parse_all(str::parse::<OrganizationRole>)?;
    let eligibility = settings.section("eligibility").ok();
    let roles_count = eligibility.and_then(|section| section.get("roles").flag()) != Some(false);
    let calendars = rules(settings, section)?;
    let names: Vec<&str> = calendars.iter().map(|rule| rule.calendar.as_str()).collect();
    let targets = |metric| targets(settings, section.get(metric), &names);
    Ok(Plan {
        // A plan that names no roles has those of docs/seeds.md.
        may_open: if may_open.is_absent() && roles_count { default_roles(&name).to_vec() } else { roles },
        name,
        refuses_escalation: section.get("may_escalate").flag() == Some(false),
        first_response: targets("first_response")?,
        next_response: targets("next_response")?,
        resolution: targets("resolution")?,
        calendars,
    })
}

/// Parses `calendar`, which holds for all tickets, or `calendars`, of which the first matching rule counts.
pub(super) fn rules(settings: &Settings, section: TomlValue<'_>) -> Result<Vec<CalendarRule>, ConfigError> {
    let (one, several) = (section.get("calendar"), section.get("calendars"));
    if !one.is_absent() && !several.is_absent() {
        return Err(one.error("`calendar` and `calendars` exclude each other; remove one"));
    }
    let rules = one.word().map(|_| section).into_iter().chain(several.items());
    let names = settings.calendar_names();
    let rule = |rule: TomlValue<'_>| {
        let calendar = rule.get("calendar").word().map(|word| known_name(word, &names, "calendar")).transpose()?;
        Ok(CalendarRule {
            language: rule.get("language").text().map(str::to_owned),
            priority: rule.get("priority").parse_all(Priority::parse_lenient)?,
            channel: rule.get("channel").texts(),
            calendar: calendar.unwrap_or_default(),
        })
    };
    rules.map(rule).collect()
}

/// Parses a table of targets, which one of these calendars counts.
pub(super) fn targets(settings: &Settings, table: TomlValue<'_>, calendars: &[&str]) -> Result<Targets, ConfigError> {
    let mut targets = Targets::default();
    let target = |text: &str| {
        let target = match text.trim().strip_suffix("bd").map(str::parse::<i32>) {
            Some(Ok(days)) if days > 0 => Some(business_day(settings, calendars)? * days),
            Some(_) => None,
            None => duration::parse_duration(text).filter(|target| !target.is_zero()),
        };
        target.ok_or_else(|| {
            format!("`{text}` is not a target; expected open time such as `1h`, or `3bd` for business days")
        })
    };
    for (word, text) in table.entries() {
        let priority = word.parse(Priority::parse_lenient)?;
        if let Some(target) = text.parse(target)? {
            targets.set(priority, target, text.text().unwrap_or_default().trim());
        }
    }
    Ok(targets)
}

/// Returns the hours of a calendar's week.
fn week(settings: &Settings, calendar: &str) -> Option<Week> {
    let defined = settings.calendars().ok()?.iter().find(|defined| defined.name == calendar);
    defined.map_or_else(|| (calendar == ALWAYS).then(Week::always), |defined| Some(defined.week.clone()))
}

/// Returns the length of a business day in all of these calendars.
fn business_day(settings: &Settings, calendars: &[&str]) -> Result<TimeDelta, String> {
    let mut days = calendars.iter().map(|name| week(settings, name).and_then(|week| week.business_day()));
    let first = days.next().flatten().filter(|first| days.all(|day| day == Some(*first)));
    first.ok_or_else(|| {
        let names = calendars.join("`, `");
        format!("`bd` needs open days of one length, and those of `{names}` are not; write the target in hours")
    })
}

/// Returns the durations in days or weeks that a calendar counts which is not always open: there a day is 24 open hours,
/// which are several business days.
pub(super) fn day_durations(settings: &Settings) -> Result<Vec<ConfigError>, ConfigError> {
    let mut found = Vec::new();
    let mut add = |calendars: &[String], texts: Vec<TomlValue<'_>>| {
        let is_closing = |name: &&String| week(settings, name).is_some_and(|week| week != Week::always());
        let Some(calendar) = calendars.iter().find(is_closing) else { return };
        for text in texts {
            let written = text.text().unwrap_or_default().trim();
            let is_in_days = written.contains(['d', 'w']) && !written.ends_with("bd");
            let Some(span) = duration::parse_duration(written).filter(|_| is_in_days) else { continue };
            let hours = duration::format_hours(span);
            found.push(text.error(format!(
                "`{written}` is {hours} of open time in `{calendar}`, which is not always open: there `d` is 24 and `w` 168 open hours; write hours, or in targets `3bd` for business days"
            )));
        }
    };
    let names = |rules: Vec<CalendarRule>| rules.into_iter().map(|rule| rule.calendar).collect::<Vec<_>>();
    for (_, plan) in settings.section("plans")?.entries() {
        let calendars = names(rules(settings, plan)?);
        for metric in Metric::OF_PLANS {
            add(&calendars, plan.get(metric.as_str()).entries().map(|(_, text)| text).collect());
        }
    }
    let escalation = settings.section("escalation")?;
    add(
        &[settings.escalation()?.calendar.clone()],
        escalation.get("manager_response").entries().map(|(_, text)| text).collect(),
    );
    if settings.follow_up()?.counts == TimeBasis::Business {
        let section = settings.section("follow_up")?;
        let calendars = names(rules(settings, section)?);
        for (_, times) in section.entries().filter(|(word, _)| Priority::parse_lenient(word.text).is_ok()) {
            add(&calendars, times.get("alerts").items().chain([times.get("solve_after")]).collect());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_policy_is_that_of_the_seeds() {
        let settings = Settings::of(crate::store::config::PolicyTemplate::Looker.text("x", "UTC", true, None));
        let (calendars, policy) = (settings.calendars().expect("calendars"), settings.plans().expect("plans"));
        let names: Vec<&str> = calendars.iter().map(|calendar| calendar.name.as_str()).collect();
        assert_eq!(names, ["english_24x5", "japan_business"]);
        let lists: Vec<Vec<&str>> =
            calendars.iter().map(|calendar| calendar.lists.iter().map(|list| list.name.as_str()).collect()).collect();
        assert_eq!(lists, [vec!["us", "gb"], vec!["jp"]]);
        assert!(
            lists.concat().iter().all(|name| crate::store::config::PolicyTemplate::Looker.holidays().contains(name))
        );
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
        let settings = Settings::of("format = 1\n");
        let policy = settings.plans().expect("plans");
        assert!(settings.calendars().expect("calendars").is_empty());
        assert!(policy.plans.is_empty() && policy.desk_plan.is_none());
    }

    const OFFICES: &str = "[calendars.office]\ntime_zone = \"UTC\"\nopen = [\"Mon-Fri 09:00 - 18:00\"]\n\
        [calendars.uneven]\ntime_zone = \"UTC\"\nopen = [\"Mon-Thu 09:00 - 18:00\", \"Fri 09:00 - 12:00\"]\n";

    #[test]
    fn business_days_are_as_long_as_the_open_days_of_the_calendar() {
        let target = |calendar: &str| {
            let toml = format!("{OFFICES}[plans.p]\ncalendar = \"{calendar}\"\nresolution = {{ S2 = \"3bd\" }}\n");
            let settings = Settings::of(toml);
            let plans = settings.plans().map_err(|error| error.message)?;
            let targets = &plans.plans[0].resolution;
            Ok::<_, String>((
                targets.of(Priority::S2).map(|target| target.num_hours()),
                targets.written(Priority::S2).map(str::to_owned),
            ))
        };
        assert_eq!(target("office"), Ok((Some(27), Some("3bd".to_owned()))));
        assert_eq!(target("always"), Ok((Some(72), Some("3bd".to_owned()))));
        assert!(target("uneven").expect_err("refused").contains("open days of one length"));
    }

    #[test]
    fn days_of_a_calendar_that_closes_are_reported() {
        let toml = format!(
            "format = 1\n{OFFICES}[plans.p]\ncalendar = \"office\"\nresolution = {{ S1 = \"9h\", S2 = \"3d\", S3 = \"3bd\" }}\n[plans.q]\ncalendar = \"always\"\nresolution = {{ S2 = \"3d\" }}\n[follow_up]\nclock = \"business\"\ncalendar = \"office\"\n[follow_up.S3]\nalerts = [\"1w\"]\nsolve_after = \"200h\"\n"
        );
        let found = day_durations(&Settings::of(toml)).expect("settings");
        let places: Vec<_> = found.iter().map(|error| (error.line, &error.message[..4])).collect();
        assert_eq!(places, [(10, "`3d`"), (18, "`1w`")], "{found:?}");
        assert!(found[0].message.contains("72h of open time in `office`"), "{}", found[0].message);
    }

    #[test]
    fn errors_name_their_place() {
        let error = |text: &str| {
            let mut errors = Settings::of(text).errors().into_iter();
            let error = errors.find(|error| !error.message.contains("`format`")).expect("an error");
            (error.line, error.column, error.message)
        };
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
        assert_eq!(error("[plans.p]\nfirst_response = { S1 = \"0bd\" }\n").0, 2);
        assert_eq!(error("[plans.p]\nfirst_response = { S1 = \"3bd\" }\n").0, 2);
        assert_eq!(error("[[plans.p.calendars]]\npriority = [\"S7\"]\ncalendar = \"always\"\n").0, 2);
        assert_eq!(error("[desk]\nplan = \"gold\"\n").0, 2);
        assert_eq!(error("[desk]\nplam = \"gold\"\n").0, 2);
    }
}
