//! Repairing what has exactly one correct value: a header that its history does not lead to, a missing end marker. The bytes
//! of entries never change.

use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::replay;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::git::Repository;
use crate::store::layout;
use crate::store::yaml;
use crate::store::yaml::ReadErrorKind;

use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;
use crate::desk::Desk;

/// Returns the outcome of repairing some tickets: files that change, and no entries.
///
/// # Errors
/// A file cannot be read, or git cannot be asked.
pub(crate) fn plan_change(desk: &Desk, ids: &[Id], options: &WriteOptions) -> Result<Outcome, Error> {
    let (tickets, changes): (Vec<Ticket>, Vec<_>) = repaired(desk, ids)?.into_iter().unzip();
    let message =
        if changes.is_empty() { None } else { options.message(desk, commit_message::for_repair(&tickets))? };
    Ok(Outcome { tickets, changes, message, ..Outcome::default() })
}

/// Returns the repaired tickets and the changes of their files. A ticket without anything to repair, or with damage that has
/// no single correct repair, is left out.
fn repaired(desk: &Desk, ids: &[Id]) -> Result<Vec<(Ticket, FileChange)>, Error> {
    let mut repaired = Vec::new();
    for id in ids {
        let path = layout::ticket_path(*id);
        let bytes = desk.read().bytes(*id)?;
        if is_cut(desk, &path, &bytes)? {
            continue;
        }
        let Some((ticket, after)) = repair(*id, &bytes) else { continue };
        let before = Some(String::from_utf8_lossy(&bytes).into_owned());
        let after = String::from_utf8_lossy(&after).into_owned();
        if before.as_ref() != Some(&after) {
            repaired.push((ticket, FileChange { path, before, after }));
        }
    }
    Ok(repaired)
}

/// Returns whether a file was cut: the last commit has the same bytes and more. Then git has the missing part.
fn is_cut(desk: &Desk, path: &str, bytes: &[u8]) -> Result<bool, Error> {
    if !desk.state.in_repository() {
        return Ok(false);
    }
    let committed = Repository::at(&desk.root).committed(path)?;
    Ok(committed.is_some_and(|text| text.len() > bytes.len() + END.len() && text.as_bytes().starts_with(bytes)))
}

/// The end marker, the last line of a file.
const END: &str = "...\n";

/// Returns the ticket and the bytes of its file with end marker and header repaired; `None` if there is no single repair.
fn repair(id: Id, bytes: &[u8]) -> Option<(Ticket, Vec<u8>)> {
    let (ticket, bytes) = match yaml::read(bytes, Some(id)) {
        Ok(ticket) => (ticket, bytes.to_vec()),
        Err(damage) if damage.kind == ReadErrorKind::NoEndMarker => {
            let ended = with_end_marker(bytes);
            (yaml::read(&ended, Some(id)).ok()?, ended)
        }
        Err(damage) => return yaml::rebuild_header(bytes, id, &damage),
    };
    let header = replay::replay(&ticket.history)?;
    if header == ticket.header {
        return Some((ticket, bytes));
    }
    let after = Ticket { header, ..ticket.clone() };
    let bytes = yaml::amend(&bytes, &ticket, &after).ok()?;
    Some((after, bytes))
}

/// Returns the bytes with the end marker after them, on its own line, with the line ending of the file.
fn with_end_marker(bytes: &[u8]) -> Vec<u8> {
    let line_end: &[u8] = if memchr::memmem::find(bytes, b"\r\n").is_some() { b"\r\n" } else { b"\n" };
    let mut ended = bytes.to_vec();
    if !ended.ends_with(b"\n") {
        ended.extend(line_end);
    }
    ended.extend(b"...");
    ended.extend(line_end);
    ended
}
