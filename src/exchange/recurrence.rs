//! Rules by which whole days repeat (RRULE of RFC 5545): yearly, monthly, weekly or daily, with BYMONTH, BYMONTHDAY and
//! BYDAY.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// A rule by which a day repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Recurrence {
    frequency: Frequency,
    interval: i64,
    count: Option<usize>,
    until: Option<NaiveDate>,
    months: Vec<u32>,
    /// Days of the month; negative ones count from its end.
    month_days: Vec<i64>,
    /// Days of the week; a number other than 0 selects one of them in the month or year, a negative one from its end.
    week_days: Vec<(i64, Weekday)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Frequency {
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

impl Recurrence {
    /// Parses a rule such as `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. `None` for rules of other parts.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rule = Self { interval: 1, ..Self::default() };
        let mut has_frequency = false;
        for part in text.to_ascii_uppercase().split(';') {
            let (name, value) = part.split_once('=')?;
            match name {
                "FREQ" => {
                    has_frequency = true;
                    rule.frequency = match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return None,
                    };
                }
                "INTERVAL" => rule.interval = value.parse().ok().filter(|interval| *interval > 0)?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(NaiveDate::parse_from_str(value.get(..8)?, "%Y%m%d").ok()?),
                "BYMONTH" => rule.months = list(value, |month| month.parse().ok())?,
                "BYMONTHDAY" => rule.month_days = list(value, |day| day.parse().ok())?,
                "BYDAY" => rule.week_days = list(value, week_day)?,
                "WKST" if value == "MO" => {}
                _ => return None,
            }
        }
        has_frequency.then_some(rule)
    }

    /// Returns the days on which an event that begins on `start` repeats, up to `horizon`, with `start` itself.
    pub(super) fn days(&self, start: NaiveDate, horizon: NaiveDate) -> Vec<NaiveDate> {
        let last = self.until.map_or(horizon, |until| until.min(horizon));
        let later = start.iter_days().skip(1).take_while(|day| *day <= last).filter(|day| self.matches(start, *day));
        std::iter::once(start).chain(later).take(self.count.unwrap_or(usize::MAX)).collect()
    }

    fn matches(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
        let monday = |date: NaiveDate| date - Days::new(u64::from(date.weekday().num_days_from_monday()));
        let periods = match self.frequency {
            Frequency::Daily => (day - start).num_days(),
            Frequency::Weekly => (monday(day) - monday(start)).num_days() / 7,
            Frequency::Monthly => months(day) - months(start),
            Frequency::Yearly => i64::from(day.year() - start.year()),
        };
        let is_month = match (self.frequency, self.months.as_slice()) {
            (Frequency::Yearly, []) if self.month_days.is_empty() && self.week_days.is_empty() => {
                day.month() == start.month()
            }
            (_, []) => true,
            (_, months) => months.contains(&day.month()),
        };
        periods % self.interval == 0 && is_month && self.is_day(start, day)
    }

    fn is_day(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let length = i64::from(day.num_days_in_month());
        let of_month = i64::from(day.day());
        let is_month_day = self.month_days.is_empty()
            || self.month_days.iter().any(|given| *given == of_month || length + 1 + given == of_month);
        let is_of_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (place, length) = match is_of_year {
            true => (i64::from(day.ordinal0()), if day.leap_year() { 366 } else { 365 }),
            false => (of_month - 1, length),
        };
        let (from_start, from_end) = (place / 7 + 1, (length - 1 - place) / 7 + 1);
        let is_week_day = self.week_days.is_empty()
            || self.week_days.iter().any(|(number, week_day)| {
                *week_day == day.weekday() && (*number == 0 || *number == from_start || -*number == from_end)
            });
        let is_default = match self.frequency {
            _ if !self.month_days.is_empty() || !self.week_days.is_empty() => true,
            Frequency::Daily => true,
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Monthly | Frequency::Yearly => day.day() == start.day(),
        };
        is_month_day && is_week_day && is_default
    }
}

fn list<T>(value: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(parse).collect()
}

/// Parses `TH`, `4TH` or `-1MO`.
fn week_day(text: &str) -> Option<(i64, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let day = match text.get(at..)? {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    };
    let number = &text[..at];
    Some((if number.is_empty() { 0 } else { number.parse().ok()? }, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, start: &str, count: usize) -> Vec<String> {
        let date = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let rule = Recurrence::parse(rule).expect("a rule");
        rule.days(date(start), date("2040-12-31")).iter().take(count).map(ToString::to_string).collect()
    }

    #[test]
    fn days_repeat_by_their_rules() {
        let year = |rule, start| days(rule, start, 3);
        assert_eq!(year("FREQ=YEARLY", "2025-12-25"), ["2025-12-25", "2026-12-25", "2027-12-25"]);
        assert_eq!(year("FREQ=YEARLY", "2024-02-29"), ["2024-02-29", "2028-02-29", "2032-02-29"]);
        let thanksgiving = "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH";
        assert_eq!(year(thanksgiving, "2026-11-26"), ["2026-11-26", "2027-11-25", "2028-11-23"]);
        let memorial = "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO";
        assert_eq!(year(memorial, "2026-05-25"), ["2026-05-25", "2027-05-31", "2028-05-29"]);
        assert_eq!(year("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31"), ["2026-01-31", "2026-02-28", "2026-03-31"]);
        assert_eq!(year("FREQ=MONTHLY;INTERVAL=2", "2026-01-15"), ["2026-01-15", "2026-03-15", "2026-05-15"]);
        assert_eq!(year("FREQ=WEEKLY;BYDAY=SA,SU", "2026-11-21"), ["2026-11-21", "2026-11-22", "2026-11-28"]);
        assert_eq!(days("FREQ=DAILY;COUNT=2", "2026-12-30", 9), ["2026-12-30", "2026-12-31"]);
        assert_eq!(days("FREQ=YEARLY;UNTIL=20271231T000000Z", "2026-01-01", 9), ["2026-01-01", "2027-01-01"]);
    }

    #[test]
    fn other_rules_are_not_understood() {
        for rule in
            ["", "FREQ=HOURLY", "BYDAY=MO", "FREQ=YEARLY;BYSETPOS=1", "FREQ=YEARLY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=é"]
        {
            assert_eq!(Recurrence::parse(rule), None, "{rule}");
        }
    }
}
