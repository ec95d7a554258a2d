//! `show`: one ticket or entry, as text, JSON or a template.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketArgument;
use crate::cli::args::output_format::{OutputFormat, RecordFields, split_fields, template};
use crate::cli::error::CliError;
use crate::cli::report::ticket::{find_entry, list_fields, lists_fields, render_ticket, ticket_fields, ticket_record};
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::template::check_fields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::summary::Summary;
use crate::view;
use crate::view::visible_history::visible_entries;

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
        if lists_fields(self.json.as_deref()) {
            return if self.entry.is_some() { ENTRY.list(session) } else { list_fields(&session.output) };
        }
        let format = self.output_format(session)?;
        let desk = session.desk()?;
        let id = desk.read().find(&self.ticket.ticket, session.actor()?)?;
        if self.raw && session.viewer(&desk)? == view::Viewer::Support {
            session.output.print(&desk.read().file_text(id)?)?;
            return Ok(Exit::Done);
        }
        let ticket = desk.read().ticket_for(id, session.actor()?)?;
        if let Some(entry) = &self.entry {
            return self.show_entry(session, &desk, &ticket, entry, format.as_ref());
        }
        let wants_clocks = format.as_ref().is_none_or(|format| format.asks_for("sla"));
        let clocks = session.clocks(&desk, session.environment.now, wants_clocks);
        if let Some(format) = format {
            format.refuse_unknown_custom_fields(&desk, |name| ticket.header.has_custom_field(name))?;
            let record = ticket_record(session, &desk, &ticket, format.asks_for("short_id"), &clocks)?;
            format.print_one(session, record)?;
            return Ok(session.report_clock_errors(&clocks, Exit::Done));
        }
        let text = if self.diff {
            let zone = session.zone(&desk)?;
            let audience = session.audience_of_ticket(&desk, &zone)?;
            let clocks = clocks.of(&Summary::from(&ticket));
            view::ticket::render_with_changes(&ticket, &ticket.id.to_string(), &clocks, &audience)
        } else {
            render_ticket(session, &desk, &ticket, &clocks)?
        };
        let exit = session.report_clock_errors(&clocks, Exit::Done);
        Ok(session.output.print_paged(&text, desk.root(), exit)?)
    }

    /// Returns the format that the flags ask for, or none for text.
    ///
    /// # Errors
    /// An unknown field or an invalid template, before anything is read.
    fn output_format(&self, session: &Session) -> Result<Option<OutputFormat>, CliError> {
        let fields = if self.entry.is_some() { ENTRY.fields.to_vec() } else { ticket_fields() };
        if let Some(source) = &self.format {
            return template(source, &fields, session).map(Some);
        }
        let Some(asked_for) = self.json.as_deref() else { return Ok(None) };
        let asked = split_fields(Some(asked_for));
        check_fields(&asked, &fields).map_err(CliError::from)?;
        Ok(Some(OutputFormat::Json(asked)))
    }

    /// Prints one entry, among those that the viewer may see.
    fn show_entry(
        &self,
        session: &Session,
        desk: &Desk,
        ticket: &Ticket,
        id_or_part: &str,
        format: Option<&OutputFormat>,
    ) -> Result<Exit, CliError> {
        let zone = session.zone(desk)?;
        let audience = session.audience_of_ticket(desk, &zone)?;
        let visible = visible_entries(ticket, audience.viewer);
        let ids: Vec<Id> = visible.iter().map(|visible| visible.entry.id).collect();
        let entry = find_entry(&ids, id_or_part, ticket.id)?;
        let Some(format) = format else {
            let text = view::ticket::render_entry(ticket, entry, self.diff, &audience);
            return Ok(session.output.print_paged(&text, desk.root(), Exit::Done)?);
        };
        let record = visible.iter().find(|visible| visible.entry.id == entry);
        format.print_one(session, record.map(|visible| view::log::to_json(ticket, visible)).unwrap_or_default())?;
        Ok(Exit::Done)
    }
}
