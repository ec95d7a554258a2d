//! A file whose header cannot be read, and whose history can: the header is printed anew from the history, which is what
//! it follows from. Entries keep their bytes; comments on lines of their own are kept above the history.
//!
//! Must not know where the file lies, nor who mends it.

use super::{ReadError, ReadErrorKind, print, read};
use crate::domain::id::Id;
use crate::domain::ticket::replay;
use crate::domain::ticket::{FORMAT, Ticket};

/// What stands between the header and the entries.
const HISTORY: &str = "history:";

/// The file with a header of its history, and the ticket in it; nothing where the damage lies elsewhere, or a newer
/// program or a merge of git's has written there.
pub fn rebuild_header(bytes: &[u8], id: Id, damage: &ReadError) -> Option<(Ticket, Vec<u8>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut end = 0;
    let start = text.split_inclusive('\n').find_map(|line| {
        end += line.len();
        (line.trim_end() == HISTORY).then_some(end - line.len())
    })?;
    let (old, history) = text.split_at(start);
    let is_newer = |line: &str| line.strip_prefix("format:").is_some_and(|format| format.trim() != FORMAT.to_string());
    if damage.kind == ReadErrorKind::ConflictMarker || old.lines().any(is_newer) {
        return None;
    }
    // Any sound header lets the history be read.
    let stand_in =
        format!("format: {FORMAT}\nid: {id}\nsubject: x\nstatus: open\npriority: S3\nrequester: a@b\n\n{history}");
    let ticket = read(stand_in.as_bytes(), Some(id)).ok()?;
    let ticket = Ticket { header: replay::replay(&ticket.history)?, ..ticket };
    let printed = print(&ticket);
    let header = printed.split_once("\nhistory:\n")?.0;
    let comments: String = old.split_inclusive('\n').filter(|line| line.starts_with('#')).collect();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let whole = format!("{}{comments}{history}", format!("{header}\n").replace('\n', line_end));
    (read(whole.as_bytes(), Some(id)).ok()? == ticket).then(|| (ticket, whole.into_bytes()))
}
