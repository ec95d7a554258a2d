//! Windows of the week as policy writes them: `Mon-Fri 09:00 - 17:00`, `Sun 17:00 - Fri 17:00`.
//!
//! Speaks of wall-clock time alone: must not know zones, dates or the present.

use std::fmt;

use chrono::Weekday;

/// The minutes of a day.
const DAY: u32 = 24 * 60;

/// Minutes of one day, half-open: the last one is closed. Never empty, never past midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteRange {
    /// The first open minute, from 0.
    pub from: u32,
    /// The first closed minute behind it, up to 1440.
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

/// Words that are no window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseHoursError {
    /// Neither days with times, nor from a day and time to another.
    #[error("`{0}` is no window; `Mon-Fri 09:00 - 17:00` and `Sun 17:00 - Fri 17:00` are")]
    Form(String),
    /// It ends where it begins.
    #[error("`{0}` is empty; a whole day is `00:00 - 24:00`")]
    Empty(String),
    /// The hours of a date that are none, or go past midnight.
    #[error("`{0}` are no hours of a day; `09:00 - 12:00`, several with commas, and `closed` are")]
    Hours(String),
}

/// The opening hours of a week: for each day, stretches in their order that neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<MinuteRange>; 7]);

impl Week {
    /// A week without a closed minute.
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| vec![MinuteRange::DAY]))
    }

    /// The hours of a day.
    pub fn of(&self, day: Weekday) -> &[MinuteRange] {
        &self.0[day.num_days_from_monday() as usize]
    }

    /// Adds a window; where two overlap, they count once.
    ///
    /// - `Mon-Fri 09:00 - 17:00`, `Mon,Wed 9:00 - 17:30`: on each of the days; where the end is not after the begin,
    ///   into the next day (`Fri-Sat 22:00 - 02:00`);
    /// - `Sat`, `Sat-Sun`: the whole days;
    /// - `Sun 17:00 - Fri 17:00`: from a day and time to another, across whatever lies between, up to a week.
    ///
    /// # Errors
    /// Other words, or a window that ends where it begins.
    pub fn add(&mut self, words: &str) -> Result<(), ParseHoursError> {
        let form = || ParseHoursError::Form(words.trim().to_owned());
        let tokens = tokens(words).ok_or_else(form)?;
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
            return Err(ParseHoursError::Empty(words.trim().to_owned()));
        }
        for day in days {
            let start = day.num_days_from_monday() * DAY;
            self.open(start + from, start + if to < from { to + DAY } else { to });
        }
        Ok(())
    }

    /// Opens minutes of the week, counted from Monday's midnight; past Sunday they go on with Monday.
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

/// The hours of one date: `09:00 - 12:00`, `9:00 - 12:00, 13:00 - 17:00`, or none for `closed`.
///
/// # Errors
/// Other words, and hours that end before they begin: a date ends at 24:00.
pub fn hours_of_a_day(words: &str) -> Result<Vec<MinuteRange>, ParseHoursError> {
    if words.trim() == "closed" {
        return Ok(Vec::new());
    }
    let none = || ParseHoursError::Hours(words.trim().to_owned());
    let read = |part: &str| match tokens(part)?[..] {
        [HoursToken::Time(from), HoursToken::Dash, HoursToken::Time(to)] if from.0 < to.0 => {
            Some(MinuteRange { from: from.0, to: to.0 })
        }
        _ => None,
    };
    Ok(joined(words.split(',').map(read).collect::<Option<_>>().ok_or_else(none)?))
}

/// The same minutes in order, with none told twice.
fn joined(mut stretches: Vec<MinuteRange>) -> Vec<MinuteRange> {
    stretches.sort_unstable();
    let mut joined: Vec<MinuteRange> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if stretch.from <= last.to => last.to = last.to.max(stretch.to),
            _ => joined.push(stretch),
        }
    }
    joined
}

/// Minutes since midnight, up to 24:00.
#[derive(Clone, Copy)]
struct TimeToken(u32);

impl TimeToken {
    /// As the begin of a window, which 24:00 is not: that is the next day's 00:00.
    fn begin(self) -> Option<u32> {
        Some(self.0).filter(|&minutes| minutes < DAY)
    }
}

#[derive(Clone, Copy)]
enum HoursToken {
    Day(Weekday),
    Time(TimeToken),
    Dash,
    Comma,
}

fn tokens(words: &str) -> Option<Vec<HoursToken>> {
    let spaced = words.replace('-', " - ").replace(',', " , ");
    let token = |word: &str| match word {
        "-" => Some(HoursToken::Dash),
        "," => Some(HoursToken::Comma),
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => time(word).map(HoursToken::Time),
        _ => word.parse().ok().map(HoursToken::Day),
    };
    spaced.split_whitespace().map(token).collect()
}

/// `9:00`, `09:00` or `24:00`.
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

/// The days at the head of a window, and what follows: `Mon`, `Mon-Fri`, `Mon,Wed-Fri`, `Sat-Mon`.
fn days(tokens: &[HoursToken]) -> Option<(Vec<Weekday>, &[HoursToken])> {
    let (mut named, mut rest) = (Vec::new(), tokens);
    loop {
        match rest {
            [HoursToken::Day(first), HoursToken::Dash, HoursToken::Day(last), behind @ ..] => {
                let mut day = *first;
                named.push(day);
                while day != *last {
                    day = day.succ();
                    named.push(day);
                }
                rest = behind;
            }
            [HoursToken::Day(day), behind @ ..] => {
                named.push(*day);
                rest = behind;
            }
            _ => return None,
        }
        match rest {
            [HoursToken::Comma, behind @ ..] => rest = behind,
            _ => return Some((named, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(windows: &[&str]) -> Week {
        let mut week = Week::default();
        windows.iter().for_each(|words| week.add(words).expect("a window"));
        week
    }

    fn told(week: &Week, day: Weekday) -> String {
        week.of(day).iter().map(MinuteRange::to_string).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn windows_repeat_on_each_day() {
        let week = week(&["Mon-Thu,Sat 09:00 - 17:30", "mon 12:01-18:00", "Sunday 0:00 - 24:00"]);
        assert_eq!(told(&week, Weekday::Mon), "09:00 - 18:00");
        assert_eq!(told(&week, Weekday::Thu), "09:00 - 17:30");
        assert_eq!(told(&week, Weekday::Fri), "");
        assert_eq!(told(&week, Weekday::Sat), "09:00 - 17:30");
        assert_eq!(told(&week, Weekday::Sun), "00:00 - 24:00");
    }

    #[test]
    fn windows_go_across_midnight_and_days() {
        let english = week(&["Sun 17:00 - Fri 17:00"]);
        assert_eq!(told(&english, Weekday::Sun), "17:00 - 24:00");
        assert_eq!(told(&english, Weekday::Wed), "00:00 - 24:00");
        assert_eq!(told(&english, Weekday::Fri), "00:00 - 17:00");
        assert_eq!(told(&english, Weekday::Sat), "");
        let nights = week(&["Sat-Sun 22:00 - 02:00"]);
        assert_eq!(told(&nights, Weekday::Sun), "00:00 - 02:00, 22:00 - 24:00");
        assert_eq!(told(&nights, Weekday::Mon), "00:00 - 02:00");
        assert_eq!(week(&["Fri 17:00 - Fri 17:00"]), Week::always());
        assert_eq!(week(&["Mon-Sun"]), Week::always());
        assert_eq!(told(&week(&["Mon 09:00 - Mon 08:00"]), Weekday::Mon), "00:00 - 08:00, 09:00 - 24:00");
    }

    #[test]
    fn several_windows_a_day_that_touch_are_one() {
        assert_eq!(
            told(&week(&["Mon 13:00 - 17:00", "Mon 09:00 - 12:00"]), Weekday::Mon),
            "09:00 - 12:00, 13:00 - 17:00"
        );
        assert_eq!(told(&week(&["Mon 12:00 - 17:00", "Mon 09:00 - 12:00"]), Weekday::Mon), "09:00 - 17:00");
    }

    #[test]
    fn other_words_are_refused() {
        for words in [
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
            assert_eq!(Week::default().add(words), Err(ParseHoursError::Form(words.to_owned())), "{words}");
        }
        assert_eq!(
            Week::default().add("Mon 09:00 - 09:00"),
            Err(ParseHoursError::Empty("Mon 09:00 - 09:00".to_owned()))
        );
    }

    #[test]
    fn dates_have_hours_of_their_own() {
        let told =
            |words| hours_of_a_day(words).map(|hours| hours.iter().map(MinuteRange::to_string).collect::<Vec<_>>());
        assert_eq!(told("closed"), Ok(vec![]));
        assert_eq!(told("13:00-24:00, 9:15 - 12:00"), Ok(vec!["09:15 - 12:00".to_owned(), "13:00 - 24:00".to_owned()]));
        for words in ["", "open", "22:00 - 02:00", "09:00 - 09:00", "Mon 09:00 - 10:00", "09:00 - 10:00,"] {
            assert_eq!(told(words), Err(ParseHoursError::Hours(words.to_owned())));
        }
    }
}
