//! Tickets, entries and organizations as named values in their fixed order, and back (docs/format.md).
//!
//! The YAML files and `show --json` share this description.
//!
//! # Invariants
//!
//! Nothing here knows YAML, JSON, lines or columns; the position of an error is a path of names and indexes.

mod decode;
mod encode;
mod error;
mod map_reader;
mod organization;

pub use decode::{later_entry_from, requested_action_from, ticket_from};
pub use encode::{HEADER_NAMES, entry_fields, header_fields};
pub use error::{DecodeError, DecodeErrorKind, PathElement};
pub use organization::{organization_fields, organization_from};
