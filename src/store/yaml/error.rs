//! What is wrong with a file, and at which line and column. Sentences only; what to do is said at the edge.

use std::fmt;

use crate::domain::codec::DecodeError;
use crate::domain::id::Id;

/// A file that is not a sound ticket, and the first place that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub kind: ReadErrorKind,
}

/// What can be wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// Larger than any ticket; sizes in bytes.
    TooLarge {
        /// The largest that is read.
        limit: u64,
    },
    /// Bytes that are no text.
    NotUtf8,
    /// Left by a merge that git could not finish.
    ConflictMarker,
    /// Not YAML; what the parser says.
    Syntax(String),
    /// Deeper than any ticket.
    TooDeep {
        /// The deepest that is read.
        limit: usize,
    },
    /// More values than any ticket.
    TooMany {
        /// The most that are read.
        limit: usize,
    },
    /// `&name`.
    Anchor,
    /// `*name`.
    Alias,
    /// `!tag`.
    Tag,
    /// A name that is no plain word, such as a list.
    ComplexName,
    /// The same name twice in one map.
    DoubledName(String),
    /// More behind the end of the ticket.
    SecondDocument,
    /// No `...` at the end: the file may have been cut.
    NoEndMarker,
    /// A value that does not mean what its place needs.
    Flaw(DecodeError),
    /// The id inside is not the one the file is named after.
    OtherId {
        /// The id inside.
        inside: Id,
    },
    /// Comments in an organisation's file, which would be lost if it were printed anew.
    Commented,
    /// A symbolic link.
    Symlink,
    /// A folder, a pipe or anything else that is no file.
    NotAFile,
    /// A name that is no ticket's at this place.
    WrongPlace,
}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => {
                write!(formatter, "the file is larger than {} MiB, the most a ticket may hold", limit >> 20)
            }
            Self::NotUtf8 => formatter.write_str("these bytes are not UTF-8 text"),
            Self::ConflictMarker => formatter.write_str("a merge conflict was left here"),
            Self::Syntax(message) => write!(formatter, "not YAML: {message}"),
            Self::TooDeep { limit } => write!(formatter, "values are nested deeper than {limit} levels"),
            Self::TooMany { limit } => {
                write!(formatter, "there are more than {limit} values, the most a ticket may hold")
            }
            Self::Anchor => formatter.write_str("anchors (`&name`) have no place in a ticket"),
            Self::Alias => formatter.write_str("aliases (`*name`) have no place in a ticket"),
            Self::Tag => formatter.write_str("tags (`!name`) have no place in a ticket"),
            Self::ComplexName => formatter.write_str("a name has to be a plain word"),
            Self::DoubledName(name) => write!(formatter, "`{name}` stands here twice"),
            Self::SecondDocument => formatter.write_str("there is more behind the end of the ticket"),
            Self::NoEndMarker => formatter.write_str("the last line `...` is missing, so the file may have been cut"),
            Self::Flaw(flaw) => flaw.fmt(formatter),
            Self::OtherId { inside } => write!(formatter, "the id {inside} is not the one the file is named after"),
            Self::Commented => formatter.write_str("there are comments here, which printing the file anew would lose"),
            Self::Symlink => formatter.write_str("this is a symbolic link; tickets are plain files"),
            Self::NotAFile => formatter.write_str("this is no plain file"),
            Self::WrongPlace => {
                formatter.write_str("a ticket lies at tickets/YYYY/MM/ID.yaml, by the month of its id (UTC)")
            }
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.line, self.column, self.kind)
    }
}

impl std::error::Error for ReadErrorKind {}

impl std::error::Error for ReadError {}
