//! The header fields with text that a query can test: all of them, and the tags.

use crate::domain::codec::{Record, Shape};
use crate::domain::sla::plan::is_language;
use crate::domain::ticket::Header;

/// The fields whose key is not their name.
const KEYS: [(&str, &str); 4] =
    [("organization", "org"), ("product_group", "group"), ("language", "lang"), ("tags", "tag")];

/// A header field of a query that contains text, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextField(&'static str);

impl TextField {
    /// The organization.
    pub const ORGANIZATION: Self = Self("organization");
    /// The product group.
    pub const PRODUCT_GROUP: Self = Self("product_group");

    /// Returns every field, in the order of the header.
    pub fn all() -> impl Iterator<Item = Self> {
        let is_text = |shape| matches!(shape, Shape::Line | Shape::List(Shape::Line));
        Header::FIELDS.iter().filter(move |field| !field.required && is_text(field.shape)).map(|field| Self(field.name))
    }

    /// Returns the key in a query.
    pub fn key(self) -> &'static str {
        KEYS.into_iter().find(|(name, _)| *name == self.0).map_or(self.0, |(_, key)| key)
    }

    /// Returns true if the field has one of the values; `None` means that it has none. `ja` also matches `ja-JP`.
    pub(super) fn has(self, header: &Header, values: &[Option<String>]) -> bool {
        let texts: Vec<&str> = match self.0 {
            "tags" => header.tags.iter().map(String::as_str).collect(),
            name => header.text(name).into_iter().collect(),
        };
        let is_value = |text: &str, value: &str| match self.0 {
            "language" => is_language(text, value),
            _ => text == value,
        };
        values.iter().any(|value| match value {
            None => texts.is_empty(),
            Some(value) => texts.iter().any(|text| is_value(text, value)),
        })
    }
}
