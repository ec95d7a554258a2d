//! One JSON object of an export: what is understood is taken out of it, and the rest is kept.
//!
//! Must not know what the names mean, or what a ticket is.

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::value::{Fields, Value};

/// How deep a kept value may nest. Deeper ones are kept as one line of JSON, since ticket files have a limit
/// to their depth and a record must not make a file that cannot be read again.
const DEEPEST: usize = 12;

/// An object whose names are taken out one by one.
pub(super) struct RecordReader(Map<String, Json>);

impl RecordReader {
    /// Reads the object of a line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let value = serde_json::from_slice(line).map_err(|error| {
            let sentence = error.to_string();
            // The library counts lines too, of which there is only one here.
            let sentence = sentence.split(" at line ").next().unwrap_or_default();
            format!("no JSON: {sentence} at column {}", error.column())
        })?;
        Self::of(value).map_err(|kind| format!("{kind} where an issue's JSON object belongs"))
    }

    /// The object of a value, or what kind of value it is instead.
    pub(super) fn of(value: Json) -> Result<Self, &'static str> {
        match value {
            Json::Object(fields) => Ok(Self(fields)),
            other => Err(kind(&other)),
        }
    }

    /// Takes a value out. Nulls say nothing.
    fn take(&mut self, name: &str) -> Option<Json> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Looks at words without taking them out.
    pub(super) fn words_at(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(words)) => Ok(Some(words)),
            Some(other) => Err(misfit(name, "text", other)),
        }
    }

    /// Looks at a whole number without taking it out.
    pub(super) fn number_at(&self, name: &str) -> Result<Option<i64>, String> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| misfit(name, "a whole number", value)),
        }
    }

    /// Takes out what has found its place.
    pub(super) fn placed(&mut self, name: &str) {
        self.0.shift_remove(name);
    }

    /// Takes words out.
    pub(super) fn words(&mut self, name: &str) -> Result<Option<String>, String> {
        let words = self.words_at(name)?.map(str::to_owned);
        self.placed(name);
        Ok(words)
    }

    /// Takes words out that stand on one line and are not blank.
    pub(super) fn one_line(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.words(name)?.as_deref().and_then(clean_subject))
    }

    /// Takes somebody's name or address out; a blank one says nothing.
    pub(super) fn person(&mut self, name: &str) -> Result<Option<Person>, String> {
        let words = self.words(name)?.filter(|words| !words.trim().is_empty());
        let person = words.map(|words| Person::from_name(&words)).transpose();
        person.map_err(|_| format!("`{name}` is no name: it has control characters"))
    }

    /// Takes an instant out.
    pub(super) fn time(&mut self, name: &str) -> Result<Option<DateTime<Utc>>, String> {
        let words = self.words(name)?.filter(|words| !words.is_empty());
        words.map(|words| instant(&words).ok_or_else(|| format!("`{name}` is no time: {words}"))).transpose()
    }

    /// Takes a list out.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Json>, String> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) => Ok(items),
            Some(other) => Err(misfit(name, "a list", &other)),
        }
    }

    /// What was not taken out, without what says nothing.
    pub(super) fn rest(self) -> Fields {
        fields(self.0, DEEPEST)
    }
}

/// Reads an RFC 3339 time that ids can hold: not before 1970, nor after 9999.
fn instant(words: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(words).ok()?.to_utc();
    (1970..=9999).contains(&time.year()).then_some(time)
}

fn misfit(name: &str, wanted: &str, found: &Json) -> String {
    format!("`{name}` is {}, where {wanted} belongs", kind(found))
}

/// The kind of a value, in words.
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

/// A value as tickets keep it; `None` where it says nothing.
fn kept(value: Json, depth: usize) -> Option<Value> {
    let value = match value {
        Json::Null => return None,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number_of(&number),
        Json::String(words) if words.is_empty() => return None,
        Json::String(words) => Value::String(words),
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
