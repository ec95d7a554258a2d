//! The end of every verb that writes: performs the command, and prints its result.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, Duration};
use serde_json::Value;

use super::args::output_format::OutputFormat;
use super::args::text_input::TextInput;
use super::args::{CommitFlags, TicketFlags, WriteFlags};
use super::error::{CliError, refusal};
use super::exit::Exit;
use super::report::ticket::{CREATED, OPENED, TICKET, render_ticket, ticket_json};
use super::report::write_result::{done, readers_phrase, recovery_lines, status_change, text_readers};
use super::session::Session;
use crate::desk::{ActionRequest, Command, Desk, Outcome, TicketRef, WriteOptions};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::action::Action;
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::view::colors::ColorMode;
use crate::view::ticket::render_last;
use crate::view::{Audience, sanitize};

/// The number of entries that the editor shows.
const LAST_ENTRIES: usize = 3;
/// The number of lines of each entry that the editor shows.
const LAST_LINES: usize = 10;
/// The time from one mention of unsent commits to the next.
const MENTION_INTERVAL: Duration = Duration::hours(1);

impl TicketFlags {
    /// Does one action on the ticket. A verb that needs text has a comment, which is shown in the editor.
    pub(crate) fn run_write(
        self,
        session: &Session,
        comment: Option<&str>,
        action: impl FnOnce(&Desk, Id) -> Result<Action, CliError>,
    ) -> Result<(), CliError> {
        let request = |desk: &Desk, id| Ok(ActionRequest::on(id, action(desk, id)?, None));
        self.run_write_as(session, comment, request, Command::requests)
    }

    /// Carries out one request on the ticket as the command that `command` makes of it, for verbs whose request is more than
    /// an action.
    pub(crate) fn run_write_as(
        self,
        session: &Session,
        comment: Option<&str>,
        request: impl FnOnce(&Desk, Id) -> Result<ActionRequest, CliError>,
        command: impl FnOnce(Vec<ActionRequest>) -> Command,
    ) -> Result<(), CliError> {
        let mut desk = session.desk()?;
        let id = session.find(&session.view(&desk)?, &self.ticket.ticket)?;
        let request = self.readers.on(self.conditions.on(request(&desk, id)?))?;
        let input = match comment {
            None => self.text.optional()?,
            Some(comment) => {
                let state = desk.state().clone();
                self.text.required(&state, || {
                    let about = about_ticket(session, &mut desk, id, &request, &self.write)?;
                    Ok(format!("{comment}\n{about}"))
                })?
            }
        };
        session.run_write(desk, vec![request], command, &self.write, input, &ResultStyle::One)
    }
}

/// Returns what the editor shows of a ticket: who reads the text, the status that follows, and the last entries with text.
///
/// # Errors
/// The command would be refused, which is found before the text is typed.
fn about_ticket(
    session: &Session,
    desk: &mut Desk,
    id: Id,
    request: &ActionRequest,
    flags: &WriteFlags,
) -> Result<String, CliError> {
    let options = WriteOptions { dry_run: true, ..session.write_options(&flags.end)? };
    let request = ActionRequest { text: Text::clean("?"), key: flags.key.clone(), ..request.clone() };
    let is_internal = match &request.action {
        Action::Note { .. } => Some(true),
        action => action.is_internal_by_default().map(|default| request.internal.unwrap_or(default)),
    };
    let is_agent = desk.config().team.has_agent(&options.actor);
    let mut text =
        is_internal.filter(|_| is_agent).map(readers_phrase).map(|phrase| format!("{phrase}.\n")).unwrap_or_default();
    let outcome = desk.perform(Command::requests(vec![request]), &options)?;
    for ticket in &outcome.tickets {
        let subject = sanitize::one_line(&ticket.header.subject);
        text.push_str(&format!("Ticket {}: {subject}\nStatus: {}\n", ticket.id, status_change(&outcome, ticket)));
    }
    let view = session.view(desk)?;
    session.look_up_names(&view, []);
    let audience = Audience { color_mode: ColorMode { is_colored: false }, ..session.audience(desk)? };
    Ok(text + &render_last(&view.ticket(id)?, LAST_ENTRIES, LAST_LINES, &audience))
}

/// A style in which the tickets of a command are printed.
pub(crate) enum ResultStyle {
    /// One ticket: a line, or a JSON object.
    One,
    /// Several tickets: a line for each, or a JSON array.
    Several,
    /// A ticket that was just opened: printed in full, or a JSON object.
    Opened,
}

impl Session {
    /// Returns the options of a command, by the actor.
    ///
    /// # Errors
    /// The actor is unknown.
    pub fn write_options(&self, flags: &CommitFlags) -> Result<WriteOptions, CliError> {
        let actor = self.actor()?.cloned().ok_or(Error::NoIdentity)?;
        Ok(WriteOptions { dry_run: flags.dry_run, commit: flags.wants_commit(), ..self.write_options_for(actor) })
    }

    /// Returns the options of a command by a person, which commits as casebook.toml says.
    pub fn write_options_for(&self, person: Person) -> WriteOptions {
        WriteOptions {
            actor: person,
            on_behalf: self.actor_was_named(),
            git_author: self.git_author(),
            dry_run: false,
            commit: None,
        }
    }

    /// Carries out requests as the command that `command` makes of them, and prints their result. If that fails, a text
    /// without another copy is kept in a file.
    pub fn run_write(
        &self,
        mut desk: Desk,
        mut requests: Vec<ActionRequest>,
        command: impl FnOnce(Vec<ActionRequest>) -> Command,
        flags: &WriteFlags,
        input: TextInput,
        style: &ResultStyle,
    ) -> Result<(), CliError> {
        let fields = if matches!(style, ResultStyle::Opened) { &OPENED } else { &TICKET };
        let Some(format) = fields.json_or_text(flags.json.as_deref(), self)? else { return Ok(()) };
        for request in requests.iter_mut().filter(|request| request.target != TicketRef::Opened) {
            request.text.clone_from(&input.text);
            request.key.clone_from(&flags.key);
        }
        let result = self.write_options(&flags.end).and_then(|options| Ok(desk.perform(command(requests), &options)?));
        let outcome = match result {
            Ok(outcome) => outcome,
            Err(error) => return Err(self.keep_text(&desk, error, flags, input)),
        };
        self.print_notices(&desk, &outcome, flags.key.as_deref());
        let printed = if flags.end.dry_run && flags.json.is_none() {
            self.print_plan(&outcome).map_err(CliError::from)
        } else {
            self.print_outcome(&desk, &outcome, &format, style)
        };
        match printed {
            // An error means that nothing was changed, so a command that is done does not fail if it cannot print.
            Err(error) if !flags.end.dry_run => self.output.error_line(&sanitize::lines(&format!(
                "warning: the command is done, but its result could not be printed: {}\n  `casebook log` shows what was done; do not repeat it",
                error.message
            ))),
            printed => printed?,
        }
        if !flags.end.dry_run && std::io::stderr().is_terminal() {
            // An error means that nothing was changed, and the command is done.
            let _ = self.mention_unsent(&desk);
        }
        Ok(())
    }

    /// Says on standard error how many commits are not sent. git takes its time to count them, so it is asked once an hour.
    fn mention_unsent(&self, desk: &Desk) -> Result<(), CliError> {
        let (path, now) = (desk.state().path("unsent-counted"), self.environment.now);
        let last = fs::read_to_string(&path).ok().and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        if last.is_some_and(|last| (now - last.to_utc()).abs() < MENTION_INTERVAL) || self.output.quiet {
            return Ok(());
        }
        let _ = fs::write(&path, now.to_rfc3339());
        let unsent = self.view(desk)?.work_tree_state().unwrap_or_default().unsent;
        if unsent > 0 {
            self.output.warn(&self.audience(desk)?.catalog().count(unsent, |counts| counts.unsent));
        }
        Ok(())
    }

    /// Adds the recovery to the error of a command, and keeps its text in a file if it could be lost: if it has no other
    /// copy, or if another person must act before the command can be repeated.
    fn keep_text(&self, desk: &Desk, mut error: CliError, flags: &WriteFlags, input: TextInput) -> CliError {
        if let Some(recovery) = desk.recovery() {
            error.recovery = recovery_lines(recovery);
        }
        let could_be_lost = input.is_only_copy
            || error.exit == Exit::Git
            || error.code == "git.in_progress"
            || (refusal::is_of_eligibility(error.code) && !input.is_in_a_file);
        if let Some(text) = input.text.filter(|_| could_be_lost && !flags.end.dry_run) {
            let name = self.environment.now.format("%Y%m%dT%H%M%S%3fZ").to_string();
            let kept = desk.state().save_text(&name, text.as_str()).ok();
            error.kept = kept.or_else(|| save_temporary(text.as_str()));
            error.unkept = error.kept.is_none().then(|| text.as_str().to_owned());
        }
        error
    }

    fn print_outcome(
        &self,
        desk: &Desk,
        outcome: &Outcome,
        format: &OutputFormat,
        style: &ResultStyle,
    ) -> Result<(), CliError> {
        let view = self.view(desk)?;
        if !format.is_text() {
            let mut tickets = ticket_json(self, &view, &outcome.tickets, format)?;
            if matches!(style, ResultStyle::Opened) && format.asks_for(CREATED) {
                for (ticket, json) in outcome.tickets.iter().zip(&mut tickets) {
                    json[CREATED] = outcome.entries.contains(&(ticket.id, ticket.id)).into();
                }
            }
            let json = match style {
                ResultStyle::Several => Value::Array(tickets),
                _ => tickets.into_iter().next().unwrap_or(Value::Null),
            };
            return Ok(self.output.json(&json)?);
        }
        for ticket in &outcome.tickets {
            match style {
                ResultStyle::Opened if self.output.quiet => self.output.print(&format!("{}\n", ticket.id))?,
                ResultStyle::Opened => {
                    let done = "the ticket was opened";
                    let clocks = self.clocks_of_result(&view, true, done);
                    self.output.print(&render_ticket(self, desk, ticket, &clocks, false)?)?;
                    self.report_missing_clocks(&clocks, done);
                }
                _ => {
                    let name = if self.output.is_terminal { short_suffix(ticket.id) } else { ticket.id.to_string() };
                    let subject = sanitize::one_line(&ticket.header.subject);
                    self.look_up_names(&view, []);
                    let done = sanitize::one_line(&done(outcome, ticket, &self.audience(desk)?)).into_owned();
                    let readers = text_readers(outcome, ticket);
                    self.output.status(&format!("{name}  {done}  {subject}{readers}"))?;
                }
            }
        }
        Ok(())
    }
}

/// Saves a text in a temporary file that only its owner can read, if the disk of the desk has no room for it.
fn save_temporary(text: &str) -> Option<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("casebook-").suffix(".txt").tempfile().ok()?;
    file.write_all(text.as_bytes()).ok()?;
    file.keep().ok().map(|(_, path)| path)
}
