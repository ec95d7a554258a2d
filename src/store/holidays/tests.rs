//! Tests of the built-in lists against published dates, and of the errors of invalid lists.

use chrono::NaiveDate;

use super::*;

fn list(name: &str) -> HolidayList {
    read(shipped(name).expect("a list")).expect("a valid list")
}

fn year(name: &str, year: &str) -> Vec<String> {
    let days = list(name).days;
    days.keys().map(NaiveDate::to_string).filter_map(|day| Some(day.strip_prefix(year)?[1..].to_owned())).collect()
}

#[test]
fn built_in_lists_are_valid_and_printed_as_they_are() {
    for (name, text) in SHIPPED {
        let list = list(name);
        assert!(is_name(name));
        assert_eq!(to_toml(&list), text, "{name}");
        assert!(list.from.to_string().as_str() <= "2020-01-01" && list.until.to_string().as_str() >= "2035-12-31");
        for year in 2020..=2035 {
            let count = list.days.keys().filter(|day| day.to_string().starts_with(&year.to_string())).count();
            assert!((5..=22).contains(&count), "{name} has {count} holidays in {year}");
        }
    }
}

/// Dates that are defined by law and easy to look up.
#[test]
fn built_in_lists_contain_the_dates_of_the_laws() {
    let us = "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25";
    assert_eq!(year("us", "2026").join(" "), us);
    assert_eq!(year("gb", "2026").join(" "), "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28");
    assert_eq!(year("gb", "2027").join(" "), "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28");
    let jp =
        "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23";
    assert_eq!(year("jp", "2026").join(" "), jp);
    for (name, days) in [
        ("de", "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"),
        ("fr", "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
        ("es", "01-01 01-06 04-03 05-01 08-15 10-12 12-08 12-25"),
        ("it", "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"),
        ("pt", "01-01 04-03 04-05 04-25 05-01 06-04 06-10 08-15 10-05 11-01 12-01 12-08 12-25"),
        ("br", "01-01 04-03 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25"),
        ("nl", "01-01 04-03 04-05 04-06 04-27 05-14 05-24 05-25 12-25 12-26"),
        ("ca", "01-01 04-03 07-01 09-07 12-25"),
        ("au", "01-01 01-26 04-03 04-06 04-25 12-25 12-26"),
    ] {
        assert_eq!(year(name, "2026").join(" "), days, "{name}");
    }
    assert!(["01-26", "08-15", "10-02"].iter().all(|day| year("in", "2026").iter().any(|other| other == day)));
    assert!(year("gb-sct", "2026").contains(&"11-30".to_owned()), "Saint Andrew's Day");
    assert!(!year("gb-sct", "2026").contains(&"04-06".to_owned()), "no Easter Monday in Scotland");
    assert!(year("gb-nir", "2026").contains(&"07-13".to_owned()), "the twelfth of July, a Sunday then");
}

#[test]
fn errors_name_their_place() {
    let head = "title = \"x\"\nsource = \"y\"\nfrom = 2026-01-01\nuntil = 2026-12-31\n";
    let error =
        |rest: &str| read(&format!("{head}{rest}")).map_err(|error| (error.line, error.column)).expect_err("an error");
    assert_eq!(error("[days]\n2027-01-01 = \"New Year\"\n"), (6, 1));
    assert_eq!(error("[days]\n2026-02-30 = \"x\"\n"), (6, 1));
    assert_eq!(error("[days]\n2026-2-3 = \"x\"\n"), (6, 1));
    assert_eq!(error("[days]\n2026-01-01 = \" \"\n"), (6, 14));
    assert_eq!(error("[days]\n2026-01-01 = 5\n").0, 6);
    assert_eq!(error("[dayz]\n").0, 5);
    assert_eq!(error("[days]\n2026-01-01 = \"x\"\n2026-01-01 = \"y\"\n").0, 7);
    let ends =
        |from: &str, until: &str| read(&format!("title = \"x\"\nsource = \"y\"\nfrom = {from}\nuntil = {until}\n"));
    assert_eq!(ends("2026-01-01", "2025-12-31").expect_err("an error").line, 4);
    assert_eq!(ends("2026-01-01T00:00:00", "2026-12-31").expect_err("an error").line, 3);
    assert!(ends("2026-01-01", "2026-01-01").is_ok());
}

/// Compares with published snapshots of another edition of the same package, if they are available.
#[test]
#[allow(clippy::disallowed_methods)] // a test: the environment names the folder of the data
fn lists_agree_with_published_ones() {
    let Some(data) = std::env::var_os("CASEBOOK_TEST_DATA") else { return };
    let folder = std::path::Path::new(&data).join("holidays");
    let published = |name: &str| -> BTreeMap<NaiveDate, String> {
        let text = std::fs::read_to_string(folder.join(name)).expect("a snapshot");
        let dates: BTreeMap<String, String> = serde_json::from_str(&text).expect("dates and names");
        let list = list("us");
        let dates = dates.into_iter().map(|(day, name)| (date(&day).expect("a date"), name));
        dates.filter(|(day, _)| (list.from..=list.until).contains(day)).collect()
    };
    assert_eq!(
        published("GB_ENG.json").into_keys().collect::<Vec<_>>(),
        list("gb").days.into_keys().collect::<Vec<_>>()
    );
    // These snapshots also contain days that are not statutory. They must contain all listed days, and no other day
    // that has the name of a listed one.
    for (file, name) in [("US_COMMON.json", "us"), ("JP_COMMON.json", "jp")] {
        let (published, listed) = (published(file), list(name).days);
        let names: std::collections::BTreeSet<&str> = listed.values().flat_map(|name| name.split("; ")).collect();
        let same = published.iter().filter(|(_, name)| name.split("; ").any(|name| names.contains(name)));
        assert_eq!(same.map(|(day, _)| *day).collect::<Vec<_>>(), listed.into_keys().collect::<Vec<_>>(), "{name}");
    }
    for name in ["gb-sct", "gb-nir"] {
        let listed = list(name).days;
        let missing: Vec<_> = published("GB_COMMON.json").into_keys().filter(|day| !listed.contains_key(day)).collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
    }
}
