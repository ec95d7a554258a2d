//! What is wrong with a file's values, and where, as a path of names and positions.

use std::fmt;

/// One step of a path into a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathElement {
    /// The value of a name in a map.
    Name(String),
    /// A place in a list, from 0.
    Index(usize),
}

/// A value that does not mean what its place needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Where it is.
    pub path: Vec<PathElement>,
    /// What is wrong.
    pub kind: DecodeErrorKind,
}

/// What can be wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// A name that has to be there is not.
    Missing(&'static str),
    /// A name that does not belong there; the nearest that does.
    Unknown {
        /// The name.
        name: String,
        /// Names that belong there.
        known: Vec<&'static str>,
    },
    /// A value of another kind.
    WrongKind {
        /// What belongs there.
        wanted: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A value of the right kind that says nothing sensible; the sentence of its type.
    Unfit(String),
    /// Nothing, an empty list or an empty map, where the name should be left out.
    Empty,
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(formatter, "`{name}` is missing"),
            Self::Unknown { name, known } if known.is_empty() => {
                write!(formatter, "`{name}` does not belong here")
            }
            Self::Unknown { name, known } => {
                write!(formatter, "`{name}` does not belong here; did you mean `{}`?", known[0])
            }
            Self::WrongKind { wanted, found } => {
                write!(formatter, "{wanted} belongs here, not {found}")
            }
            Self::Unfit(sentence) => formatter.write_str(sentence),
            Self::Empty => formatter.write_str("this says nothing; leave the name out"),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.path.iter().enumerate() {
            match step {
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
