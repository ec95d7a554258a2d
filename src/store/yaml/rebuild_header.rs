//! Rebuilding a header that cannot be read from a history that can: the header follows from the history. Entries keep
//! their bytes, and comments on lines of their own are kept before the history.

use super::{ReadError, ReadErrorKind, print, read};
use crate::domain::id::Id;
use crate::domain::ticket::replay;
use crate::domain::ticket::{FORMAT, Ticket};

/// The line between the header and the entries.
const HISTORY: &str = "history:";

/// Returns the ticket, and the file with a header rebuilt from its history. `None` if the error is not in the header,
/// or if the header contains a conflict marker or was written by a newer program.
pub fn rebuild_header(bytes: &[u8], id: Id, error: &ReadError) -> Option<(Ticket, Vec<u8>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut end = 0;
    let start = text.split_inclusive('\n').find_map(|line| {
        end += line.len();
        (line.trim_end() == HISTORY).then_some(end - line.len())
    })?;
    let (old, history) = text.split_at(start);
    let is_newer = |line: &str| line.strip_prefix("format:").is_some_and(|format| format.trim() != FORMAT.to_string());
    if error.kind == ReadErrorKind::ConflictMarker || old.lines().any(is_newer) {
        return None;
    }
    // With any valid header the history can be read.
    let valid =
        format!("format: {FORMAT}\nid: {id}\nsubject: x\nstatus: open\npriority: S3\nrequester: a@b\n\n{history}");
    let ticket = read(valid.as_bytes(), Some(id)).ok()?;
    let ticket = Ticket { header: replay::replay(&ticket.history)?, ..ticket };
    let printed = print(&ticket);
    let header = printed.split_once("\nhistory:\n")?.0;
    let comments: String = old.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let rebuilt = format!("{}{comments}{history}", format!("{header}\n").replace('\n', line_end));
    (read(rebuilt.as_bytes(), Some(id)).ok()? == ticket).then(|| (ticket, rebuilt.into_bytes()))
}
