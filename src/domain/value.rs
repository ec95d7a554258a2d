//! A plain value: what a field of a ticket holds once nothing is known of its meaning.
//!
//! The bridge between the strict types and whatever spells them (YAML, JSON). Must not know any spelling.

use chrono::{DateTime, Utc};

use super::time::duration;

/// A value of a file or of another system's record.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing; never written, read only to be refused or dropped.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Number(f64),
    /// Words on one line.
    String(String),
    /// Lines: written as a block.
    Text(String),
    /// An instant, UTC.
    Time(DateTime<Utc>),
    /// Values in order.
    List(Vec<Value>),
    /// Named values in order.
    Map(Fields),
}

/// Named values in the order they are written.
pub type Fields = Vec<(String, Value)>;

impl Value {
    /// What kind of value it is, in words for an error.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Number(_) => "a number",
            Self::String(_) | Self::Text(_) => "text",
            Self::Time(_) => "a time",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// The same value as a file gives it back: times and texts are strings there, and nulls and empty
    /// lists and maps are never written.
    pub fn normalized(&self) -> Option<Self> {
        Some(match self {
            Self::Null => return None,
            Self::Text(text) => Self::String(text.clone()),
            Self::Time(time) => Self::String(duration::format_instant(*time)),
            Self::List(items) => Self::List(items.iter().filter_map(Self::normalized).collect()),
            Self::Map(fields) => {
                Self::Map(fields.iter().filter_map(|(name, value)| Some((name.clone(), value.normalized()?))).collect())
            }
            other => other.clone(),
        })
        .filter(|value| !value.is_empty())
    }

    /// Whether it is a list or map that says nothing.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::List(items) if items.is_empty()) || matches!(self, Self::Map(fields) if fields.is_empty())
    }
}

impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::String(words.to_owned())
    }
}
