//! Plain values of fields: the bridge between the strict types and the formats YAML and JSON.

use chrono::{DateTime, Utc};

use super::time::duration;

/// A value in a file or in a record of another system.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Value {
    /// Null; never written, and refused or dropped when it is read.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction.
    Number(f64),
    /// Text on one line.
    String(String),
    /// Text of several lines, written as a block.
    Text(String),
    /// An instant, UTC.
    Time(DateTime<Utc>),
    /// A list of values.
    List(Vec<Value>),
    /// A map of named values.
    Map(Fields),
}

/// Named values, in the order they are written.
pub type Fields = Vec<(String, Value)>;

impl Value {
    /// Returns the kind of the value with its article, for error messages.
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

    /// Returns the value as it is read back from a file: times and texts are strings there, and nulls and empty lists and
    /// maps are not written.
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

    /// Returns true if it is an empty list or map.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::List(items) if items.is_empty()) || matches!(self, Self::Map(fields) if fields.is_empty())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}
