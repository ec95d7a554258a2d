//! Tickets, entries and organizations as named values in their fixed order, and back (docs/format.md).
//!
//! A record lists its fields once; the YAML files, `show --json`, the JSON Schemas, the index and the tables in the docs
//! follow from that list.
//!
//! # Invariants
//!
//! Nothing here knows YAML, JSON, lines or columns; the position of an error is a path of names and indexes.

mod error;
mod field;
mod field_types;
mod leaf;
mod map_reader;
mod organization;
pub(crate) mod record;
mod source;
mod ticket;

pub use error::{DecodeError, DecodeErrorKind, PathElement};
pub use field::{ActionFields, FieldType, FieldWriter, Record};
pub use leaf::{Field, Leaf, Shape};
pub use organization::{organization_fields, organization_from};
pub use source::FieldSource;
pub use ticket::{
    ENTRY_FIELDS, entry_fields, header_fields, header_names, later_entry_from, requested_action_from, take_entry,
    ticket_from,
};
