//! The header fields that `set` changes, and their changes in an entry.

use std::cmp::Ordering;

use crate::domain::codec::{FieldSource, FieldType, FieldWriter, Leaf, Record, Shape};
use crate::domain::value::{Fields, Value};

use super::Header;

/// The prefix of the name of a custom field.
const CUSTOM: &str = "fields.";

/// A header field that `set` may change. The others have actions of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderField {
    /// A field of every ticket, by its name.
    Named(&'static str),
    /// A custom field, by its name.
    Field(String),
}

impl HeaderField {
    /// The subject.
    pub const SUBJECT: Self = Self::Named("subject");
    /// The customer's organization.
    pub const ORGANIZATION: Self = Self::Named("organization");
    /// The customer's instance.
    pub const INSTANCE: Self = Self::Named("instance");
    /// The requester.
    pub const REQUESTER: Self = Self::Named("requester");
    /// The channel.
    pub const CHANNEL: Self = Self::Named("channel");
    /// The language.
    pub const LANGUAGE: Self = Self::Named("language");
    /// The fields that only agents may set.
    pub const OF_AGENTS: [Self; 3] = [Self::REQUESTER, Self::ORGANIZATION, Self::CHANNEL];

    /// Returns the names of all fields but the custom ones, in the order of the header.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Header::FIELDS.iter().filter(|field| field.settable).map(|field| field.name)
    }

    /// Returns the names of the fields that an actor may set, and `fields.NAME` for the custom ones, as a phrase.
    pub fn phrase(is_agent: bool) -> String {
        let mut names: Vec<&str> = Vec::new();
        for name in Self::names() {
            if is_agent || !Self::OF_AGENTS.contains(&Self::Named(name)) {
                names.push(name);
            }
        }
        format!("{} and {CUSTOM}NAME", names.join(", "))
    }

    /// Parses a name: that of a header field, or `fields.NAME` for a custom field.
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(field) = name.strip_prefix(CUSTOM).filter(|field| !field.is_empty()) {
            return Some(Self::Field(field.to_owned()));
        }
        Self::names().find(|candidate| *candidate == name).map(Self::Named)
    }

    /// Returns the name that [`HeaderField::from_name`] parses.
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => format!("{CUSTOM}{field}"),
            Self::Named(name) => (*name).to_owned(),
        }
    }

    /// Returns true if every ticket has the field, so that it can be replaced but not removed.
    pub fn is_required(&self) -> bool {
        matches!(self, Self::Named(name) if Header::FIELDS.iter().any(|field| field.name == *name && field.required))
    }
}

impl Ord for HeaderField {
    /// Compares the places in the header; custom fields come last, by name.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Named(_), Self::Field(_)) => Ordering::Less,
            (Self::Field(_), Self::Named(_)) => Ordering::Greater,
            (Self::Field(name), Self::Field(other)) => name.cmp(other),
            (Self::Named(name), Self::Named(other)) => {
                let place = |name: &str| Self::names().position(|candidate| candidate == name);
                place(name).cmp(&place(other))
            }
        }
    }
}

impl PartialOrd for HeaderField {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Leaf for HeaderField {
    const SHAPE: Shape = Shape::Line;

    fn parse(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| format!("field `{text}` cannot be unset"))
    }

    fn value(&self) -> Value {
        Value::String(self.name())
    }
}

/// The changed fields with their new values: custom fields are under `fields`.
impl FieldType for Vec<(HeaderField, Value)> {
    const SHAPE: Shape = Shape::Changes;

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        let changes = source.map(name, |source| {
            let mut changes = Vec::new();
            for name in HeaderField::names() {
                if let Some(text) = source.leaf(name)? {
                    changes.push((HeaderField::Named(name), Value::String(text)));
                }
            }
            let custom = source.open_map("fields")?;
            changes.extend(custom.into_iter().map(|(name, value)| (HeaderField::Field(name), value)));
            Ok(changes)
        })?;
        Ok(changes.unwrap_or_default())
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        let (mut named, mut custom) = (FieldWriter::default(), Fields::new());
        for (field, value) in self {
            match field {
                HeaderField::Field(name) => custom.push((name.clone(), value.clone())),
                HeaderField::Named(name) => named.value(name, value.clone()),
            }
        }
        named.value("fields", Value::Map(custom));
        writer.value(name, Value::Map(named.into_fields()));
    }
}
