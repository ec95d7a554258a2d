//! Calendars: their week, and their next openings and exceptional dates, as text and as JSON.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::{Map, Value, json};

use super::sanitize::one_line;
use crate::domain::calendar::{Calendar, HolidayList, HoursSource, MinuteRange};
use crate::domain::time::duration;

/// The days of a week, in the order of the output.
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

/// The time ahead that is searched for exceptional dates.
const AHEAD: TimeDelta = TimeDelta::days(2 * 366);

/// A calendar with its holiday lists and plans.
pub struct CalendarView<'a> {
    /// The calendar.
    pub calendar: &'a Calendar,
    /// The holiday lists that it names, by name.
    pub lists: Vec<(&'a str, &'a HolidayList)>,
    /// The names of the plans that use it.
    pub plans: Vec<&'a str>,
}

fn format_hours(hours: &[MinuteRange]) -> String {
    if hours.is_empty() {
        return "closed".to_owned();
    }
    hours.iter().map(MinuteRange::to_string).collect::<Vec<_>>().join(", ")
}

fn hours_json(hours: &[MinuteRange]) -> Vec<String> {
    hours.iter().map(MinuteRange::to_string).collect()
}

/// Renders a calendar in full, for people.
pub fn render(view: &CalendarView<'_>) -> String {
    let CalendarView { calendar, lists, plans } = view;
    let mut text = format!("{}, in {}\n", one_line(&calendar.name), calendar.zone.name());
    for day in DAYS {
        text.push_str(&format!("  {day}  {}\n", format_hours(calendar.week.of(day))));
    }
    for (name, list) in lists {
        let HolidayList { title, until, .. } = list;
        text.push_str(&format!("  holidays of {name}: {}, until {until}\n", one_line(title)));
    }
    for (date, hours) in &calendar.exceptions {
        text.push_str(&format!("  {date}  {}\n", format_hours(hours)));
    }
    if !plans.is_empty() {
        text.push_str(&format!("  used by the plans {}\n", one_line(&plans.join(", "))));
    }
    text
}

/// Returns a calendar in full as JSON.
pub fn to_json(view: &CalendarView<'_>) -> Value {
    let CalendarView { calendar, lists, plans } = view;
    let week: Map<String, Value> =
        DAYS.iter().map(|&day| (day.to_string().to_lowercase(), json!(hours_json(calendar.week.of(day))))).collect();
    let exceptions: Map<String, Value> =
        calendar.exceptions.iter().map(|(date, hours)| (date.to_string(), json!(hours_json(hours)))).collect();
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

/// A date with hours that differ from its day of the week.
struct ExceptionalDate<'a> {
    date: NaiveDate,
    hours: &'a [MinuteRange],
    name: Option<&'a str>,
}

/// Returns the next dates with hours that differ from their day of the week, including today. A holiday on a day that is
/// closed anyway is not one of them.
fn exceptional_dates(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> Vec<ExceptionalDate<'_>> {
    let today = calendar.zone.local(now).date_naive();
    let differs = |date: NaiveDate| {
        let (hours, source) = calendar.hours_on(date);
        let name = match source {
            HoursSource::Week => return None,
            HoursSource::Holiday(name) => Some(name),
            HoursSource::Exception => None,
        };
        (hours != calendar.week.of(date.weekday())).then_some(ExceptionalDate { date, hours, name })
    };
    let days = usize::try_from(AHEAD.num_days()).unwrap_or_default();
    today.iter_days().take(days).filter_map(differs).take(count).collect()
}

/// Renders the next opening or closing and the next exceptional dates, for people.
pub fn render_next(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> String {
    let is_open = calendar.is_open(now);
    let state = if is_open { "open" } else { "closed" };
    let mut text = format!("{}  {state} now", one_line(&calendar.name));
    match calendar.next_change(now) {
        Some((turn, opens)) => {
            let local = calendar.zone.local(turn).format("%a %Y-%m-%d %H:%M");
            let (verb, zone) = (if opens { "opens" } else { "closes" }, calendar.zone.abbreviation(turn));
            text.push_str(&format!("; {verb} {local} {zone}, in {}\n", duration::format_duration(turn - now)));
        }
        None => text.push_str(if is_open { "; never closes\n" } else { "; never opens\n" }),
    }
    for ExceptionalDate { date, hours, name } in exceptional_dates(calendar, now, count) {
        let name = name.map(|name| format!("  {}", one_line(name))).unwrap_or_default();
        text.push_str(&format!("  {} {date}  {}{name}\n", date.weekday(), format_hours(hours)));
    }
    text
}

/// Returns the next opening and closing and the next exceptional dates as JSON; instants are in UTC.
pub fn next_to_json(calendar: &Calendar, now: DateTime<Utc>, count: usize) -> Value {
    let turn = calendar.next_change(now);
    let at = |opening: bool| turn.filter(|(_, opens)| *opens == opening).map(|(at, _)| duration::format_instant(at));
    let ahead = |ahead: ExceptionalDate<'_>| json!({"date": ahead.date.to_string(), "name": ahead.name, "hours": hours_json(ahead.hours)});
    json!({
        "name": calendar.name,
        "time_zone": calendar.zone.name(),
        "now": duration::format_instant(now),
        "is_open": calendar.is_open(now),
        "opens_at": at(true),
        "closes_at": at(false),
        "ahead": exceptional_dates(calendar, now, count).into_iter().map(ahead).collect::<Vec<_>>(),
    })
}
