//! Tickets as JSON and as text, for every verb that prints them.

use serde_json::{Map, Value};

use crate::cli::args::output_format::{OutputFormat, RecordFields};
use crate::cli::error::CliError;
use crate::cli::report::clocks::Clocks;
use crate::cli::session::Session;
use crate::desk::{Desk, DeskView};
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::{layout, short_id};
use crate::view;

/// The fields of a ticket with its history.
pub(crate) const TICKET: RecordFields = RecordFields { fields: view::json::TICKET_FIELDS, columns: view::json::FIELDS };

/// The field that says whether `open` made the ticket, or returned that of an earlier command with the same key.
pub(crate) const CREATED: &str = "created";

/// The fields of the ticket that `open` prints.
pub(crate) const OPENED: RecordFields = RecordFields { fields: &OPENED_FIELDS, columns: view::json::FIELDS };

const OPENED_FIELDS: [&str; view::json::TICKET_FIELDS.len() + 1] = {
    let mut names = [CREATED; view::json::TICKET_FIELDS.len() + 1];
    let mut place = 0;
    while place < view::json::TICKET_FIELDS.len() {
        names[place] = view::json::TICKET_FIELDS[place];
        place += 1;
    }
    names
};

/// Returns the tickets of a command that is done as JSON objects with the fields of a format, or all without one.
pub(crate) fn ticket_json(
    session: &Session,
    view: &DeskView<'_>,
    tickets: &[Ticket],
    format: &OutputFormat,
) -> Result<Vec<Value>, CliError> {
    let all = OutputFormat::Json(Vec::new());
    let format = if format.is_text() { &all } else { format };
    let done = "the command is done";
    let wants_clocks = format.asks_for("sla") || format.asks_for("due_at");
    let clocks = session.clocks_of_result(view, wants_clocks, done);
    let to_json = |ticket| {
        let record = ticket_record(view, ticket, format.asks_for("short_id"), &clocks)?;
        Ok(Value::Object(format.selected(record)))
    };
    let records = tickets.iter().map(to_json).collect();
    session.report_missing_clocks(&clocks, done);
    records
}

/// Returns all fields of a ticket. The short id is empty unless it is wanted, since it depends on the other ids of the
/// desk.
pub(crate) fn ticket_record(
    view: &DeskView<'_>,
    ticket: &Ticket,
    wants_short_id: bool,
    clocks: &Clocks<'_>,
) -> Result<Map<String, Value>, CliError> {
    let short_id = if wants_short_id { view.short_id(ticket.id)? } else { String::new() };
    let sla = if clocks.are_there() { clocks.of(&Summary::from(ticket)) } else { Vec::new() };
    Ok(view::json::ticket_json(ticket, &short_id, &layout::ticket_path(ticket.id), &sla))
}

/// Renders a ticket with its history as text, with the fields that each entry changed if `with_changes` is true.
pub(crate) fn render_ticket(
    session: &Session,
    desk: &Desk,
    ticket: &Ticket,
    clocks: &Clocks<'_>,
    with_changes: bool,
) -> Result<String, CliError> {
    session.look_up_names(&session.view(desk)?, ticket.header.organization.clone());
    let audience = session.audience_of_ticket(desk)?;
    let sla = clocks.of(&Summary::from(ticket));
    Ok(view::ticket::render(ticket, &ticket.id.to_string(), &sla, with_changes, &audience))
}

/// Finds an entry of a ticket by its id or a part of it, among the given entries.
///
/// # Errors
/// None of the entries matches, or several do.
pub(crate) fn find_entry(entries: &[Id], id_or_part: &str, ticket: Id) -> Result<Id, CliError> {
    let matches =
        short_id::parse_id_part(id_or_part).map(|part| short_id::matching(entries, &part)).unwrap_or_default();
    match matches.as_slice() {
        [entry] => Ok(*entry),
        [] => Err(CliError::new("entry.not_found", format!("the ticket has no entry `{id_or_part}`"))
            .ticket(ticket)
            .hint("`casebook show TICKET` prints the ids of entries")),
        several => Err(Error::Ambiguous { word: id_or_part.to_owned(), candidates: several.to_vec() }.into()),
    }
}
