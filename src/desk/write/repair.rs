//! Mending what has exactly one right answer: a header that is not its history's, and an end marker that is missing.
//!
//! Entries keep their bytes, whatever is wrong with them. Works in memory; the door writes.

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
    let (tickets, changes): (Vec<Ticket>, Vec<_>) = mended(desk, ids)?.into_iter().unzip();
    let message = if changes.is_empty() || !options.commits(desk)? {
        None
    } else {
        Some(commit_message::for_repair(&tickets, options.on_behalf_of(desk)?.as_deref()))
    };
    Ok(Outcome { tickets, changes, message, ..Outcome::default() })
}

/// What mending makes of some tickets, and the tickets as they are then. Those with nothing to mend, or with
/// something nobody can know, are left out.
fn mended(desk: &Desk, ids: &[Id]) -> Result<Vec<(Ticket, FileChange)>, Error> {
    let mut mended = Vec::new();
    for id in ids {
        let path = layout::ticket_path(*id);
        let bytes = desk.read().bytes(*id)?;
        if is_cut(desk, &path, &bytes)? {
            continue;
        }
        let Some((ticket, after)) = mend(*id, &bytes) else { continue };
        let before = Some(String::from_utf8_lossy(&bytes).into_owned());
        let after = String::from_utf8_lossy(&after).into_owned();
        if before.as_ref() != Some(&after) {
            mended.push((ticket, FileChange { path, before, after }));
        }
    }
    Ok(mended)
}

/// Whether git has more of a file than stands there: then it was cut, and what is missing is known.
fn is_cut(desk: &Desk, path: &str, bytes: &[u8]) -> Result<bool, Error> {
    if !desk.state.in_repository() {
        return Ok(false);
    }
    let committed = Repository::at(&desk.root).committed(path)?;
    Ok(committed.is_some_and(|text| text.len() > bytes.len() + END.len() && text.as_bytes().starts_with(bytes)))
}

/// The line that ends a file.
const END: &str = "...\n";

/// A file with its end and its header, and the ticket in it; nothing where that cannot be known.
fn mend(id: Id, bytes: &[u8]) -> Option<(Ticket, Vec<u8>)> {
    let (ticket, bytes) = match yaml::read(bytes, Some(id)) {
        Ok(ticket) => (ticket, bytes.to_vec()),
        Err(damage) if damage.kind == ReadErrorKind::NoEndMarker => {
            let ended = ended(bytes);
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

/// The bytes with the marker behind them, on a line of its own that ends as the file's lines do.
fn ended(bytes: &[u8]) -> Vec<u8> {
    let line_end: &[u8] = if memchr::memmem::find(bytes, b"\r\n").is_some() { b"\r\n" } else { b"\n" };
    let mut ended = bytes.to_vec();
    if !ended.ends_with(b"\n") {
        ended.extend(line_end);
    }
    ended.extend(b"...");
    ended.extend(line_end);
    ended
}
