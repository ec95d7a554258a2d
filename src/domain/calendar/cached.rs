//! A calendar with cached open hours, for many queries around one instant. The hours are computed at the first query
//! that needs them; the answers are those of [`Calendar`].

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Calendar, OpenHours};

/// The time before the instant that the near hours cover: most queries begin in it.
const NEAR: TimeDelta = TimeDelta::days(800);
/// The time before the instant that the far hours cover. Older queries are computed without a cache.
const FAR: TimeDelta = TimeDelta::days(40 * 366);
/// The time after the instant that both cover.
const AHEAD: TimeDelta = TimeDelta::days(400);

/// A calendar and its open hours around an instant.
#[derive(Debug)]
pub struct CachedCalendar {
    calendar: Calendar,
    name: Arc<str>,
    around: DateTime<Utc>,
    near: OnceLock<OpenHours>,
    far: OnceLock<OpenHours>,
}

impl CachedCalendar {
    /// Creates a cache around an instant.
    pub fn of(calendar: Calendar, around: DateTime<Utc>) -> Self {
        Self { name: calendar.name.as_str().into(), calendar, around, near: OnceLock::new(), far: OnceLock::new() }
    }

    /// Returns the calendar.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Returns the calendar's name, shared without a copy.
    pub const fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns the cached hours that contain an instant; `None` if none do.
    fn hours(&self, at: DateTime<Utc>) -> Option<&OpenHours> {
        if at > self.around + AHEAD {
            return None;
        }
        let hours = |back: TimeDelta| self.calendar.open_hours(self.around - back, self.around + AHEAD);
        if at >= self.around - NEAR {
            Some(self.near.get_or_init(|| hours(NEAR)))
        } else if at >= self.around - FAR {
            Some(self.far.get_or_init(|| hours(FAR)))
        } else {
            None
        }
    }

    /// Returns what [`Calendar::elapsed`] does; `a` must not be after `b`.
    pub fn elapsed(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> TimeDelta {
        match self.hours(a) {
            Some(hours) if b <= self.around + AHEAD => hours.elapsed(a, b),
            _ => self.calendar.elapsed(a, b),
        }
    }

    /// Returns what [`Calendar::due`] does; the duration must not be negative.
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
        fn the_answers_equal_those_of_the_calendar(
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
            let cached = CachedCalendar::of(calendar.clone(), around);
            let a = around + TimeDelta::minutes(start);
            let b = a + TimeDelta::minutes(minutes);
            prop_assert_eq!(cached.elapsed(a, b), calendar.elapsed(a, b));
            let target = TimeDelta::minutes(target);
            prop_assert_eq!(cached.due(a, target), calendar.due(a, target));
        }
    }

    #[test]
    fn a_calendar_that_never_opens_has_nothing_due() {
        let zone = Zone::utc();
        let (week, holidays, exceptions) = (Week::default(), BTreeMap::new(), BTreeMap::new());
        let calendar = Calendar { name: "never".to_owned(), zone, week, holidays, exceptions };
        let now = "2026-11-21T09:00:00Z".parse().expect("an instant");
        let cached = CachedCalendar::of(calendar, now);
        assert_eq!(cached.due(now, TimeDelta::hours(1)), None);
        assert_eq!(cached.due(now, TimeDelta::zero()), Some(now));
    }
}
