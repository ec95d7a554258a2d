//! Holidays from an iCalendar file (RFC 5545), as governments publish them: whole days and their names.
//!
//! The reader is small and strict: it takes events of whole days with a name, and leaves out others instead of guessing.
//! It lists them with their reasons, because a list that lacks half its days looks as good as a complete one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::recurrence::Recurrence;

/// The maximum number of days of an event.
const LONGEST: i64 = 31;

/// The holidays of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IcalendarHolidays {
    /// The days and their names; several names of one day are joined with `; `.
    pub days: BTreeMap<NaiveDate, String>,
    /// The events that were left out, in the order of the file.
    pub skipped: Vec<SkippedEvent>,
}

/// An event that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedEvent {
    /// The line, from 1.
    pub line: usize,
    /// The name, which may be empty.
    pub name: String,
    /// The reason. It may quote the file.
    pub reason: String,
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
    /// The days that the event lasts, if it has no end.
    length: Option<u64>,
    rules: Vec<Recurrence>,
    more: Vec<NaiveDate>,
    except: Vec<NaiveDate>,
    summary: String,
    is_canceled: bool,
    /// The first line that cannot be understood: its number, and the reason.
    odd: Option<(usize, String)>,
}

/// The begin or end of an event.
#[derive(Clone, Copy)]
enum EventTime {
    Date(NaiveDate),
    Time,
}

/// Parses the text of an iCalendar file. Events that repeat without an end do so up to `horizon`.
///
/// # Errors
/// The first error, with its line: a text that is not a calendar, an invalid line, or no event of a whole day at all.
pub fn read(text: &str, horizon: NaiveDate) -> Result<IcalendarHolidays, IcalendarError> {
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
                    let name = event.summary.clone();
                    if let Err((line, reason)) = std::mem::take(&mut event).add_to(&mut found, horizon) {
                        found.skipped.push(SkippedEvent { line, name, reason });
                    }
                }
            }
            _ if inside.last().is_none_or(|inner| inner != "VEVENT") => {}
            _ => event.take(line, &name, head, value),
        }
    }
    match inside.last() {
        Some(open) => Err(IcalendarError { line: last, reason: format!("the file ends inside {open}") }),
        None if found.days.is_empty() => {
            let none = || (last, "the file contains no event of a whole day".to_owned());
            let (line, reason) = found.skipped.into_iter().next().map_or_else(none, |odd| (odd.line, odd.reason));
            Err(IcalendarError { line, reason })
        }
        None => Ok(found),
    }
}

impl IcalendarEvent {
    /// Takes a line of the event. One that cannot be understood makes the event odd, and the file is read on.
    fn take(&mut self, line: usize, name: &str, head: &str, value: &str) {
        if let Err(reason) = self.set(name, head, value) {
            self.odd.get_or_insert((line, reason));
        }
    }

    fn set(&mut self, name: &str, head: &str, value: &str) -> Result<(), String> {
        match name {
            "DTSTART" => self.start = Some(event_time(head, value)?),
            "DTEND" => self.end = Some(event_time(head, value)?),
            "DURATION" => self.length = Some(whole_days(value).ok_or_else(|| format!("`{value}` is not whole days"))?),
            "RRULE" => {
                let rule = Recurrence::parse(value);
                self.rules.push(rule.ok_or_else(|| format!("the rule `{value}` is not supported"))?);
            }
            "RDATE" => self.more.extend(dates(head, value)?),
            "EXDATE" => self.except.extend(dates(head, value)?),
            "SUMMARY" => self.summary = unescape(value),
            "STATUS" => self.is_canceled = value.eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
        Ok(())
    }

    /// Adds the days of the event to the holidays.
    ///
    /// # Errors
    /// The line and the reason for which the event is left out.
    fn add_to(self, found: &mut IcalendarHolidays, horizon: NaiveDate) -> Result<(), (usize, String)> {
        let odd = |reason: &str| (self.line, reason.to_owned());
        if let Some(odd) = self.odd {
            return Err(odd);
        }
        let start = match self.start {
            None => return Err(odd("the event has no DTSTART")),
            Some(EventTime::Time) => return Err(odd("it is not a whole day")),
            Some(EventTime::Date(_)) if self.is_canceled => return Err(odd("it was canceled")),
            Some(EventTime::Date(start)) => start,
        };
        if self.summary.is_empty() {
            return Err(odd("the event has no SUMMARY for the name of the holiday"));
        }
        // DTEND is the first day after the event; an event without it lasts one day.
        let length = match (self.end, self.length) {
            (Some(EventTime::Time), _) => return Err(odd("the event begins with a date and ends with a time")),
            (Some(EventTime::Date(end)), _) => end.signed_duration_since(start).num_days(),
            (None, length) => length.and_then(|length| i64::try_from(length).ok()).unwrap_or(1),
        };
        if !(1..=LONGEST).contains(&length) {
            return Err(odd(&format!("the event lasts {length} days; expected 1 to {LONGEST}")));
        }
        let repeated = self.rules.iter().flat_map(|rule| rule.days(start, horizon));
        let starts = std::iter::once(start).chain(repeated).chain(self.more).filter(|day| !self.except.contains(day));
        for day in starts.flat_map(|start| start.iter_days().take(usize::try_from(length).unwrap_or(1))) {
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

/// Parses a duration of whole days: `P1D`, `P2W`.
fn whole_days(value: &str) -> Option<u64> {
    let value = value.strip_prefix('P')?;
    let (number, days) = match (value.strip_suffix('D'), value.strip_suffix('W')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 7),
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(days)
}

/// Parses dates with commas between them.
fn dates(head: &str, value: &str) -> Result<Vec<NaiveDate>, String> {
    let date = |text: &str| match event_time(head, text)? {
        EventTime::Date(date) => Ok(date),
        EventTime::Time => Err(format!("`{text}` is not a whole day")),
    };
    value.split(',').map(date).collect()
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
        let found = read(text, horizon()).expect("holidays");
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
    fn events_that_repeat_or_last_for_days_are_holidays() {
        let yearly = event("DTSTART;VALUE=DATE:20281225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas");
        assert_eq!(days(&yearly), ["2028-12-25 Christmas", "2029-12-25 Christmas", "2030-12-25 Christmas"]);
        let some = event("DTSTART:20261225\r\nDURATION:P2D\r\nRDATE:20270101\r\nEXDATE:20261225\r\nSUMMARY:Off");
        assert_eq!(days(&some), ["2027-01-01 Off", "2027-01-02 Off"]);
    }

    #[test]
    fn odd_events_are_left_out_with_their_reasons() {
        let odd = "BEGIN:VEVENT\nDTSTART:20260101T090000Z\nSUMMARY:Party\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260102\nSTATUS:CANCELLED\nSUMMARY:Off\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260103\nSUMMARY:Day\nBEGIN:VALARM\nDURATION:PT1H\nEND:VALARM\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260230\nSUMMARY:No day\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260104\nRRULE:FREQ=HOURLY\nSUMMARY:Bells\nEND:VEVENT\n";
        let found = read(&calendar(odd), horizon()).expect("holidays");
        let lines: Vec<_> = found.skipped.iter().map(|event| (event.line, event.name.as_str())).collect();
        assert_eq!(lines, [(3, "Party"), (7, "Off"), (20, "No day"), (25, "Bells")]);
        assert_eq!(found.days.len(), 1);
        let reason = |lines: &str| {
            let found = read(&calendar(&format!("{}BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n", SOUND)), horizon());
            found.expect("holidays").skipped.remove(0).reason
        };
        for (lines, expected) in [
            ("SUMMARY:x", "no DTSTART"),
            ("DTSTART:20260101", "no SUMMARY"),
            ("DTSTART:20260102\r\nDTEND:20260102\r\nSUMMARY:x", "lasts 0 days"),
            ("DTSTART:20260102\r\nDTEND:20260402\r\nSUMMARY:x", "lasts 90 days"),
            ("DTSTART:20260102\r\nDTEND:20260103T000000\r\nSUMMARY:x", "ends with a time"),
            ("DTSTART:20260102\r\nDURATION:PT8H\r\nSUMMARY:x", "not whole days"),
        ] {
            assert!(reason(lines).contains(expected), "{lines}: {}", reason(lines));
        }
    }

    /// An event that can be read.
    const SOUND: &str = "BEGIN:VEVENT\r\nDTSTART:20260501\r\nSUMMARY:May\r\nEND:VEVENT\r\n";

    fn horizon() -> NaiveDate {
        NaiveDate::from_ymd_opt(2030, 12, 31).expect("a date")
    }

    #[test]
    fn a_file_that_is_no_calendar_is_refused_with_the_line() {
        let line = |text: &str| read(text, horizon()).expect_err("refused").line;
        assert_eq!(line(""), 1);
        assert_eq!(line("2026-12-25,Christmas\n"), 1);
        assert_eq!(line("BEGIN:VEVENT\n"), 1);
        assert_eq!(line(&calendar("")), 3);
        assert_eq!(line("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n"), 3);
        assert_eq!(line(&calendar("END:VEVENT\r\n")), 3);
        assert_eq!(line(&calendar("no colon\r\n")), 3);
    }
}
