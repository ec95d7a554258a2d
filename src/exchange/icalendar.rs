//! Holidays from an iCalendar file (RFC 5545), as governments publish them: whole days and their names.
//!
//! Small and strict: an event that is said in any other way than date, end and name is told, not guessed at. Rules
//! of repetition are refused, since a list that lacks half its days looks as good as a whole one.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// The most days an event may last.
const LONGEST: i64 = 31;

/// What a file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IcalendarHolidays {
    /// The days and their names; several of one day are joined with `; `.
    pub days: BTreeMap<NaiveDate, String>,
    /// The lines and names of events that are no whole days, or were called off.
    pub left_out: Vec<(usize, String)>,
}

/// Why a file is no list of holidays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct IcalendarError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it. May quote the file.
    pub reason: String,
}

/// An event as its lines say.
#[derive(Default)]
struct IcalendarEvent {
    line: usize,
    start: Option<EventTime>,
    end: Option<EventTime>,
    summary: String,
    is_cancelled: bool,
}

#[derive(Clone, Copy)]
enum EventTime {
    Date(NaiveDate),
    Time,
}

/// Reads the text of an iCalendar file.
///
/// # Errors
/// The first thing wrong, with its line: no calendar, a line that is none, an event without a date or a name, one that
/// repeats, or none at all.
pub fn read(text: &str) -> Result<IcalendarHolidays, IcalendarError> {
    let mut found = IcalendarHolidays::default();
    let mut inside: Vec<String> = Vec::new();
    let mut event = IcalendarEvent::default();
    let mut last = 1;
    for (line, content) in unfolded(text) {
        last = line;
        let wrong = |reason: String| IcalendarError { line, reason };
        let (head, value) = parted(&content).ok_or_else(|| wrong(format!("`{content}` is no line of iCalendar")))?;
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        if inside.is_empty() && (name.as_str(), value) != ("BEGIN", "VCALENDAR") {
            return Err(wrong("an iCalendar file begins with BEGIN:VCALENDAR".to_owned()));
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
                    return Err(wrong(format!("END:{value} ends nothing that has begun")));
                }
                if value.eq_ignore_ascii_case("VEVENT") {
                    std::mem::take(&mut event).put(&mut found)?;
                }
            }
            _ if inside.last().is_none_or(|inner| inner != "VEVENT") => {}
            "DTSTART" => event.start = Some(when(head, value).map_err(wrong)?),
            "DTEND" => event.end = Some(when(head, value).map_err(wrong)?),
            "SUMMARY" => event.summary = plain(value),
            "STATUS" => event.is_cancelled = value.eq_ignore_ascii_case("CANCELLED"),
            "RRULE" | "RDATE" | "DURATION" => {
                return Err(wrong(format!("{name} is not understood; export the days one by one")));
            }
            _ => {}
        }
    }
    match inside.last() {
        Some(open) => Err(IcalendarError { line: last, reason: format!("the file ends inside {open}") }),
        None if found.days.is_empty() => Err(IcalendarError { line: last, reason: "no whole day in it".to_owned() }),
        None => Ok(found),
    }
}

impl IcalendarEvent {
    /// Adds its days to what was found.
    fn put(self, found: &mut IcalendarHolidays) -> Result<(), IcalendarError> {
        let wrong = |reason: &str| IcalendarError { line: self.line, reason: reason.to_owned() };
        let start = match self.start {
            None => return Err(wrong("the event has no DTSTART")),
            Some(EventTime::Date(start)) if !self.is_cancelled => start,
            Some(_) => {
                found.left_out.push((self.line, self.summary));
                return Ok(());
            }
        };
        if self.summary.is_empty() {
            return Err(wrong("the event has no SUMMARY, which would be the holiday's name"));
        }
        // DTEND is the first day behind the event; without it, it lasts one day.
        let end = match self.end {
            None => start.checked_add_days(Days::new(1)).ok_or_else(|| wrong("the event ends after all time"))?,
            Some(EventTime::Date(end)) => end,
            Some(EventTime::Time) => return Err(wrong("the event begins with a date and ends with a time")),
        };
        let length = end.signed_duration_since(start).num_days();
        if !(1..=LONGEST).contains(&length) {
            return Err(wrong(&format!("the event lasts {length} days; from 1 to {LONGEST} are understood")));
        }
        for day in start.iter_days().take_while(|day| *day < end) {
            let names = found.days.entry(day).or_default();
            if names.is_empty() {
                names.clone_from(&self.summary);
            } else if names.split("; ").all(|known| known != self.summary) {
                *names = format!("{names}; {}", self.summary);
            }
        }
        Ok(())
    }
}

/// The content lines with the numbers of their first lines: one that begins with a blank goes on with the line before.
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

/// A line's name with its parameters, and its value: the first colon outside of quotes parts them.
fn parted(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    head.starts_with(|c: char| c.is_ascii_alphabetic()).then_some((head, value.trim()))
}

/// A date, or a time, which is no whole day.
fn when(head: &str, value: &str) -> Result<EventTime, String> {
    let digits = value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    let date = if digits { NaiveDate::parse_from_str(value, "%Y%m%d").ok() } else { None };
    match date {
        Some(date) => Ok(EventTime::Date(date)),
        None if is_time(value) && !is_date_by_word(head) => Ok(EventTime::Time),
        None => Err(format!("`{value}` is no date; 20261225 is")),
    }
}

/// `20261225T090000`, with or without a `Z`.
fn is_time(value: &str) -> bool {
    let value = value.strip_suffix('Z').unwrap_or(value);
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    value.split_once('T').is_some_and(|(date, time)| digits(date, 8) && digits(time, 6))
}

/// Whether the parameters say that a date follows.
fn is_date_by_word(head: &str) -> bool {
    head.split(';').any(|part| part.eq_ignore_ascii_case("VALUE=DATE"))
}

/// A text without its escapes, on one line.
fn plain(value: &str) -> String {
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
    fn what_is_no_whole_day_is_told() {
        let mixed = "BEGIN:VEVENT\nDTSTART:20260101T090000Z\nSUMMARY:Party\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260102\nSTATUS:CANCELLED\nSUMMARY:Off\nEND:VEVENT\n\
            BEGIN:VEVENT\nDTSTART:20260103\nSUMMARY:Day\nBEGIN:VALARM\nDURATION:PT1H\nEND:VALARM\nEND:VEVENT\n";
        let found = read(&calendar(mixed)).expect("holidays");
        assert_eq!(found.left_out, [(3, "Party".to_owned()), (7, "Off".to_owned())]);
        assert_eq!(found.days.len(), 1);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
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
