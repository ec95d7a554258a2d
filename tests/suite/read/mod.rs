//! Tests of commands that only read: `show`, `list`, `search`, `changes`, their output formats, and the index.

mod changes;
mod custom_fields;
mod inbox;
mod index;
mod languages;
mod list_order;
mod narrow;
mod output_formats;
mod search;
mod show;
