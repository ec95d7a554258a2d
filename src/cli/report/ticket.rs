//! Tickets as JSON and as text, for every verb that prints them.

use serde_json::{Map, Value};

use crate::cli::Exit;
use crate::cli::args::output_format::split_fields;
use crate::cli::error::CliError;
use crate::cli::report::clocks::Clocks;
use crate::cli::session::Session;
use crate::cli::terminal::output::Output;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::people::visibility::customer_view;
use crate::domain::template::check_fields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::{layout, short_id};
use crate::view;

/// Returns whether the value of `--json` asks for the names of the fields (`--json=`).
pub(crate) fn lists_fields(fields: Option<&str>) -> bool {
    fields == Some("")
}

/// Prints the names of a ticket's fields, each on its line.
pub(crate) fn list_fields(output: &Output) -> Result<Exit, CliError> {
    output.print(&format!("{}\n", ticket_fields().join("\n")))?;
    Ok(Exit::Done)
}

/// Returns the names of the fields of a ticket with its history.
pub(crate) fn ticket_fields() -> Vec<&'static str> {
    view::json::FIELDS.iter().copied().chain([view::json::HISTORY]).collect()
}

/// Refuses fields of `--json` that a ticket does not have, before anything is done.
pub(crate) fn refuse_unknown_fields(fields: Option<&str>) -> Result<(), CliError> {
    check_fields(&split_fields(fields), &ticket_fields()).map_err(CliError::from)
}

/// Returns tickets as JSON objects with the fields that were asked for, limited to what the viewer may see of them.
///
/// It does not check that the viewer may see the tickets at all: they are the result of the viewer's own command.
pub(crate) fn ticket_json(
    session: &Session,
    desk: &Desk,
    tickets: &[Ticket],
    fields: Option<&str>,
) -> Result<Vec<Value>, CliError> {
    let asked = split_fields(fields);
    let wants = |field: &str| asked.is_empty() || asked.iter().any(|name| name == field);
    let clocks = session.clocks(desk, session.environment.now, wants("sla"));
    let is_customer = session.viewer(desk)? == view::Viewer::Customer;
    let to_json = |ticket: &Ticket| {
        let visible = is_customer.then(|| customer_view(ticket.clone()));
        let record = ticket_record(session, desk, visible.as_ref().unwrap_or(ticket), wants("short_id"), &clocks)?;
        let select = |record| view::json::select(record, &asked).map_err(CliError::from);
        Ok(Value::Object(if asked.is_empty() { record } else { select(record)? }))
    };
    tickets.iter().map(to_json).collect()
}

/// Returns all fields of a ticket. The short id is empty unless it is wanted, since it depends on the other ids of the
/// desk.
pub(crate) fn ticket_record(
    session: &Session,
    desk: &Desk,
    ticket: &Ticket,
    wants_short_id: bool,
    clocks: &Clocks<'_>,
) -> Result<Map<String, Value>, CliError> {
    let short_id = if wants_short_id { desk.read().short_id(ticket.id, session.actor()?)? } else { String::new() };
    let viewer = session.viewer(desk)?;
    let sla = if clocks.are_there() { clocks.of(&Summary::from(ticket)) } else { Vec::new() };
    Ok(view::json::ticket_json(ticket, &short_id, &layout::ticket_path(ticket.id), &sla, viewer))
}

/// Renders a ticket with its history as text.
pub(crate) fn render_ticket(
    session: &Session,
    desk: &Desk,
    ticket: &Ticket,
    clocks: &Clocks<'_>,
) -> Result<String, CliError> {
    let zone = session.zone(desk)?;
    let audience = session.audience_of_ticket(desk, &zone)?;
    let sla = clocks.of(&Summary::from(ticket));
    Ok(view::ticket::render(ticket, &ticket.id.to_string(), &sla, &audience))
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
