//! Errors of reading a file, with line and column. Hints are added by `cli::error`.

use std::fmt;

use crate::domain::codec::DecodeError;
use crate::domain::id::Id;

/// An error in a file, and its first place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The kind of the error.
    pub kind: ReadErrorKind,
}

/// The kinds of errors in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// A file that is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A conflict marker of git.
    ConflictMarker,
    /// Invalid YAML, with the message of the parser.
    Syntax(String),
    /// Values that are nested too deep.
    TooDeep {
        /// The limit of levels.
        limit: usize,
    },
    /// Too many values.
    TooMany {
        /// The limit of values.
        limit: usize,
    },
    /// An anchor: `&name`.
    Anchor,
    /// An alias: `*name`.
    Alias,
    /// A tag: `!tag`.
    Tag,
    /// A name that is not a plain word, such as a list.
    ComplexName,
    /// A name that occurs twice in one map.
    DuplicateName(String),
    /// Text after the end of the ticket.
    SecondDocument,
    /// A missing `...` at the end: the file may be truncated.
    NoEndMarker,
    /// A value that is not allowed at its place.
    Decode(DecodeError),
    /// A ticket with another id than the name of its file.
    OtherId {
        /// The id of the ticket.
        inside: Id,
    },
    /// Comments in an organization's file, which would be lost if it were printed again.
    Commented,
    /// A symbolic link.
    Symlink,
    /// A folder, a pipe or another special file.
    NotAFile,
    /// A path that cannot be that of a ticket.
    WrongPlace,
    /// A folder of which git's sparse checkout leaves out files.
    NotCheckedOut,
}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => {
                write!(formatter, "the file is larger than {} MiB, the limit for a ticket", limit >> 20)
            }
            Self::NotUtf8 => formatter.write_str("the bytes are not UTF-8 text"),
            Self::ConflictMarker => formatter.write_str("the file contains an unresolved merge conflict"),
            Self::Syntax(message) => write!(formatter, "not YAML: {message}"),
            Self::TooDeep { limit } => write!(formatter, "values are nested deeper than {limit} levels"),
            Self::TooMany { limit } => {
                write!(formatter, "there are more than {limit} values, the limit for a ticket")
            }
            Self::Anchor => formatter.write_str("anchors (`&name`) are not allowed in a ticket"),
            Self::Alias => formatter.write_str("aliases (`*name`) are not allowed in a ticket"),
            Self::Tag => formatter.write_str("tags (`!name`) are not allowed in a ticket"),
            Self::ComplexName => formatter.write_str("a name must be a plain word"),
            Self::DuplicateName(name) => write!(formatter, "`{name}` occurs twice"),
            Self::SecondDocument => formatter.write_str("there is more text after the end of the ticket"),
            Self::NoEndMarker => formatter.write_str("the last line `...` is missing; the file may be truncated"),
            Self::Decode(error) => error.fmt(formatter),
            Self::OtherId { inside } => {
                write!(formatter, "the id {inside} differs from the id in the name of the file")
            }
            Self::Commented => {
                formatter.write_str("the file contains comments, which would be lost if it were printed again")
            }
            Self::Symlink => formatter.write_str("this is a symbolic link; tickets must be plain files"),
            Self::NotAFile => formatter.write_str("this is not a plain file"),
            Self::WrongPlace => {
                formatter.write_str("tickets are at tickets/YYYY/MM/ID.yaml, by the month of their id (UTC)")
            }
            Self::NotCheckedOut => {
                formatter.write_str("git's sparse checkout leaves out files here, so the result is incomplete")
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
