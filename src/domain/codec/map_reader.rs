//! The reader of a map: each name is taken once, and a name that is left at the end is an error.

use super::error::Result;
use super::error::{DecodeError, DecodeErrorKind, PathElement};
use super::leaf::Leaf;
use super::source::FieldSource;
use crate::domain::suggestion;
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

    /// Takes a value out. Null and empty values are errors, because absent values are left out.
    fn value(&mut self, name: &'static str) -> Result<Option<Value>> {
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

    /// Takes text on one line.
    fn line(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.value(name)? {
            None => Ok(None),
            Some(Value::String(text)) if text.contains('\n') => Err(self.invalid(name, "expected a single line")),
            Some(Value::String(text)) if text.trim().is_empty() => Err(self.error_at(name, DecodeErrorKind::Empty)),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other @ (Value::Bool(_) | Value::Integer(_) | Value::Number(_))) => {
                Err(self.wrong_kind(name, "text (in quotes)", &other))
            }
            Some(other) => Err(self.wrong_kind(name, "text", &other)),
        }
    }

    /// Takes a list; a missing one is empty.
    fn list(&mut self, name: &'static str) -> Result<Vec<Value>> {
        match self.value(name)? {
            None => Ok(Vec::new()),
            Some(Value::List(items)) => Ok(items),
            Some(other) => Err(self.wrong_kind(name, "a list", &other)),
        }
    }

    /// Reads the values of a map inside this one.
    fn inside<T>(&self, value: Value, place: &[PathElement], take: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let path = self.path.iter().chain(place).cloned().collect();
        let mut inner = Self::of(value, path, self.lenient)?;
        let taken = take(&mut inner)?;
        inner.finish()?;
        Ok(taken)
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
                let known = suggestion::similar(name, self.known.iter().copied());
                Err(self.error_at(name, DecodeErrorKind::Unknown { name: name.clone(), known }))
            }
            _ => Ok(()),
        }
    }
}

impl FieldSource for MapReader {
    type Error = DecodeError;

    fn leaf<T: Leaf>(&mut self, name: &'static str) -> Result<Option<T>> {
        let Some(text) = self.line(name)? else { return Ok(None) };
        T::parse(&text).map(Some).map_err(|message| self.invalid(name, &message))
    }

    fn leaves<T: Leaf>(&mut self, name: &'static str) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for (index, item) in self.list(name)?.into_iter().enumerate() {
            let error = |kind| {
                let mut error = self.error_at(name, kind);
                error.path.push(PathElement::Index(index));
                error
            };
            let Value::String(text) = &item else {
                return Err(error(DecodeErrorKind::WrongKind { expected: "text", found: item.kind() }));
            };
            items.push(T::parse(text).map_err(|message| error(DecodeErrorKind::Invalid(message)))?);
        }
        Ok(items)
    }

    fn flag(&mut self, name: &'static str) -> Result<bool> {
        match self.value(name)? {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong_kind(name, "true", &other)),
        }
    }

    fn number(&mut self, name: &'static str) -> Result<Option<i128>> {
        match self.value(name)? {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(number)),
            Some(other) => Err(self.wrong_kind(name, "a whole number", &other)),
        }
    }

    fn text(&mut self) -> Result<Option<Text>> {
        match self.value("text")? {
            None => Ok(None),
            Some(Value::String(text)) => {
                Text::clean(&text).map(Some).ok_or_else(|| self.error_at("text", DecodeErrorKind::Empty))
            }
            Some(other) => Err(self.wrong_kind("text", "text", &other)),
        }
    }

    fn map<T>(&mut self, name: &'static str, take: impl FnOnce(&mut Self) -> Result<T>) -> Result<Option<T>> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        self.inside(value, &[PathElement::Name(name.to_owned())], take).map(Some)
    }

    fn maps<T>(&mut self, name: &'static str, mut take: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let items = self.list(name)?.into_iter().enumerate();
        let path = |index| [PathElement::Name(name.to_owned()), PathElement::Index(index)];
        items.map(|(index, item)| self.inside(item, &path(index), &mut take)).collect()
    }

    fn open_map(&mut self, name: &'static str) -> Result<Fields> {
        let fields = self.map(name, |inner| Ok(inner.rest()))?;
        Ok(fields.unwrap_or_default())
    }

    fn missing(&self, name: &'static str) -> DecodeError {
        DecodeError { path: self.path.clone(), kind: DecodeErrorKind::Missing(name) }
    }

    fn invalid(&self, name: &str, message: &str) -> DecodeError {
        self.error_at(name, DecodeErrorKind::Invalid(message.to_owned()))
    }
}
