//! The values of a TOML document, each with its place.
//!
//! A setting that is absent is a [`TomlValue`] too, which has no text and no items, so that a reader treats absent and
//! empty settings alike. Types were checked before, by [`super::schema`].

use std::borrow::Cow;
use std::fmt::Display;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigError, IN_CONFLICT};
use crate::domain::value::{Fields, Value};

/// A parsed document, or a part of one.
#[derive(Debug)]
pub(crate) struct Document {
    /// The byte at which it starts in the text.
    start: usize,
    content: TomlContent,
}

/// The content of a value.
#[derive(Debug)]
pub(crate) enum TomlContent {
    /// A text, a number or a boolean; dates are texts.
    Scalar(Value),
    /// A list.
    List(Vec<Document>),
    /// A table: the names with their starts, and the values, in the order of the names.
    Table(Vec<(String, usize, Document)>),
}

/// A value of a document, or the absence of one.
#[derive(Clone, Copy)]
pub(crate) struct TomlValue<'a> {
    document: Option<&'a Document>,
    source: &'a str,
}

/// A text of a document: a value, or the name of one.
#[derive(Clone, Copy)]
pub(crate) struct Word<'a> {
    /// The text.
    pub text: &'a str,
    start: usize,
    source: &'a str,
}

/// Parses a document.
///
/// # Errors
/// The text is not TOML.
pub(crate) fn parse(source: &str) -> Result<Document, ConfigError> {
    let invalid = |error: toml::de::Error| match format!("\n{source}").find("\n<<<<<<< ") {
        Some(marker) => error_at(source, marker, IN_CONFLICT),
        None => error_at(source, error.span().map_or(0, |span| span.start), error.message()),
    };
    let table = DeTable::parse(source).map_err(invalid)?;
    Ok(document_of(Spanned::new(0..0, DeValue::Table(table.into_inner()))))
}

fn document_of(value: Spanned<DeValue<'_>>) -> Document {
    let start = value.span().start;
    let content = match value.into_inner() {
        DeValue::String(text) => TomlContent::Scalar(Value::String(text.into_owned())),
        DeValue::Integer(number) => {
            let number = i128::from_str_radix(number.as_str(), number.radix());
            TomlContent::Scalar(Value::Integer(number.unwrap_or(i128::MAX)))
        }
        DeValue::Float(number) => TomlContent::Scalar(Value::Number(number.as_str().parse().unwrap_or(f64::NAN))),
        DeValue::Boolean(flag) => TomlContent::Scalar(Value::Bool(flag)),
        DeValue::Datetime(date) => TomlContent::Scalar(Value::String(date.to_string())),
        DeValue::Array(items) => TomlContent::List(items.into_iter().map(document_of).collect()),
        DeValue::Table(table) => {
            let entries = table.into_iter().map(|(name, value)| {
                let start = name.span().start;
                (Cow::into_owned(name.into_inner()), start, document_of(value))
            });
            TomlContent::Table(entries.collect())
        }
    };
    Document { start, content }
}

/// Returns an error at a byte of a document.
pub(crate) fn error_at(source: &str, start: usize, message: impl Into<String>) -> ConfigError {
    let before = source.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    ConfigError { line, column, message: message.into() }
}

impl<'a> TomlValue<'a> {
    /// Returns the root of a document, whose text is `source`.
    pub const fn root(document: &'a Document, source: &'a str) -> Self {
        Self { document: Some(document), source }
    }

    /// Returns the content; `None` if it is absent.
    pub fn content(self) -> Option<&'a TomlContent> {
        self.document.map(|document| &document.content)
    }

    /// Returns true if there is no such setting.
    pub const fn is_absent(self) -> bool {
        self.document.is_none()
    }

    /// Returns the value of a name in a table; absent if there is none.
    pub fn get(self, name: &str) -> Self {
        let found = self.table().iter().find(|(known, ..)| known == name);
        Self { document: found.map(|(_, _, document)| document), ..self }
    }

    /// Returns the names and values of a table, in the order of the names.
    pub fn entries(self) -> impl Iterator<Item = (Word<'a>, Self)> {
        self.table().iter().map(move |(text, start, document)| {
            let word = Word { text, start: *start, source: self.source };
            (word, Self { document: Some(document), ..self })
        })
    }

    /// Returns the names and values of a table, in the order of the document.
    pub fn entries_in_order(self) -> Vec<(Word<'a>, Self)> {
        let mut entries: Vec<_> = self.entries().collect();
        entries.sort_by_key(|(name, _)| name.start);
        entries
    }

    fn table(self) -> &'a [(String, usize, Document)] {
        if let Some(TomlContent::Table(entries)) = self.content() { entries } else { &[] }
    }

    /// Returns the items of a list.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let items = if let Some(TomlContent::List(items)) = self.content() { items.as_slice() } else { &[] };
        items.iter().map(move |item| Self { document: Some(item), ..self })
    }

    /// Returns a text with its place.
    pub fn word(self) -> Option<Word<'a>> {
        Some(Word { text: self.text()?, start: self.document?.start, source: self.source })
    }

    /// Returns a text.
    pub fn text(self) -> Option<&'a str> {
        if let TomlContent::Scalar(Value::String(text)) = self.content()? { Some(text) } else { None }
    }

    /// Returns the texts of a list.
    pub fn texts(self) -> Vec<String> {
        self.items().filter_map(|item| Some(item.text()?.to_owned())).collect()
    }

    /// Returns a boolean.
    pub fn flag(self) -> Option<bool> {
        if let TomlContent::Scalar(Value::Bool(flag)) = self.content()? { Some(*flag) } else { None }
    }

    /// Returns a whole number that fits.
    pub fn number(self) -> Option<u32> {
        if let TomlContent::Scalar(Value::Integer(number)) = self.content()? { (*number).try_into().ok() } else { None }
    }

    /// Parses a text, if there is one. An error gets the text's place.
    pub fn parse<T, E: Display>(self, read: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, ConfigError> {
        self.word().map(|word| word.parse(read)).transpose()
    }

    /// Parses the texts of a list.
    pub fn parse_all<T, E: Display>(self, read: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>, ConfigError> {
        self.items().filter_map(Self::word).map(|word| word.parse(&read)).collect()
    }

    /// Returns the names and values of a table for the domain.
    pub fn fields(self) -> Fields {
        self.entries().map(|(name, value)| (name.text.to_owned(), value.to_value())).collect()
    }

    fn to_value(self) -> Value {
        match self.content() {
            None => Value::Null,
            Some(TomlContent::Scalar(value)) => value.clone(),
            Some(TomlContent::List(_)) => Value::List(self.items().map(Self::to_value).collect()),
            Some(TomlContent::Table(_)) => Value::Map(self.fields()),
        }
    }

    /// Returns an error at the value; at the start of the document if it is absent.
    pub fn error(self, message: impl Into<String>) -> ConfigError {
        error_at(self.source, self.document.map_or(0, |document| document.start), message)
    }
}

impl Word<'_> {
    /// Parses the text. An error gets its place.
    pub fn parse<T, E: Display>(self, read: impl Fn(&str) -> Result<T, E>) -> Result<T, ConfigError> {
        read(self.text).map_err(|error| self.error(error.to_string()))
    }

    /// Returns an error at the text.
    pub fn error(self, message: impl Into<String>) -> ConfigError {
        error_at(self.source, self.start, message)
    }
}
