//! Holidays from an iCalendar file (RFC 5545), as governments publish them: whole days and their names.
//!
//! The reader is small and strict: it accepts only events with a date, an end and a name, and reports others instead of
//! guessing. Repetition rules are refused, because a list that lacks half its days looks as good as a complete one.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// The maximum number of days of an event.
const LONGEST: i64 = 31;

/// The holidays of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IcalendarHolidays {
    /// The days and their names; several names of one day are joined with `; `.
    pub days: BTreeMap<NaiveDate, String>,
    /// The lines and names of events that are not whole days, or were canceled.
    pub skipped: Vec<(usize, String)>,
}

/// The reason why a file is not a list of holidays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IcalendarError {
    /// The line, from 1.
    pub line: usize,
    /// The error. It may quote the file.
    pub reason: String,
}

/// An event of a file.
#[derive(Default)]
struct IcalendarEvent {
    line: usize,
    start: Option<EventTime>,
    end: Option<EventTime>,
    summary: String,
    is_canceled: bool,
}

/// The begin or end of an event.
#[derive(Clone, Copy)]
enum EventTime {
    Date(NaiveDate),
    Time,
}

/// Parses the text of an iCalendar file.
///
/// # Errors
/// The first error, with its line: a text that is not a calendar, an invalid line, an event without a date or a name, an
/// event that repeats, or no event at all.
pub fn read(text: &str) -> Result<IcalendarHolidays, IcalendarError> {
    let mut found = IcalendarHolidays::default();
    let mut inside: Vec<String> = Vec::new();
    let mut event = IcalendarEvent::default();
    let mut last = 1;
    for (line, content) in unfolded(text) {
        last = line;
        let error = |reason: String| IcalendarError { line, reason };
        let (head, value) = split_line(&content)
            .ok_or_else(|| error(format!("invalid iCalendar line `{content}`: expected NAME:VALUE")))?;
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        if inside.is_empty() && (name.as_str(), value) != ("BEGIN", "VCALENDAR") {
            return Err(error("expected BEGIN:VCALENDAR at the start of an iCalendar file".to_owned()));
        }
        match name.as_str() {
            "BEGIN" => {
                if value.eq_ignore_ascii_case("VEVENT") {
                    event = IcalendarEvent { line, ..IcalendarEvent::default() };
                }
                inside.push(value.to_ascii_uppercase());
            }
            "END" => {
                if inside.pop() != Some(value.to_ascii_uppercase()) {
                    return Err(error(format!("END:{value} without a matching BEGIN:{value}")));
                }
                if value.eq_ignore_ascii_case("VEVENT") {
                    std::mem::take(&mut event).add_to(&mut found)?;
                }
            }
            _ if inside.last().is_none_or(|inner| inner != "VEVENT") => {}
            "DTSTART" => event.start = Some(event_time(head, value).map_err(error)?),
            "DTEND" => event.end = Some(event_time(head, value).map_err(error)?),
            "SUMMARY" => event.summary = unescape(value),
            "STATUS" => event.is_canceled = value.eq_ignore_ascii_case("CANCELLED"),
            "RRULE" | "RDATE" | "DURATION" => {
                return Err(error(format!("{name} is not supported; export every day as an event with a date")));
            }
            _ => {}
        }
    }
    match inside.last() {
        Some(open) => Err(IcalendarError { line: last, reason: format!("the file ends inside {open}") }),
        None if found.days.is_empty() => {
            Err(IcalendarError { line: last, reason: "the file contains no event of a whole day".to_owned() })
        }
        None => Ok(found),
    }
}

impl IcalendarEvent {
    /// Adds the days of the event to the holidays.
    fn add_to(self, found: &mut IcalendarHolidays) -> Result<(), IcalendarError> {
        let error = |reason: &str| IcalendarError { line: self.line, reason: reason.to_owned() };
        let start = match self.start {
            None => return Err(error("the event has no DTSTART")),
            Some(EventTime::Date(start)) if !self.is_canceled => start,
            Some(_) => {
                found.skipped.push((self.line, self.summary));
                return Ok(());
            }
        };
        if self.summary.is_empty() {
            return Err(error("the event has no SUMMARY for the name of the holiday"));
        }
        // DTEND is the first day after the event; an event without it lasts one day.
        let end = match self.end {
            None => start.checked_add_days(Days::new(1)).ok_or_else(|| error("the event ends after the last date"))?,
            Some(EventTime::Date(end)) => end,
            Some(EventTime::Time) => return Err(error("the event begins with a date and ends with a time")),
        };
        let length = end.signed_duration_since(start).num_days();
        if !(1..=LONGEST).contains(&length) {
            return Err(error(&format!("the event lasts {length} days; expected 1 to {LONGEST}")));
        }
        for day in start.iter_days().take_while(|day| *day < end) {
            let names = found.days.entry(day).or_default();
            if names.is_empty() {
                names.clone_from(&self.summary);
            } else if names.split("; ").all(|name| name != self.summary) {
                *names = format!("{names}; {}", self.summary);
            }
        }
        Ok(())
    }
}

/// Returns the content lines with the numbers of their first lines: a line that begins with a blank continues the one
/// before.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ if line.is_empty() => {}
            _ => lines.push((number + 1, line.to_owned())),
        }
    }
    lines
}

/// Splits a line at the first colon outside of quotes into the name with its parameters, and the value.
fn split_line(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    head.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((head, value.trim()))
}

/// Parses a date, or a time, which is not a whole day.
fn event_time(head: &str, value: &str) -> Result<EventTime, String> {
    let digits = value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    let date = if digits { NaiveDate::parse_from_str(value, "%Y%m%d").ok() } else { None };
    match date {
        Some(date) => Ok(EventTime::Date(date)),
        None if is_time(value) && !declares_date(head) => Ok(EventTime::Time),
        None => Err(format!("invalid date `{value}`: expected a form such as 20261225")),
    }
}

/// Returns true for `20261225T090000`, with or without a `Z`.
fn is_time(value: &str) -> bool {
    let value = value.strip_suffix('Z').unwrap_or(value);
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    value.split_once('T').is_some_and(|(date, time)| digits(date, 8) && digits(time, 6))
}

/// Returns true if the parameters declare the value a date.
fn declares_date(head: &str) -> bool {
    head.split(';').any(|part| part.eq_ignore_ascii_case("VALUE=DATE"))
}

/// Returns a text without its escapes, on one line.
fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') | None => text.push(' '),
                Some(other) => text.push(other),
            },
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n").replace("\r\n\r\n", "\r\n")
    }

    fn event(lines: &str) -> String {
        calendar(&format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n"))
    }

    fn days(text: &str) -> Vec<String> {
        let found = read(text).expect("holidays");
        found.days.iter().map(|(day, name)| format!("{day} {name}")).collect()
    }

    #[test]
    fn whole_days_are_holidays() {
        let one =
            event("UID:1@x\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY:Christmas\r\n  Day");
        assert_eq!(days(&one), ["2026-12-25 Christmas Day"]);
        assert_eq!(
            days(&event("DTSTART:20261225\r\nSUMMARY;LANGUAGE=\"a:b\":No\\, end\\nhere")),
            ["2026-12-25 No, end here"]
        );
        let long = event("DTSTART;VALUE=DATE:20261229\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:New Year");
        assert_eq!(days(&long).len(), 4);
        let two = "BEGIN:VEVENT\nDTSTART:20260101\nSUMMARY:A\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260101\nSUMMARY:B\nEND:VEVENT\n";
        assert_eq!(days(&calendar(&two.repeat(2))), ["2026-01-01 A; B"]);
    }

    #[test]
    fn events_that_are_not_whole_days_are_skipped_and_listed() {
        let mixed = "BEGIN:VEVENT\nDTSTART:20260101T090000Z\nSUMMARY:Party\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260102\nSTATUS:CANCELLED\nSUMMARY:Off\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260103\nSUMMARY:Day\nBEGIN:VALARM\nDURATION:PT1H\nEND:VALARM\nEND:VEVENT\n";
        let found = read(&calendar(mixed)).expect("holidays");
        assert_eq!(found.skipped, [(3, "Party".to_owned()), (7, "Off".to_owned())]);
        assert_eq!(found.days.len(), 1);
    }

    #[test]
    fn unsupported_lines_are_refused_with_their_numbers() {
        let line = |text: &str| read(text).expect_err("refused").line;
        assert_eq!(line(""), 1);
        assert_eq!(line("2026-12-25,Christmas\n"), 1);
        assert_eq!(line("BEGIN:VEVENT\n"), 1);
        assert_eq!(line(&calendar("")), 3);
        assert_eq!(line("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n"), 3);
        assert_eq!(line(&event("DTSTART:20260101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:x")), 5);
        assert_eq!(line(&event("DTSTART:20260230\r\nSUMMARY:x")), 4);
        assert_eq!(line(&event("SUMMARY:x")), 3);
        assert_eq!(line(&event("DTSTART:20260101")), 3);
        assert_eq!(line(&event("DTSTART:20260102\r\nDTEND:20260102\r\nSUMMARY:x")), 3);
        assert_eq!(line(&event("DTSTART:20260102\r\nDTEND:20260402\r\nSUMMARY:x")), 3);
        assert_eq!(line(&event("DTSTART:20260102\r\nDTEND:20260103T000000\r\nSUMMARY:x")), 3);
        assert_eq!(line(&calendar("END:VEVENT\r\n")), 3);
        assert_eq!(line(&calendar("no colon\r\n")), 3);
    }
}
