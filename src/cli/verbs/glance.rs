//! No verb: the desk at a glance.

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::session::Session;
use crate::view;

/// Counts by status, and what wants attention.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, Complaint> {
    let casebook = session.casebook()?;
    let found = casebook.summaries(session.actor()?)?;
    let zone = session.zone(&casebook)?;
    let tickets: Vec<_> = found.rows.iter().collect();
    let short = view::glance::Glance::at(&tickets, session.world.now)
        .oldest_open
        .map(|at| casebook.short_id(tickets[at].id))
        .transpose()?;
    let mut told = String::new();
    if !casebook.config().name.is_empty() {
        told.push_str(&format!("{}\n", view::terminal::one_line(&casebook.config().name)));
    }
    told.push_str(&view::glance::for_people(
        &tickets,
        &short.unwrap_or_default(),
        &session.audience(&casebook, &zone)?,
    ));
    // A glance is worth something without git's answer, too.
    match casebook.uncommitted() {
        Ok(0) | Err(_) => {}
        Ok(1) => told.push_str("uncommitted: 1 file\n"),
        Ok(count) => told.push_str(&format!("uncommitted: {count} files\n")),
    }
    session.output.print(&told)?;
    if casebook.has_pending() {
        session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
    }
    Ok(session.name_troubles(&found.troubles))
}
