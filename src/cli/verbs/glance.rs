//! No verb: the desk at a glance.

use super::super::Exit;
use super::super::complaint::Complaint;
use super::super::session::Session;
use super::list::short_ids;
use crate::view;

/// Counts by status, and what wants attention.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, Complaint> {
    let casebook = session.casebook()?;
    let census = casebook.summaries(session.actor()?)?;
    let zone = session.zone(&casebook)?;
    let short = short_ids(&casebook, &census.tickets)?;
    let mut told = String::new();
    if !casebook.config().name.is_empty() {
        told.push_str(&format!("{}\n", view::terminal::one_line(&casebook.config().name)));
    }
    told.push_str(&view::glance::for_people(&census.tickets, &short, &session.audience(&casebook, &zone)?));
    session.output.print(&told)?;
    if casebook.has_pending() {
        session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
    }
    Ok(session.name_troubles(&census))
}
