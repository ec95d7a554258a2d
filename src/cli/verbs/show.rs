//! `show`: one ticket or entry, as text, JSON or a template.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketArgument;
use crate::cli::args::output_format::{OutputFormat, RecordFields, template};
use crate::cli::error::CliError;
use crate::cli::report::ticket::{TICKET, find_entry, render_ticket, ticket_record};
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::ticket::Ticket;
use crate::view;

/// The fields of an entry.
const ENTRY: RecordFields = RecordFields { fields: view::json::ENTRY_FIELDS, columns: view::log::COLUMNS };

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
    /// The variables are the fields of `--json`, with --entry those of an entry. `casebook list --help` describes the
    /// language.
    #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["json", "raw", "diff"])]
    format: Option<String>,
    /// Print the file as it is
    #[arg(long, conflicts_with_all = ["json", "entry", "diff"])]
    raw: bool,
    /// Only this entry: its id, or a part of it; in JSON with the fields of its file, and `ticket`
    #[arg(long, value_name = "ENTRY")]
    entry: Option<String>,
    /// Show the changes of the header after each entry: the old and the new values
    #[arg(long, conflicts_with = "json")]
    diff: bool,
}

impl ShowArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Some(format) = self.output_format(session)? else { return Ok(Exit::Done) };
        let desk = session.desk()?;
        let view = session.view(&desk)?;
        let id = session.find(&view, &self.ticket.ticket)?;
        if self.raw
            && let Some(text) = view.file_text(id)?
        {
            session.output.print(&text)?;
            return Ok(Exit::Done);
        }
        let ticket = view.ticket(id)?;
        if let Some(entry) = &self.entry {
            return self.show_entry(session, &desk, &ticket, entry, &format);
        }
        let clocks = session.clocks(&view, session.environment.now, format.is_text() || format.asks_for("sla"));
        if format.is_text() {
            let mut text = render_ticket(session, &desk, &ticket, &clocks, self.diff)?;
            if session.output.is_terminal {
                text.push_str(&view::ticket::render_allowed(&view.allowed(id), &session.audience(&desk)?));
            }
            let exit = session.report_clock_errors(&clocks, Exit::Done);
            return Ok(session.output.print_paged(&text, desk.root(), exit)?);
        }
        format.refuse_unknown_custom_fields(&desk, |name| ticket.header.has_custom_field(name))?;
        format.print_one(session, ticket_record(&view, &ticket, format.asks_for("short_id"), &clocks)?)?;
        Ok(session.report_clock_errors(&clocks, Exit::Done))
    }

    /// Returns the format that the flags ask for; `None` if they asked for the names of the fields.
    ///
    /// # Errors
    /// An unknown field or an invalid template, before anything is read.
    fn output_format(&self, session: &Session) -> Result<Option<OutputFormat>, CliError> {
        let fields = if self.entry.is_some() { ENTRY } else { TICKET };
        match &self.format {
            Some(source) => template(source, fields.fields, session).map(Some),
            None => fields.json_or_text(self.json.as_deref(), session),
        }
    }

    /// Prints one entry of a ticket.
    fn show_entry(
        &self,
        session: &Session,
        desk: &Desk,
        ticket: &Ticket,
        id_or_part: &str,
        format: &OutputFormat,
    ) -> Result<Exit, CliError> {
        let audience = session.audience_of_ticket(desk)?;
        let ids: Vec<Id> = ticket.history.iter().map(|entry| entry.id).collect();
        let id = find_entry(&ids, id_or_part, ticket.id)?;
        if format.is_text() {
            let text = view::ticket::render_entry(ticket, id, self.diff, &audience);
            return Ok(session.output.print_paged(&text, desk.root(), Exit::Done)?);
        }
        let lines = view::log::newest_first(std::slice::from_ref(ticket), None);
        let record = lines.iter().find(|line| line.entry().id == id).map(view::log::to_json);
        format.print_one(session, record.unwrap_or_default())?;
        Ok(Exit::Done)
    }
}
