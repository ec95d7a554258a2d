//! The shapes of values, the descriptions of fields, and the types whose value is one scalar.

use crate::domain::value::Value;

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in files and JSON.
    pub name: &'static str,
    /// The meaning, one sentence.
    pub meaning: &'static str,
    /// The shape of the value.
    pub shape: Shape,
    /// True if the field is never left out.
    pub required: bool,
    /// True if the action `set` may change the field: a text of the ticket that has no action of its own.
    pub settable: bool,
}

/// The shape of a value in files and JSON.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Text on one line.
    Line,
    /// An address, or a bare name in imported tickets.
    Person,
    /// A ULID.
    Id,
    /// An instant, UTC.
    Time,
    /// A calendar day.
    Date,
    /// A calendar day, or an instant, UTC.
    DayOrTime,
    /// A SHA-256 digest.
    Digest,
    /// A whole number, zero or more.
    Number,
    /// `true`; left out otherwise.
    Flag,
    /// A word of a closed vocabulary: its kind, and every word.
    Word(&'static str, &'static [&'static str]),
    /// A list of values.
    List(&'static Shape),
    /// A map with fields of its own.
    Map(&'static [Field]),
    /// A list of maps with fields of their own.
    Maps(&'static [Field]),
    /// A map of any names, such as custom fields.
    OpenMap,
    /// Changed fields of the header by name.
    Changes,
}

/// A type whose value is one scalar.
pub trait Leaf: Sized {
    /// The shape.
    const SHAPE: Shape;

    /// True if `set` may change a header field of this type.
    const SETTABLE: bool = false;

    /// Parses the text of a value.
    ///
    /// # Errors
    /// The reason for which the text is invalid.
    fn parse(text: &str) -> Result<Self, String>;

    /// Parses a text if it is the one that [`Leaf::value`] returns.
    fn parse_exact(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    /// Returns the value in files.
    fn value(&self) -> Value;

    /// Returns the value, if it is text.
    fn text(&self) -> Option<&str> {
        None
    }
}
