//! Errors in the values of a file, with their paths.

use std::fmt;

use crate::domain::suggestion;

/// A result of decoding.
pub(super) type Result<T> = std::result::Result<T, DecodeError>;

/// An element of a path to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathElement {
    /// The name of a value in a map.
    Name(String),
    /// The index of a value in a list, from 0.
    Index(usize),
}

/// An error in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The path of the value; that of its map if a name is missing.
    pub path: Vec<PathElement>,
    /// The kind.
    pub kind: DecodeErrorKind,
}

/// The kind of an error in a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// A required name is missing.
    Missing(&'static str),
    /// A name is unknown.
    Unknown {
        /// The name.
        name: String,
        /// The similar known names, the most similar first.
        known: Vec<&'static str>,
    },
    /// The value is of another kind than expected.
    WrongKind {
        /// The kind that is expected.
        expected: &'static str,
        /// The kind that was found.
        found: &'static str,
    },
    /// The value is of the expected kind but invalid; the message of its type.
    Invalid(String),
    /// The value is null, empty or blank; absent values are left out.
    Empty,
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(formatter, "`{name}` is missing"),
            Self::Unknown { name, known } => {
                write!(formatter, "unknown name `{name}`{}", suggestion::or_question(known.first().copied()))
            }
            Self::WrongKind { expected, found } => {
                write!(formatter, "expected {expected}, found {found}")
            }
            Self::Invalid(message) => formatter.write_str(message),
            Self::Empty => formatter.write_str("empty value; leave the name out"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, element) in self.path.iter().enumerate() {
            match element {
                PathElement::Name(name) if place == 0 => formatter.write_str(name)?,
                PathElement::Name(name) => write!(formatter, ".{name}")?,
                PathElement::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        if !self.path.is_empty() {
            formatter.write_str(": ")?;
        }
        fmt::Display::fmt(&self.kind, formatter)
    }
}

impl std::error::Error for DecodeErrorKind {}

impl std::error::Error for DecodeError {}
