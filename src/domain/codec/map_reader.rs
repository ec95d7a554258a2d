//! A map being read: each name is taken once, and what is left over is a flaw.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::error::{DecodeError, DecodeErrorKind, PathElement};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::value::{Fields, Value};

type Result<T> = std::result::Result<T, DecodeError>;

/// The named values of one map, and where that map is.
pub(super) struct MapReader {
    left: Fields,
    asked: Vec<&'static str>,
    path: Vec<PathElement>,
    lenient: bool,
}

impl MapReader {
    pub(super) fn of(value: Value, path: Vec<PathElement>, lenient: bool) -> Result<Self> {
        match value {
            Value::Map(left) => Ok(Self { left, asked: Vec::new(), path, lenient }),
            other => {
                Err(DecodeError { path, kind: DecodeErrorKind::WrongKind { wanted: "a map", found: other.kind() } })
            }
        }
    }

    pub(super) fn flaw_at(&self, name: &str, kind: DecodeErrorKind) -> DecodeError {
        let mut path = self.path.clone();
        path.push(PathElement::Name(name.to_owned()));
        DecodeError { path, kind }
    }

    fn wrong(&self, name: &str, wanted: &'static str, found: &Value) -> DecodeError {
        self.flaw_at(name, DecodeErrorKind::WrongKind { wanted, found: found.kind() })
    }

    pub(super) fn unfit(&self, name: &str, error: &impl ToString) -> DecodeError {
        self.flaw_at(name, DecodeErrorKind::Unfit(error.to_string()))
    }

    fn missing(&self, name: &'static str) -> DecodeError {
        DecodeError { path: self.path.clone(), kind: DecodeErrorKind::Missing(name) }
    }

    /// Takes a value out; nothing and emptiness are flaws, since absent facts are left out.
    pub(super) fn take(&mut self, name: &'static str) -> Result<Option<Value>> {
        self.asked.push(name);
        let Some(place) = self.left.iter().position(|(known, _)| known == name) else {
            return Ok(None);
        };
        let (_, value) = self.left.remove(place);
        if value == Value::Null || value.is_empty() {
            return Err(self.flaw_at(name, DecodeErrorKind::Empty));
        }
        Ok(Some(value))
    }

    pub(super) fn need<T>(&self, name: &'static str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.missing(name))
    }

    pub(super) fn words(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.take(name)? {
            None => Ok(None),
            Some(Value::String(words)) if words.contains('\n') => Err(self.unfit(name, &"this has to be one line")),
            Some(Value::String(words)) if words.trim().is_empty() => Err(self.flaw_at(name, DecodeErrorKind::Empty)),
            Some(Value::String(words)) => Ok(Some(words)),
            Some(other @ (Value::Bool(_) | Value::Integer(_) | Value::Number(_))) => {
                Err(self.wrong(name, "text (in quotes)", &other))
            }
            Some(other) => Err(self.wrong(name, "text", &other)),
        }
    }

    /// A word of a vocabulary, an id, or whatever else reads itself.
    pub(super) fn word<T>(&mut self, name: &'static str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: ToString,
    {
        let Some(words) = self.words(name)? else {
            return Ok(None);
        };
        words.parse().map(Some).map_err(|error: T::Err| self.unfit(name, &error))
    }

    pub(super) fn needed_word<T>(&mut self, name: &'static str) -> Result<T>
    where
        T: FromStr,
        T::Err: ToString,
    {
        let word = self.word(name)?;
        self.need(name, word)
    }

    pub(super) fn needed_words(&mut self, name: &'static str) -> Result<String> {
        let words = self.words(name)?;
        self.need(name, words)
    }

    pub(super) fn id(&mut self, name: &'static str) -> Result<Id> {
        self.needed_word(name)
    }

    pub(super) fn person(&mut self, name: &'static str) -> Result<Option<Person>> {
        let Some(words) = self.words(name)? else {
            return Ok(None);
        };
        Person::from_name(&words).map(Some).map_err(|error| self.unfit(name, &error))
    }

    pub(super) fn time(&mut self, name: &'static str) -> Result<Option<DateTime<Utc>>> {
        let Some(words) = self.words(name)? else {
            return Ok(None);
        };
        let spelled = DateTime::parse_from_rfc3339(&words);
        let time = spelled.map_err(|_| self.unfit(name, &format!("`{words}` is no time: 2026-11-21T17:05:12Z is")))?;
        Ok(Some(time.with_timezone(&Utc)))
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool> {
        match self.take(name)? {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong(name, "true", &other)),
        }
    }

    pub(super) fn number(&mut self, name: &'static str) -> Result<Option<i128>> {
        match self.take(name)? {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(other) => Err(self.wrong(name, "a whole number", &other)),
        }
    }

    pub(super) fn text(&mut self) -> Result<Option<Text>> {
        match self.take("text")? {
            None => Ok(None),
            Some(Value::String(words)) => {
                Text::clean(&words).map(Some).ok_or_else(|| self.flaw_at("text", DecodeErrorKind::Empty))
            }
            Some(other) => Err(self.wrong("text", "text", &other)),
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<Value>> {
        match self.take(name)? {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(self.wrong(name, "a list", &other)),
        }
    }

    /// A list of one-line words, each read by `read`.
    pub(super) fn words_list<T, E: ToString>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> std::result::Result<T, E>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for (index, item) in self.list(name)?.into_iter().enumerate() {
            let flaw = |reader: &Self, kind| {
                let mut flaw = reader.flaw_at(name, kind);
                flaw.path.push(PathElement::Index(index));
                flaw
            };
            let Value::String(words) = &item else {
                return Err(flaw(self, DecodeErrorKind::WrongKind { wanted: "text", found: item.kind() }));
            };
            items.push(read(words).map_err(|error| flaw(self, DecodeErrorKind::Unfit(error.to_string())))?);
        }
        Ok(items)
    }

    pub(super) fn people(&mut self, name: &'static str) -> Result<Vec<Person>> {
        self.words_list(name, Person::from_name)
    }

    /// A list of maps, each to be read in turn.
    pub(super) fn maps(&mut self, name: &'static str) -> Result<Vec<Self>> {
        let items = self.list(name)?.into_iter().enumerate();
        let map = |(index, item)| {
            let mut path = self.path.clone();
            path.extend([PathElement::Name(name.to_owned()), PathElement::Index(index)]);
            Self::of(item, path, self.lenient)
        };
        items.map(map).collect()
    }

    /// The map under a name, to be read in turn.
    pub(super) fn map(&mut self, name: &'static str) -> Result<Option<Self>> {
        let Some(value) = self.take(name)? else {
            return Ok(None);
        };
        let mut path = self.path.clone();
        path.push(PathElement::Name(name.to_owned()));
        Self::of(value, path, self.lenient).map(Some)
    }

    /// The map under a name as it is: fields whose names are not ours.
    pub(super) fn open_map(&mut self, name: &'static str) -> Result<Fields> {
        Ok(self.map(name)?.map(|map| map.left).unwrap_or_default())
    }

    /// The names not taken yet, with their values, for maps whose names are read one by one.
    pub(super) fn rest(&mut self) -> Fields {
        std::mem::take(&mut self.left)
    }

    /// Ends the reading: whatever was not asked for does not belong there.
    pub(super) fn finish(self) -> Result<()> {
        match self.left.first() {
            Some((name, _)) if !self.lenient => {
                let mut known: Vec<_> =
                    self.asked.iter().filter(|known| strsim::jaro_winkler(known, name) > 0.8).copied().collect();
                known.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
                Err(self.flaw_at(name, DecodeErrorKind::Unknown { name: name.clone(), known }))
            }
            _ => Ok(()),
        }
    }
}
