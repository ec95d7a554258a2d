//! The import from the tracker "beads", whose export has one JSON object per line.
//!
//! An issue becomes a ticket with the status, the times and the names of the issue:
//!
//! | beads | casebook |
//! |---|---|
//! | `title`, `description` | subject and text of the opening; without a description the title is the text |
//! | `created_by`, else `owner`, else `unknown` | requester, and actor of the opening (customer) |
//! | `assignee`, `labels`, `id` | assignee, tags, `imported_id` |
//! | `priority` 0 and 1, 2, 3, 4 | `S1`, `S2`, `S3`, `S4`; without one the priority of the desk's `[defaults]` |
//! | `comments` | notes by their authors (agent), which change no status |
//! | `status: closed` | solve `agreed`, with `close_reason` as its text |
//! | `status: tombstone` | a note with `delete_reason`, then solve `agreed` by `deleted_by` |
//! | all other values | `imported`, in the order of the record |
//!
//! A value that means more in beads than in casebook (`in_progress`, `tombstone`, priority 0) is also kept in
//! `imported`, so that nothing is lost.

mod convert;
mod events;
mod record;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::io::BufRead;

use super::{Imported, RejectedRecord};
use crate::domain::ticket::Ticket;
use crate::domain::vocabulary::Priority;
use record::RecordReader;

/// The `imported_from` of tickets of this system.
pub const NAME: &str = "beads";

/// Reads an export, line by line. An invalid record is reported with its line, and the others are imported.
///
/// `exists` returns true if the desk has the ticket of an id of that system; such a ticket is counted and not changed,
/// so that importing twice changes nothing. A record without a priority gets `default_priority`. `random` returns new random bits for the id of each entry.
///
/// # Errors
/// A line that cannot be read.
pub fn read(
    mut lines: impl BufRead,
    default_priority: Priority,
    exists: &dyn Fn(&str) -> bool,
    random: &mut dyn FnMut() -> u128,
) -> io::Result<Imported> {
    let mut imported = Imported::default();
    let mut lines_by_id = HashMap::new();
    let mut bytes = Vec::new();
    // Bytes, not `lines()`: a line that is not UTF-8 is one invalid record, not the end of the import.
    for line in 1.. {
        bytes.clear();
        if lines.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let convert = |id: &str, record| convert::ticket(id, record, default_priority, random);
        if let Err(reason) = issue(&bytes, line, &mut lines_by_id, &mut imported, exists, convert) {
            imported.rejected.push(RejectedRecord { line, reason });
        }
    }
    imported.tickets.sort_by_key(|ticket| ticket.id);
    Ok(imported)
}

/// Imports one line. The id of an invalid record may be used by a later one.
fn issue(
    bytes: &[u8],
    line: usize,
    lines_by_id: &mut HashMap<String, usize>,
    imported: &mut Imported,
    exists: &dyn Fn(&str) -> bool,
    convert: impl FnOnce(&str, RecordReader) -> Result<Ticket, String>,
) -> Result<(), String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    let mut record = RecordReader::parse(bytes)?;
    let id = record.one_line("id")?.ok_or("missing `id`")?;
    if let Some(first) = lines_by_id.get(&id) {
        return Err(format!("duplicate id `{id}`: the record on line {first} counts"));
    }
    // Converted even if it exists, so that every run of an export reports the same invalid records.
    let ticket = convert(&id, record)?;
    if exists(&id) {
        imported.existing += 1;
    } else {
        imported.tickets.push(ticket);
    }
    lines_by_id.insert(id, line);
    Ok(())
}
