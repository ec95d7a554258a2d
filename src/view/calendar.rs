//! How calendars look: their week, what they make of the days ahead, in words and in JSON.
//!
//! Must not know where calendars come from.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::{Map, Value, json};

use super::sanitize::one_line;
use crate::domain::calendar::{Calendar, HolidayList, HoursSource, MinuteRange};
use crate::domain::time::duration;

/// The days of a week.
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// How far ahead holidays are looked for.
const AHEAD: TimeDelta = TimeDelta::days(2 * 366);

/// A calendar with what is around it.
pub struct CalendarView<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// The lists of holidays it names.
    pub lists: Vec<(&'a str, &'a HolidayList)>,
    /// The names of the plans that speak of it.
    pub plans: Vec<&'a str>,
}

fn hours(stretches: &[MinuteRange]) -> String {
    if stretches.is_empty() {
        return "closed".to_owned();
    }
    stretches.iter().map(MinuteRange::to_string).collect::<Vec<_>>().join(", ")
}

fn spelled(stretches: &[MinuteRange]) -> Vec<String> {
    stretches.iter().map(MinuteRange::to_string).collect()
}

/// A calendar in full, for people.
pub fn render(around: &CalendarView<'_>) -> String {
    let CalendarView { calendar, lists, plans } = around;
    let mut text = format!("{}, in {}\n", one_line(&calendar.name), calendar.zone.name());
    for day in DAYS {
        text.push_str(&format!("  {day}  {}\n", hours(calendar.week.of(day))));
    }
    for (name, list) in lists {
        let HolidayList { title, until, .. } = list;
        text.push_str(&format!("  holidays of {name}: {}, until {until}\n", one_line(title)));
    }
    for (date, stretches) in &calendar.exceptions {
        text.push_str(&format!("  {date}  {}\n", hours(stretches)));
    }
    if !plans.is_empty() {
        text.push_str(&format!("  in the plans {}\n", one_line(&plans.join(", "))));
    }
    text
}

/// A calendar in full, as JSON.
pub fn to_json(around: &CalendarView<'_>) -> Value {
    let CalendarView { calendar, lists, plans } = around;
    let week: Map<String, Value> =
        DAYS.iter().map(|&day| (day.to_string().to_lowercase(), json!(spelled(calendar.week.of(day))))).collect();
    let exceptions: Map<String, Value> =
        calendar.exceptions.iter().map(|(date, hours)| (date.to_string(), json!(spelled(hours)))).collect();
    let list = |(name, list): &(&str, &HolidayList)| json!({"name": name, "title": list.title, "source": list.source, "from": list.from.to_string(), "until": list.until.to_string()});
    json!({
        "name": calendar.name,
        "time_zone": calendar.zone.name(),
        "week": week,
        "holidays": lists.iter().map(list).collect::<Vec<_>>(),
        "exceptions": exceptions,
        "plans": plans,
    })
}

/// A date ahead whose hours are not those of its day of the week.
struct ExceptionalDate<'a> {
    date: NaiveDate,
    hours: &'a [MinuteRange],
    name: Option<&'a str>,
}

/// The next dates that differ from their day of the week, today included. A holiday on which nobody works anyway is
/// none.
fn odd_dates(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> Vec<ExceptionalDate<'_>> {
    let today = calendar.zone.local(now).date_naive();
    let differs = |date: NaiveDate| {
        let (hours, ground) = calendar.date(date);
        let name = match ground {
            HoursSource::Week => return None,
            HoursSource::Holiday(name) => Some(name),
            HoursSource::Exception => None,
        };
        (hours != calendar.week.of(date.weekday())).then_some(ExceptionalDate { date, hours, name })
    };
    let days = usize::try_from(AHEAD.num_days()).unwrap_or_default();
    today.iter_days().take(days).filter_map(differs).take(count).collect()
}

/// What comes next, for people.
pub fn next_told(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> String {
    let is_open = calendar.is_open(now);
    let state = if is_open { "open" } else { "closed" };
    let mut text = format!("{}  {state} now", one_line(&calendar.name));
    match calendar.turn(now) {
        Some((turn, opens)) => {
            let local = calendar.zone.local(turn).format("%a %Y-%m-%d %H:%M");
            let (verb, zone) = (if opens { "opens" } else { "closes" }, calendar.zone.abbreviation(turn));
            text.push_str(&format!("; {verb} {local} {zone}, in {}\n", duration::format_duration(turn - now)));
        }
        None => text.push_str(if is_open { "; never closes\n" } else { "; never opens\n" }),
    }
    for ExceptionalDate { date, hours: stretches, name } in odd_dates(calendar, now, count) {
        let name = name.map(|name| format!("  {}", one_line(name))).unwrap_or_default();
        text.push_str(&format!("  {} {date}  {}{name}\n", date.weekday(), hours(stretches)));
    }
    text
}

/// What comes next, as JSON.
pub fn next_record(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> Value {
    let turn = calendar.turn(now);
    let at = |wanted: bool| turn.filter(|(_, opens)| *opens == wanted).map(|(at, _)| duration::format_instant(at));
    let odd =
        |odd: ExceptionalDate<'_>| json!({"date": odd.date.to_string(), "name": odd.name, "hours": spelled(odd.hours)});
    json!({
        "name": calendar.name,
        "time_zone": calendar.zone.name(),
        "now": duration::format_instant(now),
        "is_open": calendar.is_open(now),
        "opens_at": at(true),
        "closes_at": at(false),
        "ahead": odd_dates(calendar, now, count).into_iter().map(odd).collect::<Vec<_>>(),
    })
}
