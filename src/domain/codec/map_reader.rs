//! The reader of a map: each name is taken once, and a name that is left at the end is an error.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::error::Result;
use super::error::{DecodeError, DecodeErrorKind, PathElement};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::value::{Fields, Value};

/// A reader of the named values of one map.
pub(super) struct MapReader {
    /// The values that were not taken yet.
    left: Fields,
    /// The names that were taken or looked for.
    known: Vec<&'static str>,
    /// The path of the map.
    path: Vec<PathElement>,
    /// True if unknown names are ignored, as in files of a newer format.
    lenient: bool,
}

impl MapReader {
    pub(super) fn of(value: Value, path: Vec<PathElement>, lenient: bool) -> Result<Self> {
        match value {
            Value::Map(left) => Ok(Self { left, known: Vec::new(), path, lenient }),
            other => {
                Err(DecodeError { path, kind: DecodeErrorKind::WrongKind { expected: "a map", found: other.kind() } })
            }
        }
    }

    /// Returns an error in the value of a name.
    pub(super) fn error_at(&self, name: &str, kind: DecodeErrorKind) -> DecodeError {
        let mut path = self.path.clone();
        path.push(PathElement::Name(name.to_owned()));
        DecodeError { path, kind }
    }

    fn wrong_kind(&self, name: &str, expected: &'static str, found: &Value) -> DecodeError {
        self.error_at(name, DecodeErrorKind::WrongKind { expected, found: found.kind() })
    }

    pub(super) fn invalid(&self, name: &str, error: &impl ToString) -> DecodeError {
        self.error_at(name, DecodeErrorKind::Invalid(error.to_string()))
    }

    fn missing(&self, name: &'static str) -> DecodeError {
        DecodeError { path: self.path.clone(), kind: DecodeErrorKind::Missing(name) }
    }

    /// Takes a value out. Null and empty values are errors, because absent values are left out.
    pub(super) fn take(&mut self, name: &'static str) -> Result<Option<Value>> {
        self.known.push(name);
        let Some(place) = self.left.iter().position(|(left, _)| left == name) else {
            return Ok(None);
        };
        let (_, value) = self.left.remove(place);
        if value == Value::Null || value.is_empty() {
            return Err(self.error_at(name, DecodeErrorKind::Empty));
        }
        Ok(Some(value))
    }

    /// Returns a value that was taken, or an error if it is missing.
    pub(super) fn need<T>(&self, name: &'static str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.missing(name))
    }

    /// Takes text on one line.
    pub(super) fn line(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.take(name)? {
            None => Ok(None),
            Some(Value::String(text)) if text.contains('\n') => Err(self.invalid(name, &"expected a single line")),
            Some(Value::String(text)) if text.trim().is_empty() => Err(self.error_at(name, DecodeErrorKind::Empty)),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other @ (Value::Bool(_) | Value::Integer(_) | Value::Number(_))) => {
                Err(self.wrong_kind(name, "text (in quotes)", &other))
            }
            Some(other) => Err(self.wrong_kind(name, "text", &other)),
        }
    }

    /// Takes a value of a type that parses itself, such as a word of a vocabulary or an id.
    pub(super) fn parsed<T>(&mut self, name: &'static str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: ToString,
    {
        let Some(text) = self.line(name)? else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|error: T::Err| self.invalid(name, &error))
    }

    /// Takes a required value of a type that parses itself.
    pub(super) fn required<T>(&mut self, name: &'static str) -> Result<T>
    where
        T: FromStr,
        T::Err: ToString,
    {
        let value = self.parsed(name)?;
        self.need(name, value)
    }

    /// Takes required text on one line.
    pub(super) fn required_line(&mut self, name: &'static str) -> Result<String> {
        let text = self.line(name)?;
        self.need(name, text)
    }

    /// Takes a required id.
    pub(super) fn id(&mut self, name: &'static str) -> Result<Id> {
        self.required(name)
    }

    /// Takes a person.
    pub(super) fn person(&mut self, name: &'static str) -> Result<Option<Person>> {
        let Some(text) = self.line(name)? else {
            return Ok(None);
        };
        Person::from_name(&text).map(Some).map_err(|error| self.invalid(name, &error))
    }

    /// Takes an RFC 3339 time.
    pub(super) fn time(&mut self, name: &'static str) -> Result<Option<DateTime<Utc>>> {
        let Some(text) = self.line(name)? else {
            return Ok(None);
        };
        let time = DateTime::parse_from_rfc3339(&text);
        let invalid = || format!("invalid time `{text}`: expected a form such as 2026-11-21T17:05:12Z");
        Ok(Some(time.map_err(|_| self.invalid(name, &invalid()))?.with_timezone(&Utc)))
    }

    /// Takes a flag; a missing one is false.
    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool> {
        match self.take(name)? {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong_kind(name, "true", &other)),
        }
    }

    /// Takes a whole number.
    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<i128>> {
        match self.take(name)? {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(other) => Err(self.wrong_kind(name, "a whole number", &other)),
        }
    }

    /// Takes the `text` of an entry.
    pub(super) fn text(&mut self) -> Result<Option<Text>> {
        match self.take("text")? {
            None => Ok(None),
            Some(Value::String(text)) => {
                Text::clean(&text).map(Some).ok_or_else(|| self.error_at("text", DecodeErrorKind::Empty))
            }
            Some(other) => Err(self.wrong_kind("text", "text", &other)),
        }
    }

    /// Takes a list; a missing one is empty.
    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<Value>> {
        match self.take(name)? {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(self.wrong_kind(name, "a list", &other)),
        }
    }

    /// Takes a list of texts, each parsed by `parse`.
    pub(super) fn parsed_list<T, E: ToString>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> std::result::Result<T, E>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for (index, item) in self.list(name)?.into_iter().enumerate() {
            let error = |reader: &Self, kind| {
                let mut error = reader.error_at(name, kind);
                error.path.push(PathElement::Index(index));
                error
            };
            let Value::String(text) = &item else {
                return Err(error(self, DecodeErrorKind::WrongKind { expected: "text", found: item.kind() }));
            };
            items.push(parse(text).map_err(|invalid| error(self, DecodeErrorKind::Invalid(invalid.to_string())))?);
        }
        Ok(items)
    }

    /// Takes a list of people.
    pub(super) fn people(&mut self, name: &'static str) -> Result<Vec<Person>> {
        self.parsed_list(name, Person::from_name)
    }

    /// Takes a list of maps, and returns a reader of each.
    pub(super) fn maps(&mut self, name: &'static str) -> Result<Vec<Self>> {
        let items = self.list(name)?.into_iter().enumerate();
        let map = |(index, item)| {
            let mut path = self.path.clone();
            path.extend([PathElement::Name(name.to_owned()), PathElement::Index(index)]);
            Self::of(item, path, self.lenient)
        };
        items.map(map).collect()
    }

    /// Takes a map, and returns a reader of it.
    pub(super) fn map(&mut self, name: &'static str) -> Result<Option<Self>> {
        let Some(value) = self.take(name)? else {
            return Ok(None);
        };
        let mut path = self.path.clone();
        path.push(PathElement::Name(name.to_owned()));
        Self::of(value, path, self.lenient).map(Some)
    }

    /// Takes a map of any names, such as custom fields, as it is.
    pub(super) fn open_map(&mut self, name: &'static str) -> Result<Fields> {
        Ok(self.map(name)?.map(|map| map.left).unwrap_or_default())
    }

    /// Takes all values that were not taken yet.
    pub(super) fn rest(&mut self) -> Fields {
        std::mem::take(&mut self.left)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// A name that was not taken, unless the reader is lenient.
    pub(super) fn finish(self) -> Result<()> {
        match self.left.first() {
            Some((name, _)) if !self.lenient => {
                let similar = |known: &&&str| strsim::jaro_winkler(known, name) > 0.8;
                let mut known: Vec<_> = self.known.iter().filter(similar).copied().collect();
                known.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
                Err(self.error_at(name, DecodeErrorKind::Unknown { name: name.clone(), known }))
            }
            _ => Ok(()),
        }
    }
}
