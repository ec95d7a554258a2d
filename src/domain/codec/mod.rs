//! Tickets, entries and organisations as named values in their fixed order, and back: the names FORMAT promises.
//!
//! One description serves the YAML file, `show --json` and whatever spells entries next. Must not know any
//! spelling: no YAML, no JSON, no lines and columns; a flaw is told by its path.

mod decode;
mod encode;
mod error;
mod map_reader;
mod organization;

pub use decode::{asked_action_from, later_entry_from, ticket_from};
pub use encode::{HEADER_NAMES, entry_fields, header_fields};
pub use error::{DecodeError, DecodeErrorKind, PathElement};
pub use organization::{organization_fields, organization_from};
