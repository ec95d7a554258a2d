//! Properties of the arithmetic, on random calendars around the days on which clocks change: it is additive, monotone
//! and its own inverse, and it agrees with a count minute by minute.

use proptest::prelude::*;

use crate::domain::calendar::*;

/// Zones with whole and half hours, with and without summer time; the last one is a quarter off.
const ZONES: [&str; 8] = [
    "UTC",
    "America/Los_Angeles",
    "Europe/Paris",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Chatham",
];

/// Midnights near which the clocks of some zone go forward or back, and one near which none do.
const AROUND: [&str; 6] = ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-05", "2026-06-10"];

fn midnight(date: &str) -> DateTime<Utc> {
    format!("{date}T00:00:00Z").parse().expect("an instant")
}

prop_compose! {
    fn window()(day in 0..7_usize, length in 0..3_usize, from in 0..1440_u32, to in 0..=1440_u32, spans in any::<bool>()) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let (first, last) = (DAYS[day], DAYS[(day + length) % 7]);
        let to = if to == from { to + 1 } else { to };
        let time = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        if spans {
            format!("{first} {} - {last} {}", time(from), time(to))
        } else {
            format!("{first}-{last} {} - {}", time(from), time(to))
        }
    }
}

prop_compose! {
    /// Generates a calendar, and an instant near which its clocks may change.
    fn calendars()(
        zone in 0..ZONES.len(),
        around in 0..AROUND.len(),
        windows in prop::collection::vec(window(), 1..4),
        holiday in -3..4_i64,
        exception in -3..4_i64,
        hours in (0..1440_u32, 1..=1440_u32),
    ) -> (Calendar, DateTime<Utc>) {
        let mut week = Week::default();
        windows.iter().for_each(|window| week.add(window).expect("a window"));
        let near = midnight(AROUND[around]);
        let date = |days: i64| (near + TimeDelta::days(days)).date_naive();
        let (from, to) = (hours.0.min(hours.1), hours.0.max(hours.1));
        let open = if from < to { vec![MinuteRange { from, to }] } else { Vec::new() };
        (Calendar {
            name: "random".to_owned(),
            zone: Zone::named(ZONES[zone]).expect("a zone"),
            week,
            holidays: BTreeMap::from([(date(holiday), "Holiday".to_owned())]),
            exceptions: BTreeMap::from([(date(exception), open)]),
        }, near)
    }
}

/// Returns true if a minute is open, by its wall-clock time.
fn is_open(calendar: &Calendar, at: DateTime<Utc>) -> bool {
    let local = calendar.zone.local(at).naive_local();
    let minute =
        u32::try_from(local.time().signed_duration_since(chrono::NaiveTime::MIN).num_minutes()).expect("a minute");
    calendar.hours_on(local.date()).0.iter().any(|range| (range.from..range.to).contains(&minute))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn elapsed_agrees_with_a_count_minute_by_minute((calendar, near) in calendars(), from in -3000..3000_i64, length in 0..3000_i64) {
        let start = near + TimeDelta::minutes(from);
        let minutes = (0..length).filter(|&minute| is_open(&calendar, start + TimeDelta::minutes(minute)));
        let end = start + TimeDelta::minutes(length);
        prop_assert_eq!(calendar.elapsed(start, end), TimeDelta::minutes(minutes.count() as i64));
        prop_assert_eq!(calendar.is_open(start), is_open(&calendar, start));
    }

    #[test]
    fn due_agrees_with_a_count_minute_by_minute((calendar, near) in calendars(), from in -3000..3000_i64, target in 1..600_i64) {
        let start = near + TimeDelta::minutes(from);
        let due = calendar.due(start, TimeDelta::minutes(target)).expect("a window of a week comes again");
        let (mut at, mut left) = (start, target);
        while left > 0 {
            left -= i64::from(is_open(&calendar, at));
            at += TimeDelta::minutes(1);
        }
        prop_assert_eq!(due, at);
    }

    #[test]
    fn elapsed_is_additive((calendar, near) in calendars(), instants in prop::array::uniform3(-900_000..900_000_i64)) {
        let [a, b, c] = instants.map(|seconds| near + TimeDelta::seconds(seconds));
        let (ab, bc) = (calendar.elapsed(a, b), calendar.elapsed(b, c));
        prop_assert_eq!(ab + bc, calendar.elapsed(a, c));
        prop_assert_eq!(-ab, calendar.elapsed(b, a));
        let all = calendar.open_hours(a.min(b).min(c), a.max(b).max(c));
        prop_assert_eq!(ab, all.elapsed(a, b));
    }

    #[test]
    fn due_is_additive_and_monotone((calendar, near) in calendars(), start in -900_000..900_000_i64, first in 1..200_000_i64, second in 1..200_000_i64) {
        let start = near + TimeDelta::seconds(start);
        let due = |start, seconds| calendar.due(start, TimeDelta::seconds(seconds)).expect("it opens again");
        prop_assert_eq!(due(due(start, first), second), due(start, first + second));
        prop_assert!(due(start, first) < due(start, first + second));
        prop_assert!(due(start, first) <= due(start + TimeDelta::seconds(second), first));
        prop_assert_eq!(due(due(start, -first), -second), due(start, -first - second));
    }

    #[test]
    fn due_is_the_inverse_of_elapsed((calendar, near) in calendars(), start in -900_000..900_000_i64, seconds in 1..400_000_i64) {
        let start = near + TimeDelta::seconds(start);
        for span in [seconds, -seconds].map(TimeDelta::seconds) {
            let due = calendar.due(start, span).expect("it opens again");
            prop_assert_eq!(calendar.elapsed(start, due), span);
            // One second nearer to the start is not enough.
            let nearer = due - TimeDelta::seconds(span.num_seconds().signum());
            prop_assert!(calendar.elapsed(start, nearer) != span);
        }
    }

    #[test]
    fn the_next_change_is_an_opening_or_a_closing((calendar, near) in calendars(), at in -900_000..900_000_i64) {
        let at = near + TimeDelta::seconds(at);
        let second = TimeDelta::seconds(1);
        if let Some((change, opens)) = calendar.next_change(at) {
            prop_assert!(change > at);
            prop_assert_eq!(calendar.is_open(change), opens);
            prop_assert_eq!(calendar.is_open(change - second), !opens);
            let open = calendar.elapsed(at, change);
            prop_assert_eq!(open, if opens { TimeDelta::zero() } else { change - at });
        }
    }
}
