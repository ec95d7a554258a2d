//! Lists of holidays as files: `calendars/NAME.toml`, and those that come with the program.
//!
//! `generate.py` makes the latter. Must not know which calendar names a list.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::config::{ConfigError, SpannedError, quoted};
use super::layout;
use crate::domain::calendar::HolidayList;

/// The lists that come with the program, by name.
pub const SHIPPED: [(&str, &str); 5] = [
    ("us", include_str!("us.toml")),
    ("gb", include_str!("gb.toml")),
    ("gb-sct", include_str!("gb-sct.toml")),
    ("gb-nir", include_str!("gb-nir.toml")),
    ("jp", include_str!("jp.toml")),
];

/// The names of those that the policy of a new desk speaks of.
pub const INITIAL: [&str; 3] = ["us", "gb", "jp"];

/// The text of a list that comes with the program.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Where the list of a name lies, from the root.
pub fn path(name: &str) -> String {
    format!("{}/{name}.toml", layout::CALENDARS)
}

/// Whether a word can be the name of a list: small letters, digits, `-` and `_`.
pub fn is_name(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&word.len()) && word.bytes().all(fits)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHolidays {
    title: String,
    source: String,
    from: Spanned<toml::value::Datetime>,
    until: Spanned<toml::value::Datetime>,
    #[serde(default)]
    days: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// The text of a list, by its bytes.
///
/// # Errors
/// They are no text.
pub fn text(bytes: &[u8]) -> Result<&str, ConfigError> {
    let flaw = |_| ConfigError { line: 1, column: 1, message: "the file is not UTF-8".to_owned() };
    std::str::from_utf8(bytes).map_err(flaw)
}

/// Reads the text of a list.
///
/// # Errors
/// The first thing wrong, with its line and column.
pub fn read(text: &str) -> Result<HolidayList, ConfigError> {
    validate(text).map_err(|complaint| complaint.within(text))
}

fn validate(text: &str) -> Result<HolidayList, SpannedError> {
    let written: RawHolidays =
        toml::from_str(text).map_err(|error| SpannedError(error.span(), error.message().to_owned()))?;
    let end = |word: &Spanned<toml::value::Datetime>| {
        let words = word.get_ref().to_string();
        date(&words).ok_or_else(|| SpannedError(Some(word.span()), format!("`{words}` is no date; `2026-12-31` is")))
    };
    let (from, until) = (end(&written.from)?, end(&written.until)?);
    if until < from {
        return Err(SpannedError(Some(written.until.span()), "the list ends before it begins".to_owned()));
    }
    let mut days = BTreeMap::new();
    for (word, name) in &written.days {
        let wrong = |message: String| SpannedError(Some(word.span()), message);
        let day =
            date(word.get_ref()).ok_or_else(|| wrong(format!("`{}` is no date; `2026-12-31` is", word.get_ref())))?;
        if day < from || until < day {
            return Err(wrong(format!("{day} is not between {from} and {until}, which the list says it covers")));
        }
        if name.get_ref().trim().is_empty() {
            return Err(SpannedError(Some(name.span()), "a holiday has a name".to_owned()));
        }
        days.insert(day, name.get_ref().clone());
    }
    Ok(HolidayList { title: written.title, source: written.source, from, until, days })
}

/// A date in full.
pub(super) fn date(word: &str) -> Option<NaiveDate> {
    (word.len() == 10).then(|| NaiveDate::parse_from_str(word, "%Y-%m-%d").ok())?
}

/// Writes a list the way it is read.
pub fn to_toml(list: &HolidayList) -> String {
    let HolidayList { title, source, from, until, days } = list;
    let mut text = format!(
        "# A list of holidays; calendars in casebook.toml name it by its file's name.\n\
         title = {}\nsource = {}\nfrom = {from}\nuntil = {until}\n\n[days]\n",
        quoted(title),
        quoted(source)
    );
    for (day, name) in days {
        text.push_str(&format!("{day} = {}\n", quoted(name)));
    }
    text
}
