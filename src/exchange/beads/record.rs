//! The reader of one JSON object of an export: known values are taken out of it, and the rest is kept.

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::value::{Fields, Value};

/// The maximum depth of a kept value. Deeper values are kept as one line of JSON, since the reader of ticket files has
/// a limit of depth, and an import must not write a file that cannot be read.
const DEEPEST: usize = 12;

/// A reader of an object, which takes out names one by one.
pub(super) struct RecordReader(Map<String, Json>);

impl RecordReader {
    /// Parses the object of a line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let value = serde_json::from_slice(line).map_err(|error| {
            let message = error.to_string();
            // The message of the library contains the line too, which is always 1 here.
            let message = message.split(" at line ").next().unwrap_or_default();
            format!("invalid JSON: {message} at column {}", error.column())
        })?;
        Self::of(value).map_err(|kind| format!("expected the JSON object of an issue, found {kind}"))
    }

    /// Returns the reader of an object; the kind of the value if it is not an object.
    pub(super) fn of(value: Json) -> Result<Self, &'static str> {
        match value {
            Json::Object(fields) => Ok(Self(fields)),
            other => Err(kind(&other)),
        }
    }

    /// Takes a value out; a null counts as absent.
    fn take(&mut self, name: &str) -> Option<Json> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Returns a text without taking it out.
    pub(super) fn peek_text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_kind(name, "text", other)),
        }
    }

    /// Returns a whole number without taking it out.
    pub(super) fn peek_number(&self, name: &str) -> Result<Option<i64>, String> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong_kind(name, "a whole number", value)),
        }
    }

    /// Removes a value that has been used.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.shift_remove(name);
    }

    /// Takes a text out.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        let text = self.peek_text(name)?.map(str::to_owned);
        self.remove(name);
        Ok(text)
    }

    /// Takes a text out, folded into one line; a blank one counts as absent.
    pub(super) fn one_line(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.text(name)?.as_deref().and_then(clean_subject))
    }

    /// Takes a name or address of a person out; a blank one counts as absent.
    pub(super) fn person(&mut self, name: &str) -> Result<Option<Person>, String> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        let person = text.map(|text| Person::from_name(&text)).transpose();
        person.map_err(|_| format!("`{name}`: a name must not contain control characters"))
    }

    /// Takes an instant out.
    pub(super) fn time(&mut self, name: &str) -> Result<Option<DateTime<Utc>>, String> {
        let text = self.text(name)?.filter(|text| !text.is_empty());
        text.map(|text| instant(&text).ok_or_else(|| format!("`{name}`: invalid time `{text}`"))).transpose()
    }

    /// Takes a list out.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Json>, String> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => Ok(items),
            Some(other) => Err(wrong_kind(name, "a list", &other)),
        }
    }

    /// Returns the values that were not taken out, without empty ones.
    pub(super) fn rest(self) -> Fields {
        fields(self.0, DEEPEST)
    }
}

/// Parses an RFC 3339 time that ids can represent: from 1970 to 9999.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    (1970..=9999).contains(&time.year()).then_some(time)
}

fn wrong_kind(name: &str, expected: &str, found: &Json) -> String {
    format!("`{name}`: expected {expected}, found {}", kind(found))
}

/// Returns the kind of a value with its article, for error messages.
pub(super) const fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}

/// Converts a value into one that tickets keep; `None` if it is empty.
fn kept(value: Json, depth: usize) -> Option<Value> {
    let value = match value {
        Json::Null => return None,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number_of(&number),
        Json::String(text) if text.is_empty() => return None,
        Json::String(text) => Value::String(text),
        Json::Array(items) if items.is_empty() => return None,
        Json::Object(named) if named.is_empty() => return None,
        deep @ (Json::Array(_) | Json::Object(_)) if depth == 0 => Value::String(deep.to_string()),
        Json::Array(items) => Value::List(items.into_iter().filter_map(|item| kept(item, depth - 1)).collect()),
        Json::Object(named) => Value::Map(fields(named, depth - 1)),
    };
    (!value.is_empty()).then_some(value)
}

fn number_of(number: &serde_json::Number) -> Value {
    number.as_i128().map(Value::Integer).unwrap_or_else(|| Value::Number(number.as_f64().unwrap_or_default()))
}

fn fields(named: Map<String, Json>, depth: usize) -> Fields {
    named.into_iter().filter_map(|(name, value)| Some((name, kept(value, depth)?))).collect()
}
