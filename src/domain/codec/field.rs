//! Fields: how a value of each type is read from named values, written as one, and described to readers and programs.
//!
//! A record lists its fields once ([`record!`](super::record::record)); the readers of YAML, the printer, JSON, the JSON
//! Schema, the index and the tables in docs/format.md follow from that list.

use super::leaf::{Field, Shape};
use super::source::FieldSource;
use crate::domain::value::{Fields, Value};

/// A type that a field of a record can have.
pub trait FieldType: Sized {
    /// The shape.
    const SHAPE: Shape;

    /// True if the field is never left out.
    const REQUIRED: bool = false;

    /// True if `set` may change a header field of this type.
    const SETTABLE: bool = false;

    /// Takes the value of a name.
    ///
    /// # Errors
    /// The value is missing or invalid.
    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error>;

    /// Writes the value under a name; an absent or empty one is left out.
    fn write(&self, name: &str, writer: &mut FieldWriter);

    /// Returns the value, if it is text.
    fn text(&self) -> Option<&str> {
        None
    }

    /// Replaces the value by a text, or removes it; ignored if that is impossible.
    fn assign(&mut self, _text: Option<&str>) {}
}

/// A type whose fields are listed once, in the order in which they are written.
pub trait Record: Sized {
    /// The fields.
    const FIELDS: &'static [Field];

    /// Takes every field.
    ///
    /// # Errors
    /// A value is missing or invalid.
    fn take<S: FieldSource>(source: &mut S) -> Result<Self, S::Error>;

    /// Writes every field.
    fn write(&self, writer: &mut FieldWriter);

    /// Returns the fields as named values.
    fn fields(&self) -> Fields {
        let mut writer = FieldWriter::default();
        self.write(&mut writer);
        writer.0
    }
}

impl<T: Record> Record for Box<T> {
    const FIELDS: &'static [Field] = T::FIELDS;

    fn take<S: FieldSource>(source: &mut S) -> Result<Self, S::Error> {
        T::take(source).map(Self::new)
    }

    fn write(&self, writer: &mut FieldWriter) {
        T::write(self, writer);
    }
}

/// A writer of named values, which leaves out empty ones.
#[derive(Default)]
pub struct FieldWriter(pub(super) Fields);

impl FieldWriter {
    /// Writes a value, unless it is an empty list or map.
    pub fn value(&mut self, name: &str, value: Value) {
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
    }

    /// Returns the values that were written.
    pub fn into_fields(self) -> Fields {
        self.0
    }
}

/// An action: its word, and the fields that only its entries have.
#[derive(Clone, Copy, Debug)]
pub struct ActionFields {
    /// The word in files and JSON.
    pub word: &'static str,
    /// The meaning, one sentence.
    pub meaning: &'static str,
    /// The fields, in the order in which they are written.
    pub fields: &'static [Field],
}
