//! The cost of a due instant: `cargo bench --bench clocks`. `benches/due_beside.py` measures the same with the
//! PyPI package `businesstimedelta`.
//!
//! The starts cover a year, the target is eight open hours, and the calendar is open from nine to five with holidays.

#![allow(clippy::print_stdout, clippy::disallowed_methods)] // a benchmark measures and prints time

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use casebook::domain::calendar::{CachedCalendar, Calendar, Week};
use casebook::domain::time::zone::Zone;
use chrono::{DateTime, TimeDelta, Utc};

const STARTS: i64 = 1_000_000;

fn main() {
    let mut week = Week::default();
    week.add("Mon-Fri 09:00 - 17:00").expect("a window");
    let date = |day: &str| (day.parse().expect("a date"), "holiday".to_owned());
    let holidays = BTreeMap::from(["2026-01-01", "2026-05-25", "2026-12-25"].map(date));
    let zone = Zone::named("America/Los_Angeles").expect("a zone");
    let exceptions = BTreeMap::new();
    let calendar = Calendar { name: "office".to_owned(), zone, week, holidays, exceptions };
    let from: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().expect("an instant");
    let cached = CachedCalendar::of(calendar.clone(), from + TimeDelta::days(365));
    let starts: Vec<_> = (0..STARTS).map(|place| from + TimeDelta::seconds(place * 7919 % (365 * 86_400))).collect();
    let target = TimeDelta::hours(8);
    let begin = Instant::now();
    let hours = calendar.open_hours(from, from + TimeDelta::days(400));
    println!("intervals of a year    {:>10.1} µs, once", begin.elapsed().as_secs_f64() * 1e6);
    let measure = |name: &str, query: &dyn Fn(DateTime<Utc>)| {
        let begin = Instant::now();
        starts.iter().for_each(|start| query(*start));
        println!("{name:<22} {:>10.1} ns", begin.elapsed().as_secs_f64() * 1e9 / STARTS as f64);
    };
    measure("due, over a year", &|start| _ = black_box(hours.due(start, target)));
    measure("due, over three years", &|start| _ = black_box(cached.due(start, target)));
    measure("elapsed", &|start| _ = black_box(hours.elapsed(start, from + TimeDelta::days(390))));
}
