//! Examples from the test suites of other libraries, restated, and dates calculated by hand.
//!
//! Sources: zendesk/biz (`spec/calculation/for_duration_spec.rb`, `spec/periods/after_spec.rb`, with the schedule of
//! `spec/support/time.rb`) and bokmann/business_time (`test/test_business_hours.rb`).

use crate::domain::calendar::*;

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn calendar(zone: &str, windows: &[&str]) -> Calendar {
    let mut week = Week::default();
    windows.iter().for_each(|window| week.add(window).expect("a window"));
    let zone = Zone::named(zone).expect("a zone");
    Calendar { name: "test".to_owned(), zone, week, holidays: BTreeMap::new(), exceptions: BTreeMap::new() }
}

fn with_holidays(mut calendar: Calendar, dates: &[&str]) -> Calendar {
    let named = |date: &&str| (date.parse().expect("a date"), "Holiday".to_owned());
    calendar.holidays = dates.iter().map(named).collect();
    calendar
}

fn due(calendar: &Calendar, start: &str, minutes: i64) -> String {
    let due = calendar.due(instant(start), TimeDelta::minutes(minutes));
    due.map_or_else(|| "never".to_owned(), crate::domain::time::duration::format_instant)
}

fn intervals(calendar: &Calendar, from: &str, to: &str) -> Vec<String> {
    let line = |(a, b): (DateTime<Utc>, DateTime<Utc>)| format!("{} {}", a.format("%d %H:%M"), b.format("%d %H:%M"));
    calendar.open_hours(instant(from), instant(to)).intervals().map(line).collect()
}

/// Returns the schedule of the specs of zendesk/biz.
fn biz() -> Calendar {
    calendar("Etc/UTC", &["Mon,Wed,Fri 09:00 - 17:00", "Tue,Thu 10:00 - 16:00", "Sat 11:00 - 14:30"])
}

#[test]
fn biz_counts_nineteen_hours_both_ways() {
    assert_eq!(due(&biz(), "2006-01-02T11:00:00Z", 19 * 60), "2006-01-04T16:00:00Z");
    assert_eq!(due(&biz(), "2006-01-04T16:00:00Z", -19 * 60), "2006-01-02T11:00:00Z");
}

#[test]
fn biz_lists_periods() {
    let week = ["02 09:00 02 17:00", "03 10:00 03 16:00", "04 09:00 04 17:00", "05 10:00 05 16:00"];
    assert_eq!(intervals(&biz(), "2006-01-01T00:00:00Z", "2006-01-06T00:00:00Z"), week);
    assert_eq!(intervals(&biz(), "2006-01-02T12:00:00Z", "2006-01-03T00:00:00Z"), ["02 12:00 02 17:00"]);
    let biz = with_holidays(biz(), &["2006-01-16", "2006-01-18"]);
    let around = ["14 11:00 14 14:30", "17 10:00 17 16:00", "19 10:00 19 16:00"];
    assert_eq!(intervals(&biz, "2006-01-14T00:00:00Z", "2006-01-20T00:00:00Z"), around);
    let saturday = calendar("America/Los_Angeles", &["Sat 06:00 - 18:00"]);
    assert_eq!(intervals(&saturday, "2006-01-08T01:00:00Z", "2006-01-09T00:00:00Z"), ["08 01:00 08 02:00"]);
}

#[test]
fn a_window_that_begins_in_a_skipped_hour_is_open_after_the_gap_unlike_in_biz() {
    // biz drops a window that begins inside the gap; here its part after the gap is open.
    let early = calendar("America/Los_Angeles", &["Sun 02:30 - 03:15", "Mon 09:00 - 17:00"]);
    let from = ["02 10:00 02 10:15", "03 16:00 04 00:00"];
    assert_eq!(intervals(&early, "2006-04-02T08:00:00Z", "2006-04-04T08:00:00Z"), from);
}

#[test]
fn business_time_skips_nights_weekends_and_holidays() {
    let office = calendar("UTC", &["Mon-Fri 09:00 - 17:00"]);
    assert_eq!(due(&office, "2010-08-04T09:35:00Z", 8 * 60), "2010-08-05T09:35:00Z");
    assert_eq!(due(&office, "2010-08-04T09:35:00Z", -8 * 60), "2010-08-03T09:35:00Z");
    assert_eq!(due(&office, "2010-04-09T16:50:00Z", 60), "2010-04-12T09:50:00Z");
    assert_eq!(due(&office, "2010-04-12T09:50:00Z", -60), "2010-04-09T16:50:00Z");
    // Calculated by hand: the Monday is a holiday.
    let holiday = with_holidays(office, &["2010-07-05"]);
    assert_eq!(due(&holiday, "2010-07-02T16:50:00Z", 60), "2010-07-06T09:50:00Z");
}

#[test]
fn a_due_instant_may_be_a_closing_one() {
    let office = calendar("Europe/Paris", &["Mon-Fri 09:00 - 17:00"]);
    assert_eq!(due(&office, "2026-11-20T15:00:00Z", 60), "2026-11-20T16:00:00Z");
    assert_eq!(due(&office, "2026-11-20T15:00:00Z", 61), "2026-11-23T08:01:00Z");
    assert_eq!(due(&office, "2026-11-23T09:00:00Z", -60), "2026-11-23T08:00:00Z");
    assert_eq!(due(&office, "2026-11-21T12:00:00Z", 0), "2026-11-21T12:00:00Z");
    assert!(!office.is_open(instant("2026-11-20T16:00:00Z")));
    assert!(office.is_open(instant("2026-11-20T15:59:59Z")));
}

#[test]
fn english_support_runs_from_sunday_to_friday() {
    let english = calendar("America/Los_Angeles", &["Sun 17:00 - Fri 17:00"]);
    // Friday 16:50 in Los Angeles: ten minutes, and the rest from Sunday 17:00.
    assert_eq!(due(&english, "2026-11-21T00:50:00Z", 240), "2026-11-23T04:50:00Z");
    let english = with_holidays(english, &["2026-11-26"]);
    // Thanksgiving closes the local Thursday.
    assert_eq!(due(&english, "2026-11-26T07:30:00Z", 60), "2026-11-27T08:30:00Z");
    assert_eq!(english.next_change(instant("2026-11-26T07:30:00Z")), Some((instant("2026-11-26T08:00:00Z"), false)));
    assert_eq!(english.next_change(instant("2026-11-26T08:00:00Z")), Some((instant("2026-11-27T08:00:00Z"), true)));
}

#[test]
fn days_have_23_or_25_hours() {
    let sundays = calendar("Europe/Paris", &["Sun"]);
    let hours = |from: &str, to: &str| sundays.elapsed(instant(from), instant(to)).num_hours();
    assert_eq!(hours("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"), 23);
    assert_eq!(hours("2026-10-23T00:00:00Z", "2026-10-27T00:00:00Z"), 25);
    assert_eq!(hours("2026-10-27T00:00:00Z", "2026-10-23T00:00:00Z"), -25);
    let night = calendar("America/Los_Angeles", &["Sat 22:00 - 06:00"]);
    assert_eq!(due(&night, "2026-03-08T06:00:00Z", 7 * 60), "2026-03-08T13:00:00Z");
    assert_eq!(due(&night, "2026-11-01T05:00:00Z", 9 * 60), "2026-11-01T14:00:00Z");
}

#[test]
fn a_window_inside_a_doubled_hour_is_open_twice_and_inside_a_skipped_one_never() {
    let early = calendar("America/Los_Angeles", &["Sun 01:15 - 01:45"]);
    assert_eq!(
        intervals(&early, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
        ["01 08:15 01 08:45", "01 09:15 01 09:45"]
    );
    let skipped = calendar("America/Los_Angeles", &["Sun 02:15 - 02:45"]);
    assert_eq!(intervals(&skipped, "2026-03-08T00:00:00Z", "2026-03-09T00:00:00Z"), Vec::<String>::new());
}

#[test]
fn offsets_that_are_not_whole_hours_count() {
    let india = calendar("Asia/Kolkata", &["Mon-Fri 09:30 - 17:30"]);
    assert_eq!(due(&india, "2026-11-20T11:45:00Z", 30), "2026-11-23T04:15:00Z");
    // The clocks of Lord Howe Island go forward by half an hour, from 02:00 to 02:30.
    let island = calendar("Australia/Lord_Howe", &["Sun 01:00 - 03:00"]);
    assert_eq!(due(&island, "2026-10-03T00:00:00Z", 90), "2026-10-03T16:00:00Z");
    // Samoa skipped 30 December 2011.
    let samoa = calendar("Pacific/Apia", &["Mon-Sun 08:00 - 09:00"]);
    assert_eq!(
        intervals(&samoa, "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z"),
        ["29 18:00 29 19:00", "30 18:00 30 19:00"]
    );
}

#[test]
fn exceptions_are_stronger_than_holidays() {
    let mut office = with_holidays(calendar("UTC", &["Mon-Fri 09:00 - 17:00"]), &["2026-12-24", "2026-12-25"]);
    for (date, hours) in [("2026-12-24", "09:00 - 12:00"), ("2026-12-26", "10:00 - 11:00"), ("2026-12-28", "closed")] {
        office.exceptions.insert(date.parse().expect("a date"), hours_of_a_day(hours).expect("hours"));
    }
    assert_eq!(
        intervals(&office, "2026-12-24T00:00:00Z", "2026-12-30T00:00:00Z"),
        ["24 09:00 24 12:00", "26 10:00 26 11:00", "29 09:00 29 17:00"]
    );
    assert_eq!(office.hours_on("2026-12-25".parse().expect("a date")), (&[][..], HoursSource::Holiday("Holiday")));
}

#[test]
fn a_calendar_that_never_opens_has_nothing_due() {
    let mut never = calendar("UTC", &[]);
    assert_eq!(due(&never, "2026-11-20T12:00:00Z", 1), "never");
    assert_eq!(never.next_change(instant("2026-11-20T12:00:00Z")), None);
    assert_eq!(Calendar::always().next_change(instant("2026-11-20T12:00:00Z")), None);
    never.exceptions.insert("2090-01-01".parse().expect("a date"), hours_of_a_day("09:00 - 10:00").expect("hours"));
    assert_eq!(due(&never, "2026-11-20T12:00:00Z", 60), "2090-01-01T10:00:00Z");
}
