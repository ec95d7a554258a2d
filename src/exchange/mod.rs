//! How tickets travel: from other systems into this one, and out again.
//!
//! Every system has a file or folder of its own, which reads what that system exports and says what it
//! means here. Knows the domain and nothing else: no store, no git, no files, no clock, no terminal; bytes,
//! randomness and what the desk already has are given.

pub mod beads;
pub mod icalendar;

use crate::domain::ticket::Ticket;

/// What reading another system's export came to.
#[derive(Debug, Default)]
pub struct Imported {
    /// The new tickets, in the order of their ids.
    pub tickets: Vec<Ticket>,
    /// How many records the desk has already; they are left as they are.
    pub known: usize,
    /// The records that make no ticket, in the order of their lines.
    pub broken: Vec<RejectedRecord>,
}

/// A record that makes no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRecord {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it. May quote the record, so it is text of strangers.
    pub reason: String,
}
