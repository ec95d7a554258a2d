//! Section `[calendars]` of casebook.toml: when support is open.
//!
//! Lists of holidays are only named here, not read.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::toml_value::{TomlValue, Word};
use super::{ConfigError, Settings, date};
use crate::domain::calendar::{ALWAYS, MinuteRange, Week, hours_of_a_day};
use crate::domain::time::zone::Zone;
use crate::store::holidays;

/// A calendar of casebook.toml. Its holidays are still names of lists.
#[derive(Clone, Debug)]
pub struct DeskCalendar {
    /// The name.
    pub name: String,
    /// The time zone of the hours.
    pub zone: Zone,
    /// The weekly opening hours.
    pub week: Week,
    /// The lists of holidays.
    pub lists: Vec<ListName>,
    /// The dates with their own hours; a closed day has no hours.
    pub exceptions: BTreeMap<NaiveDate, Vec<MinuteRange>>,
}

/// The name of a list of holidays.
#[derive(Clone, Debug)]
pub struct ListName {
    /// The name.
    pub name: String,
    /// The error for casebook.toml if the desk has no such list.
    pub missing: ConfigError,
}

pub(super) fn read(settings: &Settings) -> Result<Vec<DeskCalendar>, ConfigError> {
    settings.section("calendars")?.entries().map(calendar).collect()
}

fn calendar((name, section): (Word<'_>, TomlValue<'_>)) -> Result<DeskCalendar, ConfigError> {
    if name.text == ALWAYS {
        return Err(name.error(format!("`{ALWAYS}` is built in and cannot be redefined")));
    }
    let mut week = Week::default();
    for window in section.get("open").items() {
        window.parse(|window| week.clone().add(window))?;
        let _ = week.add(window.text().unwrap_or_default());
    }
    let mut exceptions = BTreeMap::new();
    for (day, hours) in section.get("exceptions").entries() {
        exceptions.insert(day.parse(date)?, hours.parse(hours_of_a_day)?.unwrap_or_default());
    }
    Ok(DeskCalendar {
        name: name.text.to_owned(),
        zone: section.get("time_zone").parse(Zone::named)?.unwrap_or_else(Zone::utc),
        week,
        lists: section.get("holidays").items().filter_map(TomlValue::word).map(list).collect::<Result<_, _>>()?,
        exceptions,
    })
}

fn list(word: Word<'_>) -> Result<ListName, ConfigError> {
    let name = word.text;
    if !holidays::is_name(name) {
        return Err(
            word.error(format!("`{name}` is not the name of a list; expected lowercase letters, digits, `-` and `_`"))
        );
    }
    let missing = format!("there is no {}; `casebook calendar import` makes one", holidays::path(name));
    Ok(ListName { name: name.to_owned(), missing: word.error(missing) })
}
