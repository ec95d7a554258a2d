//! Tests of the files: tickets and organizations printed and read, edited by hand, damaged, read by other programs.

mod damage;
mod hand_edits;
mod organization_file;
mod pyyaml;
mod schemas;
mod summary_reader;
mod ticket_file;
