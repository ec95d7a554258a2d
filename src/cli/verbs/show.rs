//! `show`: one ticket, for people or as JSON, and what other verbs need to tell a ticket.

use clap::Args;
use serde_json::Value;

use super::super::Exit;
use super::super::arguments::TicketArgument;
use super::super::complaint::Complaint;
use super::super::formats::asked;
use super::super::output::Output;
use super::super::session::Session;
use crate::casebook::Casebook;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::error::Error;
use crate::store::layout;
use crate::view;

/// Show a ticket with its history.
#[derive(Debug, Args)]
pub struct Show {
    #[command(flatten)]
    ticket: TicketArgument,
    /// Print JSON; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
    /// Print the file as it is
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

impl Show {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        if lists_fields(self.json.as_deref()) {
            return list_fields(&session.output);
        }
        refuse_unknown_fields(self.json.as_deref())?;
        let casebook = session.casebook()?;
        let id = find(session, &casebook, &self.ticket.ticket)?;
        if self.raw && session.viewer(&casebook)? == view::Viewer::Support {
            session.output.print(&casebook.text_of(id)?)?;
            return Ok(Exit::Done);
        }
        let ticket = casebook.ticket(id)?;
        match &self.json {
            Some(fields) => session.output.json(&json_of(session, &casebook, &ticket, Some(fields))?)?,
            None => session.output.print(&words_of(session, &casebook, &ticket)?)?,
        }
        Ok(Exit::Done)
    }
}

/// The ticket a word means. git is waited for only where somebody might not be allowed to see it.
fn find(session: &Session, casebook: &Casebook, word: &str) -> Result<Id, Complaint> {
    Ok(casebook.find(word, session.actor()?)?)
}

/// Whether `--json=` asks for the names of fields.
pub(in crate::cli) fn lists_fields(fields: Option<&str>) -> bool {
    fields == Some("")
}

/// Prints the names of the fields, one a line.
pub(in crate::cli) fn list_fields(output: &Output) -> Result<Exit, Complaint> {
    let mut names = view::json::FIELDS.to_vec();
    names.push(view::json::HISTORY);
    output.print(&format!("{}\n", names.join("\n")))?;
    Ok(Exit::Done)
}

/// Refuses a field that does not exist, before anything is done.
pub(in crate::cli) fn refuse_unknown_fields(fields: Option<&str>) -> Result<(), Complaint> {
    let known = view::json::FIELDS.iter().copied().chain([view::json::HISTORY]);
    view::json::check(&asked(fields), known).map_err(|unknown| unknown_field(&unknown))
}

pub(in crate::cli) fn unknown_field(unknown: &view::json::UnknownField) -> Complaint {
    let hint = unknown
        .nearest
        .as_ref()
        .map_or_else(|| "`--json=` lists the fields".to_owned(), |near| format!("did you mean `{near}`?"));
    Error::usage(format!("`{}` is no field", unknown.name), hint).into()
}

/// A ticket as JSON, with the fields asked for.
pub(in crate::cli) fn json_of(
    session: &Session,
    casebook: &Casebook,
    ticket: &Ticket,
    fields: Option<&str>,
) -> Result<Value, Complaint> {
    let asked = asked(fields);
    let wants_short = asked.is_empty() || asked.iter().any(|name| name == "short_id");
    let short = if wants_short { short_id(casebook, ticket.id)? } else { String::new() };
    let viewer = session.viewer(casebook)?;
    let map = view::json::ticket_json(ticket, &short, &layout::ticket_path(ticket.id), viewer);
    let map = if asked.is_empty() {
        map
    } else {
        view::json::select(map, &asked).map_err(|unknown| unknown_field(&unknown))?
    };
    Ok(Value::Object(map))
}

/// A ticket in words.
pub(in crate::cli) fn words_of(session: &Session, casebook: &Casebook, ticket: &Ticket) -> Result<String, Complaint> {
    let zone = session.zone(casebook)?;
    let audience = session.audience(casebook, &zone)?;
    Ok(view::ticket::ticket(ticket, &ticket.id.to_string(), &audience))
}

/// The shortest suffix that is this ticket's alone.
fn short_id(casebook: &Casebook, id: Id) -> Result<String, Complaint> {
    let mut ids = casebook.names()?.tickets;
    if let Err(place) = ids.binary_search(&id) {
        ids.insert(place, id);
    }
    Ok(layout::short_id(&ids, id))
}
