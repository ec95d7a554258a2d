//! The rules of the house that no compiler checks: the direction of imports, the layout of folders and files, names of
//! types, prose, decisions on visibility, and pages that agree with the program.

mod cli_rooms;
mod imports;
mod layout;
mod pages;
mod prose;
mod source;
mod types;
mod visibility;
