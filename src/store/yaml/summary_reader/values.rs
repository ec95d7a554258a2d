//! Values from what stands behind a name, where a shape has looked at it before.

use chrono::{DateTime, NaiveDate, Utc};

use super::lines::{FieldValues, fields};
use super::schema;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::attachment::{Attachment, Digest, validate_name};
use crate::store::yaml::canonical_reader::{LineCursor, unquote};

/// Words as they were meant, of a value that was looked at.
pub(super) fn words_of(value: &str) -> Option<String> {
    if value.starts_with('"') { unquote(value).map(|(words, _)| words) } else { Some(value.to_owned()) }
}

pub(super) fn some_words(value: Option<&str>) -> Option<Option<String>> {
    some(value, words_of)
}

pub(super) fn person_of(value: &str) -> Option<Person> {
    Person::from_name(value).ok()
}

/// What may be absent: `None` alone where it is there and makes no sense.
pub(super) fn some<T>(value: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    value.map_or(Some(None), |value| read(value).map(Some))
}

pub(super) fn known<T: std::str::FromStr>(value: Option<&str>) -> Option<Option<T>> {
    some(value, |word| word.parse().ok())
}

pub(super) fn items<T>(lines: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    lines.unwrap_or_default().lines().map(|line| read(line.trim_start().strip_prefix("- ")?)).collect()
}

/// A number of bytes as the printer spells it.
pub(super) fn size_of(value: &str) -> Option<u64> {
    let is_plain = value == "0" || value.starts_with(|c: char| matches!(c, '1'..='9'));
    if is_plain { value.parse().ok() } else { None }
}

pub(super) fn digest_of(value: &str) -> Option<Digest> {
    words_of(value)?.parse().ok()
}

/// The attachments on some lines, if they may stand together.
pub(super) fn attachments_of(lines: &str) -> Option<Vec<Attachment>> {
    let (mut cursor, mut attachments) = (LineCursor::over(lines), Vec::<Attachment>::new());
    while !cursor.is_done() {
        let line = cursor.take()?;
        let column = line.len() - line.trim_start().len();
        let mut values = FieldValues::default();
        fields(&mut cursor, column + 2, Some(line[column..].strip_prefix("- ")?), schema::ATTACHMENT, &mut values)?;
        let [name, size, digest, ..] = values;
        let (name, digest) = (words_of(name?)?, digest_of(digest?)?);
        validate_name(&name).ok()?;
        if attachments.iter().any(|known| known.digest == digest) {
            return None;
        }
        attachments.push(Attachment { name, size: size_of(size?)?, digest });
    }
    Some(attachments)
}

/// Whether a value is an id, and one that no reader takes for a number: some letter of it is a digit in no base.
pub(super) fn is_id(value: &str) -> bool {
    Id::is_canonical(value) && value.bytes().skip(2).any(|byte| byte > b'F')
}

/// The id of a value that [`is_id`].
pub(super) fn id_of(value: &str) -> Option<Id> {
    value.parse().ok()
}

/// An instant as the printer spells it.
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
