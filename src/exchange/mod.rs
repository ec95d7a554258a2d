//! The import of tickets and holidays from other systems. Each system has a file or folder here, which reads what that
//! system exports.
//!
//! # Invariants
//!
//! This folder knows only the domain: no store, git, files, clock or terminal. Bytes, random bits and the ids that the
//! desk already has are given.

pub mod beads;
pub mod icalendar;
mod recurrence;

use crate::domain::ticket::Ticket;

/// The contents of an export of another system.
#[derive(Debug, Default)]
pub struct Imported {
    /// The new tickets, in the order of their ids.
    pub tickets: Vec<Ticket>,
    /// The number of records whose tickets the desk has already; those tickets are not changed.
    pub existing: usize,
    /// The records that are not valid tickets, in the order of their lines.
    pub rejected: Vec<RejectedRecord>,
}

/// A record that is not a valid ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRecord {
    /// The line of the record, from 1.
    pub line: usize,
    /// The error. It may quote the record, so that it is untrusted text.
    pub reason: String,
}
