//! The tracker "beads": its export of one JSON object per line, read into tickets.
//!
//! An issue becomes a ticket that ends in the status the issue had, with the times and names it had there:
//!
//! | beads | here |
//! |---|---|
//! | `title`, `description` | subject and opening text; without a description the title is the text |
//! | `created_by`, else `owner`, else `unknown` | requester, and who opened it (customer) |
//! | `assignee`, `labels`, `id` | assignee, tags, `imported_id` |
//! | `priority` 0 and 1, 2, 3, 4 | `S1`, `S2`, `S3`, `S4` |
//! | `comments` | notes by their authors (agent), which move no status |
//! | `status: closed` | solve `agreed`, with `close_reason` as its text |
//! | `status: tombstone` | a note with `delete_reason`, then solve `agreed` by `deleted_by` |
//! | everything else | `imported`, in the order of the record |
//!
//! A word that means more there than here (`in_progress`, `tombstone`, priority 0) is also kept in
//! `imported`, so that nothing is lost. Must not know where the export lies or where the tickets go.

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
use record::RecordReader;

/// What tickets of this system say in `imported_from`.
pub const NAME: &str = "beads";

/// Reads an export, line by line. A broken record is reported with its line, and the rest goes on.
///
/// `already` says whether the desk has the ticket of an id of that system; such a ticket is counted and
/// left as it is, so importing twice changes nothing. `random` gives fresh random bits for each entry's id.
///
/// # Errors
/// Only where the lines themselves cannot be read.
pub fn read(
    mut lines: impl BufRead,
    already: &dyn Fn(&str) -> bool,
    random: &mut dyn FnMut() -> u128,
) -> io::Result<Imported> {
    let mut imported = Imported::default();
    let mut seen = HashMap::new();
    let mut bytes = Vec::new();
    // Bytes, not `lines()`: a line that is not UTF-8 is one broken record, not the end of the import.
    for line in 1.. {
        bytes.clear();
        if lines.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        match issue(&bytes, line, &mut seen, already, random) {
            Ok(BeadsIssue::New(ticket)) => imported.tickets.push(*ticket),
            Ok(BeadsIssue::Known) => imported.known += 1,
            Ok(BeadsIssue::Blank) => {}
            Err(reason) => imported.broken.push(RejectedRecord { line, reason }),
        }
    }
    imported.tickets.sort_by_key(|ticket| ticket.id);
    Ok(imported)
}

/// What a line holds.
enum BeadsIssue {
    New(Box<Ticket>),
    Known,
    Blank,
}

/// Reads one line. A broken record does not use up its id: a sound one may follow.
fn issue(
    bytes: &[u8],
    line: usize,
    seen: &mut HashMap<String, usize>,
    already: &dyn Fn(&str) -> bool,
    random: &mut dyn FnMut() -> u128,
) -> Result<BeadsIssue, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Ok(BeadsIssue::Blank);
    }
    let mut record = RecordReader::parse(bytes)?;
    let id = record.one_line("id")?.ok_or("it has no `id`")?;
    if let Some(first) = seen.get(&id) {
        return Err(format!("`{id}` was on line {first} already; the first one counts"));
    }
    // Made even where it is known, so that every run of an export reports the same broken records.
    let ticket = convert::ticket(&id, record, random)?;
    let issue = if already(&id) { BeadsIssue::Known } else { BeadsIssue::New(Box::new(ticket)) };
    seen.insert(id, line);
    Ok(issue)
}
