//! Lists of holidays: the files `calendars/NAME.toml` of a desk, and built-in lists.
//!
//! `generate.py` writes the built-in lists from published data.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::config::parsed_json::ParsedJson;
use super::config::schema::SchemaPart;
use super::config::toml_value::{self, TomlValue};
use super::config::{ConfigError, date, quoted};
use super::layout;
use crate::domain::calendar::HolidayList;

/// The schema of a list.
pub(super) static SCHEMA: ParsedJson = ParsedJson::of(include_str!("list.schema.json"));

/// The built-in lists by name.
pub const SHIPPED: [(&str, &str); 15] = [
    ("us", include_str!("us.toml")),
    ("gb", include_str!("gb.toml")),
    ("gb-sct", include_str!("gb-sct.toml")),
    ("gb-nir", include_str!("gb-nir.toml")),
    ("jp", include_str!("jp.toml")),
    ("de", include_str!("de.toml")),
    ("fr", include_str!("fr.toml")),
    ("es", include_str!("es.toml")),
    ("it", include_str!("it.toml")),
    ("pt", include_str!("pt.toml")),
    ("br", include_str!("br.toml")),
    ("nl", include_str!("nl.toml")),
    ("ca", include_str!("ca.toml")),
    ("au", include_str!("au.toml")),
    ("in", include_str!("in.toml")),
];

/// Returns the text of a built-in list.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(built_in, _)| *built_in == name).map(|(_, text)| *text)
}

/// Returns the path of a list, relative to the desk.
pub fn path(name: &str) -> String {
    format!("{}/{name}.toml", layout::CALENDARS)
}

/// Returns true if a word can be the name of a list: lowercase letters, digits, `-` and `_`, at most 64 of them.
pub fn is_name(word: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&word.len()) && word.bytes().all(is_valid)
}

/// Parses the text of a list.
///
/// # Errors
/// The first invalid line, with its line and column.
pub fn read(text: &str) -> Result<HolidayList, ConfigError> {
    let document = toml_value::parse(text)?;
    let list = TomlValue::root(&document, text);
    SchemaPart::whole(&SCHEMA).check(list)?;
    let string = |name: &str| list.get(name).text().unwrap_or_default().to_owned();
    let end = |name: &str| list.get(name).parse(date).map(Option::unwrap_or_default);
    let (from, until) = (end("from")?, end("until")?);
    if until < from {
        let message = format!("`until` is {until}, before `from`, which is {from}");
        return Err(list.get("until").error(message));
    }
    let mut days = BTreeMap::new();
    for (word, name) in list.get("days").entries() {
        let day = word.parse(date)?;
        if day < from || until < day {
            let message = format!("{day} is outside the range of the list, which is {from} to {until}");
            return Err(word.error(message));
        }
        let Some(text) = name.text().filter(|text| !text.trim().is_empty()) else {
            return Err(name.error(format!("the holiday on {day} needs a name")));
        };
        days.insert(day, text.to_owned());
    }
    Ok(HolidayList { title: string("title"), source: string("source"), from, until, days })
}

/// Prints a list as a file that [`read`] accepts.
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
