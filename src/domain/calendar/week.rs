//! Opening hours of a week in wall-clock time, and their form in casebook.toml: `Mon-Fri 09:00 - 17:00`,
//! `Sun 17:00 - Fri 17:00`.

use std::fmt;

use chrono::{TimeDelta, Weekday};

/// The minutes of a day.
const DAY: u32 = 24 * 60;

/// A range of minutes of one day, half-open: the last minute is closed. Never empty, never past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteRange {
    /// The first open minute, from 0.
    pub from: u32,
    /// The first closed minute after it, up to 1440.
    pub to: u32,
}

impl MinuteRange {
    /// A whole day.
    pub const DAY: Self = Self { from: 0, to: DAY };
}

impl fmt::Display for MinuteRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(formatter, "{:02}:{:02} - {:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// The reason why a text is not a window or not the hours of a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseHoursError {
    /// It is neither days with times nor a range from a day and time to another.
    #[error("invalid window `{0}`: expected a form such as `Mon-Fri 09:00 - 17:00` or `Sun 17:00 - Fri 17:00`")]
    Form(String),
    /// It ends at the time it begins.
    #[error("empty window `{0}`: a whole day is `00:00 - 24:00`")]
    Empty(String),
    /// It does not have the form of the hours of a date, or goes past midnight.
    #[error("invalid hours `{0}`: expected `09:00 - 12:00`, several such ranges with commas, or `closed`")]
    Hours(String),
}

/// The opening hours of a week: for each day, ranges in order that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<MinuteRange>; 7]);

impl Week {
    /// Returns a week without a closed minute.
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| vec![MinuteRange::DAY]))
    }

    /// Returns the hours of a day.
    pub fn of(&self, day: Weekday) -> &[MinuteRange] {
        &self.0[day.num_days_from_monday() as usize]
    }

    /// Returns the length of a business day: that of every day with open hours, if they are equally long.
    pub fn business_day(&self) -> Option<TimeDelta> {
        let minutes = |day: &Vec<MinuteRange>| day.iter().map(|hours| i64::from(hours.to - hours.from)).sum();
        let mut lengths = self.0.iter().map(minutes).filter(|minutes: &i64| *minutes > 0);
        let first = lengths.next()?;
        lengths.all(|length| length == first).then(|| TimeDelta::minutes(first))
    }

    /// Adds a window; minutes that two windows share count once.
    ///
    /// - `Mon-Fri 09:00 - 17:00`, `Mon,Wed 9:00 - 17:30`: on each of the days; if the end is not after the begin, into
    ///   the next day (`Fri-Sat 22:00 - 02:00`);
    /// - `Sat`, `Sat-Sun`: the whole days;
    /// - `Sun 17:00 - Fri 17:00`: from a day and time to another, across all days between, up to a week.
    ///
    /// # Errors
    /// Any other text, and a window that ends at the time it begins.
    pub fn add(&mut self, text: &str) -> Result<(), ParseHoursError> {
        let form = || ParseHoursError::Form(text.trim().to_owned());
        let tokens = tokens(text).ok_or_else(form)?;
        if let [
            HoursToken::Day(first),
            HoursToken::Time(from),
            HoursToken::Dash,
            HoursToken::Day(last),
            HoursToken::Time(to),
        ] = tokens[..]
        {
            let from = first.num_days_from_monday() * DAY + from.begin().ok_or_else(form)?;
            let to = last.num_days_from_monday() * DAY + to.0;
            self.open(from, if to <= from { to + 7 * DAY } else { to });
            return Ok(());
        }
        let (days, times) = days(&tokens).ok_or_else(form)?;
        let (from, to) = match *times {
            [] => (0, DAY),
            [HoursToken::Time(from), HoursToken::Dash, HoursToken::Time(to)] => (from.begin().ok_or_else(form)?, to.0),
            _ => return Err(form()),
        };
        if from == to {
            return Err(ParseHoursError::Empty(text.trim().to_owned()));
        }
        for day in days {
            let start = day.num_days_from_monday() * DAY;
            self.open(start + from, start + if to < from { to + DAY } else { to });
        }
        Ok(())
    }

    /// Opens minutes of the week, counted from Monday's midnight; after Sunday they continue with Monday.
    fn open(&mut self, from: u32, to: u32) {
        let mut at = from;
        while at < to {
            let midnight = (at / DAY + 1) * DAY;
            let day = &mut self.0[(at / DAY % 7) as usize];
            day.push(MinuteRange { from: at % DAY, to: midnight.min(to) - at / DAY * DAY });
            *day = joined(std::mem::take(day));
            at = midnight;
        }
    }
}

/// Parses the hours of one date: `09:00 - 12:00`, `9:00 - 12:00, 13:00 - 17:00`, or `closed`, which has none.
///
/// # Errors
/// Any other text, and hours that end before they begin: a date ends at 24:00.
pub fn hours_of_a_day(text: &str) -> Result<Vec<MinuteRange>, ParseHoursError> {
    if text.trim() == "closed" {
        return Ok(Vec::new());
    }
    let invalid = || ParseHoursError::Hours(text.trim().to_owned());
    let parse = |part: &str| match tokens(part)?[..] {
        [HoursToken::Time(from), HoursToken::Dash, HoursToken::Time(to)] if from.0 < to.0 => {
            Some(MinuteRange { from: from.0, to: to.0 })
        }
        _ => None,
    };
    Ok(joined(text.split(',').map(parse).collect::<Option<_>>().ok_or_else(invalid)?))
}

/// Sorts ranges and joins those that touch or overlap.
fn joined(mut ranges: Vec<MinuteRange>) -> Vec<MinuteRange> {
    ranges.sort_unstable();
    let mut joined: Vec<MinuteRange> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.from <= last.to => last.to = last.to.max(range.to),
            _ => joined.push(range),
        }
    }
    joined
}

/// A time of day in minutes since midnight, up to 24:00.
#[derive(Clone, Copy)]
struct TimeToken(u32);

impl TimeToken {
    /// Returns the minutes if a window may begin then: not at 24:00, which is the next day's 00:00.
    fn begin(self) -> Option<u32> {
        Some(self.0).filter(|&minutes| minutes < DAY)
    }
}

/// A token of a window.
#[derive(Clone, Copy)]
enum HoursToken {
    Day(Weekday),
    Time(TimeToken),
    Dash,
    Comma,
}

fn tokens(text: &str) -> Option<Vec<HoursToken>> {
    let spaced = text.replace('-', " - ").replace(',', " , ");
    let token = |word: &str| match word {
        "-" => Some(HoursToken::Dash),
        "," => Some(HoursToken::Comma),
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => time(word).map(HoursToken::Time),
        _ => word.parse().ok().map(HoursToken::Day),
    };
    spaced.split_whitespace().map(token).collect()
}

/// Parses `9:00`, `09:00` or `24:00`.
fn time(word: &str) -> Option<TimeToken> {
    let (hours, minutes) = word.split_once(':')?;
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?;
    if hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(TimeToken(total))
}

/// Returns the days at the head of a window (`Mon`, `Mon-Fri`, `Mon,Wed-Fri`, `Sat-Mon`), and the tokens after them.
fn days(tokens: &[HoursToken]) -> Option<(Vec<Weekday>, &[HoursToken])> {
    let (mut days, mut rest) = (Vec::new(), tokens);
    loop {
        match rest {
            [HoursToken::Day(first), HoursToken::Dash, HoursToken::Day(last), after @ ..] => {
                let mut day = *first;
                days.push(day);
                while day != *last {
                    day = day.succ();
                    days.push(day);
                }
                rest = after;
            }
            [HoursToken::Day(day), after @ ..] => {
                days.push(*day);
                rest = after;
            }
            _ => return None,
        }
        match rest {
            [HoursToken::Comma, after @ ..] => rest = after,
            _ => return Some((days, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(windows: &[&str]) -> Week {
        let mut week = Week::default();
        windows.iter().for_each(|text| week.add(text).expect("a window"));
        week
    }

    fn hours(week: &Week, day: Weekday) -> String {
        week.of(day).iter().map(MinuteRange::to_string).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn windows_repeat_on_each_day() {
        let week = week(&["Mon-Thu,Sat 09:00 - 17:30", "mon 12:01-18:00", "Sunday 0:00 - 24:00"]);
        assert_eq!(hours(&week, Weekday::Mon), "09:00 - 18:00");
        assert_eq!(hours(&week, Weekday::Thu), "09:00 - 17:30");
        assert_eq!(hours(&week, Weekday::Fri), "");
        assert_eq!(hours(&week, Weekday::Sat), "09:00 - 17:30");
        assert_eq!(hours(&week, Weekday::Sun), "00:00 - 24:00");
    }

    #[test]
    fn windows_go_across_midnight_and_days() {
        let english = week(&["Sun 17:00 - Fri 17:00"]);
        assert_eq!(hours(&english, Weekday::Sun), "17:00 - 24:00");
        assert_eq!(hours(&english, Weekday::Wed), "00:00 - 24:00");
        assert_eq!(hours(&english, Weekday::Fri), "00:00 - 17:00");
        assert_eq!(hours(&english, Weekday::Sat), "");
        let nights = week(&["Sat-Sun 22:00 - 02:00"]);
        assert_eq!(hours(&nights, Weekday::Sun), "00:00 - 02:00, 22:00 - 24:00");
        assert_eq!(hours(&nights, Weekday::Mon), "00:00 - 02:00");
        assert_eq!(week(&["Fri 17:00 - Fri 17:00"]), Week::always());
        assert_eq!(week(&["Mon-Sun"]), Week::always());
        assert_eq!(hours(&week(&["Mon 09:00 - Mon 08:00"]), Weekday::Mon), "00:00 - 08:00, 09:00 - 24:00");
    }

    #[test]
    fn windows_of_a_day_that_touch_are_joined() {
        assert_eq!(
            hours(&week(&["Mon 13:00 - 17:00", "Mon 09:00 - 12:00"]), Weekday::Mon),
            "09:00 - 12:00, 13:00 - 17:00"
        );
        assert_eq!(hours(&week(&["Mon 12:00 - 17:00", "Mon 09:00 - 12:00"]), Weekday::Mon), "09:00 - 17:00");
    }

    #[test]
    fn any_other_text_is_refused() {
        for text in [
            "",
            "09:00 - 17:00",
            "Mon-Fri 09:00",
            "Mon 9 - 17",
            "Mon 09:00 - 25:00",
            "Mon 09:60 - 10:00",
            "Mon 24:00 - 10:00",
            "Mon 24:00 - Tue 10:00",
            "Mon-Tue 09:00 - Wed 10:00",
            "Mon, 09:00 - 10:00",
            "Mon 09:00 - 10:00 11:00",
            "Montag 09:00 - 10:00",
            "Mon 009:00 - 10:00",
            "Mon +9:00 - 10:00",
        ] {
            assert_eq!(Week::default().add(text), Err(ParseHoursError::Form(text.to_owned())), "{text}");
        }
        assert_eq!(
            Week::default().add("Mon 09:00 - 09:00"),
            Err(ParseHoursError::Empty("Mon 09:00 - 09:00".to_owned()))
        );
    }

    #[test]
    fn the_hours_of_a_date_are_parsed() {
        let parsed =
            |text| hours_of_a_day(text).map(|hours| hours.iter().map(MinuteRange::to_string).collect::<Vec<_>>());
        assert_eq!(parsed("closed"), Ok(vec![]));
        let expected = vec!["09:15 - 12:00".to_owned(), "13:00 - 24:00".to_owned()];
        assert_eq!(parsed("13:00-24:00, 9:15 - 12:00"), Ok(expected));
        for text in ["", "open", "22:00 - 02:00", "09:00 - 09:00", "Mon 09:00 - 10:00", "09:00 - 10:00,"] {
            assert_eq!(parsed(text), Err(ParseHoursError::Hours(text.to_owned())));
        }
    }
}
