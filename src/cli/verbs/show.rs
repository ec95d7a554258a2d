//! `show`: one ticket, for people or as JSON, and what other verbs need to tell a ticket.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::Exit;
use crate::cli::args::TicketArgument;
use crate::cli::args::output_format::{OutputFormat, RecordFields, asked, template};
use crate::cli::error::CliError;
use crate::cli::report::clocks::Clocks;
use crate::cli::session::Session;
use crate::cli::terminal::output::Output;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::people::visibility::customer_view;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::error::Error;
use crate::store::layout;
use crate::view;
use crate::view::visible_history::visible_entries;

/// Show a ticket with its history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook show 7S1W1X --diff\n  casebook show 7S1W1X --json=status,next_step\n  casebook show 7S1W1X --format '{{ subject }}: {{ status }}, {{ last_activity_at|timeago }}'"
)]
pub struct ShowArgs {
    #[command(flatten)]
    ticket: TicketArgument,
    /// Print JSON; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
    /// Fill in a template: `'{{ short_id }}: {{ subject }} ({{ history|length }} entries)'`
    ///
    /// The variables are the fields of `--json`, with --entry those of an entry. `casebook list --help` says more.
    #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["json", "raw", "diff"])]
    format: Option<String>,
    /// Print the file as it is
    #[arg(long, conflicts_with_all = ["json", "entry", "diff"])]
    raw: bool,
    /// Only this entry: its id, or a part of it; in JSON with the fields of its file, and `ticket`
    #[arg(long, value_name = "ENTRY")]
    entry: Option<String>,
    /// Show what each entry changed in the header: what was, and what is since
    #[arg(long, conflicts_with = "json")]
    diff: bool,
}

impl ShowArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        if lists_fields(self.json.as_deref()) {
            return if self.entry.is_some() { ENTRY.list(session) } else { list_fields(&session.output) };
        }
        let chosen = self.chosen(session)?;
        let casebook = session.casebook()?;
        let id = find(session, &casebook, &self.ticket.ticket)?;
        if self.raw && session.viewer(&casebook)? == view::Viewer::Support {
            session.output.print(&casebook.read().text_of(id)?)?;
            return Ok(Exit::Done);
        }
        let ticket = casebook.read().ticket_for(id, session.actor()?)?;
        if let Some(word) = &self.entry {
            return self.show_entry(session, &casebook, &ticket, word, chosen.as_ref());
        }
        let wants_clocks = chosen.as_ref().is_none_or(|chosen| chosen.asks_for("sla"));
        let clocks = session.clocks(&casebook, session.world.now, wants_clocks);
        if let Some(chosen) = chosen {
            chosen.refuse_unknown_own(&casebook, |name| ticket.header.has_custom_field(name))?;
            let record = record_of(session, &casebook, &ticket, chosen.asks_for("short_id"), &clocks)?;
            chosen.print_one(session, record)?;
            return Ok(session.report_clock_errors(&clocks, Exit::Done));
        }
        let told = if self.diff {
            let zone = session.zone(&casebook)?;
            let audience = session.audience_of_ticket(&casebook, &zone)?;
            let clocks = clocks.of(&Summary::from(&ticket));
            view::ticket::render_with_changes(&ticket, &ticket.id.to_string(), &clocks, &audience)
        } else {
            render_ticket(session, &casebook, &ticket, &clocks)?
        };
        let exit = session.report_clock_errors(&clocks, Exit::Done);
        Ok(session.output.print_paged(&told, casebook.root(), exit)?)
    }

    /// What is asked for beside words; unknown fields and broken templates are refused before anything is read.
    fn chosen(&self, session: &Session) -> Result<Option<OutputFormat>, CliError> {
        let fields = if self.entry.is_some() { ENTRY.fields.to_vec() } else { ticket_fields() };
        if let Some(source) = &self.format {
            return template(source, &fields, session).map(Some);
        }
        let Some(asked_for) = self.json.as_deref() else { return Ok(None) };
        let asked = asked(Some(asked_for));
        view::json::check(&asked, fields.iter().copied()).map_err(|unknown| unknown_field(&unknown))?;
        Ok(Some(OutputFormat::Json(asked)))
    }

    /// One entry, among those the person may see.
    fn show_entry(
        &self,
        session: &Session,
        casebook: &Desk,
        ticket: &Ticket,
        word: &str,
        chosen: Option<&OutputFormat>,
    ) -> Result<Exit, CliError> {
        let zone = session.zone(casebook)?;
        let audience = session.audience_of_ticket(casebook, &zone)?;
        let told = visible_entries(ticket, audience.viewer);
        let ids: Vec<Id> = told.iter().map(|told| told.entry.id).collect();
        let entry = entry_among(&ids, word, ticket.id)?;
        let Some(chosen) = chosen else {
            let words = view::ticket::render_entry(ticket, entry, self.diff, &audience);
            return Ok(session.output.print_paged(&words, casebook.root(), Exit::Done)?);
        };
        let record = told.iter().find(|told| told.entry.id == entry).map(|told| view::log::to_json(ticket, told));
        chosen.print_one(session, record.unwrap_or_default())?;
        Ok(Exit::Done)
    }
}

/// What an entry has.
const ENTRY: RecordFields = RecordFields { fields: view::json::ENTRY_FIELDS, columns: view::log::COLUMNS };

/// The entry a word means, among some of a ticket: an id, or a part of one.
pub(super) fn entry_among(ids: &[Id], word: &str, ticket: Id) -> Result<Id, CliError> {
    let found = layout::parse_id_part(word).map(|part| layout::matching(ids, &part)).unwrap_or_default();
    match found.as_slice() {
        [entry] => Ok(*entry),
        [] => Err(CliError::new(Exit::NotFound, "entry.not_found", format!("the ticket has no entry `{word}`"))
            .ticket(ticket)
            .hint("`casebook show TICKET` prints the ids of entries")),
        several => Err(Error::Ambiguous { word: word.to_owned(), candidates: several.to_vec() }.into()),
    }
}

/// The ticket a word means. git is waited for only where somebody might not be allowed to see it.
fn find(session: &Session, casebook: &Desk, word: &str) -> Result<Id, CliError> {
    Ok(casebook.read().find(word, session.actor()?)?)
}

/// Whether `--json=` asks for the names of fields.
pub(in crate::cli) fn lists_fields(fields: Option<&str>) -> bool {
    fields == Some("")
}

/// Prints the names of the fields, one a line.
pub(in crate::cli) fn list_fields(output: &Output) -> Result<Exit, CliError> {
    output.print(&format!("{}\n", ticket_fields().join("\n")))?;
    Ok(Exit::Done)
}

/// The fields of a whole ticket.
fn ticket_fields() -> Vec<&'static str> {
    view::json::FIELDS.iter().copied().chain([view::json::HISTORY]).collect()
}

/// Refuses a field that does not exist, before anything is done.
pub(in crate::cli) fn refuse_unknown_fields(fields: Option<&str>) -> Result<(), CliError> {
    view::json::check(&asked(fields), ticket_fields().into_iter()).map_err(|unknown| unknown_field(&unknown))
}

pub(in crate::cli) fn unknown_field(unknown: &view::json::UnknownField) -> CliError {
    let hint = unknown
        .nearest
        .as_ref()
        .map_or_else(|| "`--json=` lists the fields".to_owned(), |near| format!("did you mean `{near}`?"));
    Error::usage(format!("`{}` is no field", unknown.name), hint).into()
}

/// Tickets as JSON, with the fields asked for. Those of a command that has written are told in any case.
pub(in crate::cli) fn ticket_json(
    session: &Session,
    casebook: &Desk,
    tickets: &[Ticket],
    fields: Option<&str>,
) -> Result<Vec<Value>, CliError> {
    let asked = asked(fields);
    let wants = |field: &str| asked.is_empty() || asked.iter().any(|name| name == field);
    let clocks = session.clocks(casebook, session.world.now, wants("sla"));
    let is_customer = session.viewer(casebook)? == view::Viewer::Customer;
    let told = |ticket: &Ticket| {
        let theirs = is_customer.then(|| customer_view(ticket.clone()));
        let map = record_of(session, casebook, theirs.as_ref().unwrap_or(ticket), wants("short_id"), &clocks)?;
        let select = |map| view::json::select(map, &asked).map_err(|unknown| unknown_field(&unknown));
        Ok(Value::Object(if asked.is_empty() { map } else { select(map)? }))
    };
    tickets.iter().map(told).collect()
}

/// All the fields of a ticket; the short id, which the whole desk decides, where that is wanted.
fn record_of(
    session: &Session,
    casebook: &Desk,
    ticket: &Ticket,
    wants_short: bool,
    clocks: &Clocks<'_>,
) -> Result<Map<String, Value>, CliError> {
    let short = if wants_short { casebook.read().short_id(ticket.id, session.actor()?)? } else { String::new() };
    let viewer = session.viewer(casebook)?;
    let sla = if clocks.are_there() { clocks.of(&Summary::from(ticket)) } else { Vec::new() };
    Ok(view::json::ticket_json(ticket, &short, &layout::ticket_path(ticket.id), &sla, viewer))
}

/// A ticket in words.
pub(in crate::cli) fn render_ticket(
    session: &Session,
    casebook: &Desk,
    ticket: &Ticket,
    clocks: &Clocks<'_>,
) -> Result<String, CliError> {
    let zone = session.zone(casebook)?;
    let audience = session.audience_of_ticket(casebook, &zone)?;
    let sla = clocks.of(&Summary::from(ticket));
    Ok(view::ticket::render(ticket, &ticket.id.to_string(), &sla, &audience))
}
