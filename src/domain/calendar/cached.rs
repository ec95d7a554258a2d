//! A calendar made ready to reckon with many times: its open hours around an instant are made once, and only when
//! somebody asks. Answers what [`Calendar`] answers.
//!
//! Must not know what is reckoned.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Calendar, OpenHours};

/// How far back most of what is asked begins.
const NEAR: TimeDelta = TimeDelta::days(800);
/// How far back the rest begins. What is older still is reckoned each time anew.
const FAR: TimeDelta = TimeDelta::days(40 * 366);
/// How far ahead.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// A calendar and its hours around an instant.
#[derive(Debug)]
pub struct CachedCalendar {
    calendar: Calendar,
    name: Arc<str>,
    around: DateTime<Utc>,
    near: OnceLock<OpenHours>,
    far: OnceLock<OpenHours>,
}

impl CachedCalendar {
    /// Makes a calendar ready for questions around an instant.
    pub fn of(calendar: Calendar, around: DateTime<Utc>) -> Self {
        Self { name: calendar.name.as_str().into(), calendar, around, near: OnceLock::new(), far: OnceLock::new() }
    }

    /// The calendar.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The calendar's name, to be shared by many.
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The hours made once that hold an instant.
    fn hours(&self, at: DateTime<Utc>) -> Option<&OpenHours> {
        if at > self.around + AHEAD {
            return None;
        }
        let made = |back: TimeDelta| self.calendar.between(self.around - back, self.around + AHEAD);
        if at >= self.around - NEAR {
            Some(self.near.get_or_init(|| made(NEAR)))
        } else if at >= self.around - FAR {
            Some(self.far.get_or_init(|| made(FAR)))
        } else {
            None
        }
    }

    /// [`Calendar::elapsed`], for `a` not behind `b`.
    pub fn elapsed(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        match self.hours(a) {
            Some(hours) if b <= self.around + AHEAD => hours.elapsed(a, b),
            _ => self.calendar.elapsed(a, b),
        }
    }

    /// [`Calendar::due`], for a duration that is not negative.
    pub fn due(&self, start: DateTime<Utc>, duration: TimeDelta) -> Option<DateTime<Utc>> {
        let found = self.hours(start).and_then(|hours| hours.due(start, duration));
        found.or_else(|| self.calendar.due(start, duration))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::calendar::Week;
    use crate::domain::time::zone::Zone;

    proptest! {
        #[test]
        fn the_answers_are_those_of_the_calendar(
            start in -60 * 366 * 1440_i64..900 * 1440,
            minutes in 0..4000 * 1440_i64,
            target in 0..60 * 1440_i64,
        ) {
            let around: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().expect("an instant");
            let mut week = Week::default();
            week.add("Mon-Fri 09:00 - 17:30").expect("a window");
            let zone = Zone::named("America/Los_Angeles").expect("a zone");
            let (holidays, exceptions) = (BTreeMap::new(), BTreeMap::new());
            let calendar = Calendar { name: "a".to_owned(), zone, week, holidays, exceptions };
            let reckoner = CachedCalendar::of(calendar.clone(), around);
            let a = around + TimeDelta::minutes(start);
            let b = a + TimeDelta::minutes(minutes);
            prop_assert_eq!(reckoner.elapsed(a, b), calendar.elapsed(a, b));
            let target = TimeDelta::minutes(target);
            prop_assert_eq!(reckoner.due(a, target), calendar.due(a, target));
        }
    }

    #[test]
    fn what_never_opens_is_never_due() {
        let zone = Zone::utc();
        let (week, holidays, exceptions) = (Week::default(), BTreeMap::new(), BTreeMap::new());
        let calendar = Calendar { name: "never".to_owned(), zone, week, holidays, exceptions };
        let now = "2026-11-21T09:00:00Z".parse().expect("an instant");
        let reckoner = CachedCalendar::of(calendar, now);
        assert_eq!(reckoner.due(now, TimeDelta::hours(1)), None);
        assert_eq!(reckoner.due(now, TimeDelta::zero()), Some(now));
    }
}
