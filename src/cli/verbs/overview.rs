//! No verb: the desk at a glance.

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::report::clocks::Clocks;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::sla::clock::Clock;
use crate::domain::ticket::summary::Summary;
use crate::domain::vocabulary::Status;
use crate::view;
use crate::view::Viewer;
use crate::view::overview::Overdue;

/// Counts by status, and what wants attention.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, CliError> {
    let casebook = session.casebook()?;
    let found = casebook.read().summaries(session.actor()?)?;
    let zone = session.zone(&casebook)?;
    let tickets: Vec<_> = found.rows.iter().collect();
    let viewer = session.actor()?;
    let short = view::overview::Overview::at(&tickets, session.world.now)
        .oldest_open
        .map(|at| casebook.read().short_id(tickets[at].id, viewer))
        .transpose()?;
    let clocks = session.clocks(&casebook, session.world.now, true);
    let burning = burning(session, &casebook, &clocks, &tickets)?;
    let audience = session.audience(&casebook, &zone)?;
    let mut told = String::new();
    if !casebook.config().name.is_empty() {
        told.push_str(&format!("{}\n", view::sanitize::one_line(&casebook.config().name)));
    }
    told.push_str(&view::overview::render_table(&tickets, &short.unwrap_or_default(), &burning, &audience));
    // A glance is worth something without git's answer, too. Customers are not told how many files of others there are.
    let uncommitted =
        if audience.viewer == Viewer::Support { casebook.read().uncommitted().unwrap_or_default() } else { 0 };
    if uncommitted > 0 {
        let catalog = audience.catalog();
        told.push_str(&format!("{}\n", catalog.count(uncommitted, &catalog.counts.uncommitted)));
    }
    session.output.print(&told)?;
    if casebook.read().has_pending_of(viewer) {
        session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
    }
    Ok(session.report_clock_errors(&clocks, session.report_unreadable(&casebook, &found.troubles)))
}

/// What burns, and what first.
fn burning(session: &Session, casebook: &Desk, clocks: &Clocks<'_>, tickets: &[Summary]) -> Result<Overdue, CliError> {
    let mut burning = Overdue::default();
    let mut first: Option<(Id, Clock)> = None;
    for ticket in tickets.iter().filter(|ticket| ticket.header.status != Status::Solved) {
        let Some(clock) = clocks.next(ticket) else { continue };
        burning.count(&clock, session.world.now);
        let burns_before =
            |(_, known): &(Id, Clock)| clock.due_at.is_some_and(|due| known.due_at.is_none_or(|at| due < at));
        if first.as_ref().is_none_or(burns_before) {
            first = Some((ticket.id, clock));
        }
    }
    let viewer = session.actor()?;
    let named = |(id, clock)| casebook.read().short_id(id, viewer).map(|short| (id, short, clock));
    burning.first = first.map(named).transpose()?;
    Ok(burning)
}
