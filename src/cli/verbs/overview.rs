//! The overview of the desk, which `casebook` prints without a verb.

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

/// Prints the number of tickets by status, and the tickets that need attention.
pub(in crate::cli) fn run(session: &Session) -> Result<Exit, CliError> {
    let desk = session.desk()?;
    let found = desk.read().summaries(session.actor()?)?;
    let zone = session.zone(&desk)?;
    let tickets: Vec<_> = found.rows.iter().collect();
    let viewer = session.actor()?;
    let short_id = view::overview::Overview::at(&tickets, session.environment.now)
        .oldest_open
        .map(|at| desk.read().short_id(tickets[at].id, viewer))
        .transpose()?;
    let clocks = session.clocks(&desk, session.environment.now, true);
    let overdue = overdue_clocks(session, &desk, &clocks, &tickets)?;
    let audience = session.audience(&desk, &zone)?;
    let mut text = String::new();
    if !desk.config().name.is_empty() {
        text.push_str(&format!("{}\n", view::sanitize::one_line(&desk.config().name)));
    }
    text.push_str(&view::overview::render_table(&tickets, &short_id.unwrap_or_default(), &overdue, &audience));
    // The overview is useful even if git does not answer. Customers must not learn how many other tickets changed.
    let uncommitted =
        if audience.viewer == Viewer::Support { desk.read().uncommitted().unwrap_or_default() } else { 0 };
    if uncommitted > 0 {
        let labels = audience.catalog();
        text.push_str(&format!("{}\n", labels.count(uncommitted, |counts| counts.uncommitted)));
    }
    session.output.print(&text)?;
    if desk.read().may_see_pending(viewer) {
        session
            .output
            .warn("note: a command was interrupted; the next command that writes completes it or rolls it back");
    }
    Ok(session.report_clock_errors(&clocks, session.report_unreadable(&desk, &found.unreadable)))
}

/// Counts the overdue clocks, and finds the one that is due first.
fn overdue_clocks(
    session: &Session,
    desk: &Desk,
    clocks: &Clocks<'_>,
    tickets: &[Summary],
) -> Result<Overdue, CliError> {
    let mut overdue = Overdue::default();
    let mut first: Option<(Id, Clock)> = None;
    for ticket in tickets.iter().filter(|ticket| ticket.header.status != Status::Solved) {
        let Some(clock) = clocks.next(ticket) else { continue };
        overdue.count(&clock, session.environment.now);
        let is_due_before =
            |(_, other): &(Id, Clock)| clock.due_at.is_some_and(|due| other.due_at.is_none_or(|at| due < at));
        if first.as_ref().is_none_or(is_due_before) {
            first = Some((ticket.id, clock));
        }
    }
    let viewer = session.actor()?;
    let with_short_id = |(id, clock)| desk.read().short_id(id, viewer).map(|short_id| (id, short_id, clock));
    overdue.first = first.map(with_short_id).transpose()?;
    Ok(overdue)
}
