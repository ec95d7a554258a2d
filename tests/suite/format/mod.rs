//! Tests of the files: tickets and organizations printed and read, edited by hand, damaged, read by other programs.

mod canonical_reader;
mod damage;
mod field_tables;
mod hand_edits;
mod organization_file;
mod pyyaml;
mod schemas;
mod ticket_file;
