//! Values of fields that were checked against a schema.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::attachment::Digest;
use crate::store::yaml::canonical_reader::unquote;

/// Returns the text of a value that was checked.
pub(super) fn text_value(value: &str) -> Option<String> {
    if value.starts_with('"') { unquote(value).map(|(text, _)| text) } else { Some(value.to_owned()) }
}

/// Returns an optional text.
pub(super) fn optional_text(value: Option<&str>) -> Option<Option<String>> {
    optional(value, text_value)
}

/// Returns a person.
pub(super) fn person_of(value: &str) -> Option<Person> {
    Person::from_name(value).ok()
}

/// Returns an optional value. `None` only if it is present and invalid.
pub(super) fn optional<T>(value: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| read(value).map(Some))
}

/// Returns an optional word of a vocabulary.
pub(super) fn optional_word<T: std::str::FromStr>(value: Option<&str>) -> Option<Option<T>> {
    optional(value, |word| word.parse().ok())
}

/// Returns the items of a list.
pub(super) fn items<T>(lines: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    lines.unwrap_or_default().lines().map(|line| read(line.trim_start().strip_prefix("- ")?)).collect()
}

/// Returns a number of bytes, if it is canonical.
pub(super) fn size_of(value: &str) -> Option<u64> {
    let is_plain = value == "0" || value.starts_with(|c: char| matches!(c, '1'..='9'));
    if is_plain { value.parse().ok() } else { None }
}

/// Returns a digest.
pub(super) fn digest_of(value: &str) -> Option<Digest> {
    text_value(value)?.parse().ok()
}

/// Returns true if a value is an id that no reader takes for a number: one of its letters is not a digit in any base.
pub(super) fn is_id(value: &str) -> bool {
    Id::is_canonical(value) && value.bytes().skip(2).any(|byte| byte > b'F')
}

/// Returns the id of a value that [`is_id`].
pub(super) fn id_of(value: &str) -> Option<Id> {
    value.parse().ok()
}

/// Parses an instant, if it is canonical.
pub(super) fn time_of(value: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 20] = value.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let number = |from: usize, until: usize| {
        bytes[from..until]
            .iter()
            .try_fold(0, |number: u32, &digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    if marks.iter().any(|&(place, mark)| bytes[place] != mark) {
        return None;
    }
    let day = NaiveDate::from_ymd_opt(number(0, 4)?.cast_signed(), number(5, 7)?, number(8, 10)?)?;
    Some(day.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?.and_utc())
}
