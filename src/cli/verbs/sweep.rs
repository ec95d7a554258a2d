//! `sweep`: lists due reminders, solves for no response, ended holds and late managers; applies the first two.

use clap::Args;
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::report::ticket::{TICKET, ticket_json};
use crate::cli::session::Session;
use crate::desk::{Command, Desk, DueItems, Outcome, TicketCommand};
use crate::domain::id::Id;
use crate::domain::sla::due_item::DueItem;
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::view;
use crate::view::sweep::DueRow;

/// The fields of a due item.
const FIELDS: RecordFields = RecordFields { fields: view::sweep::FIELDS, columns: view::sweep::COLUMNS };

/// List due follow-ups, or apply them.
///
/// A requester whose reply is awaited is reminded as `[follow_up]` in casebook.toml says, and after the last reminder the
/// ticket is solved for no response. Holds whose time has passed, and escalations without a manager's response in time,
/// are listed too; people decide about them.
///
/// It is made for cron: each follow-up is applied once, even by two sweeps at the same time.
#[derive(Debug, Args)]
#[command(
    mut_arg("as_of", |as_of| as_of.hide(true)),
    after_help = "Examples:\n  casebook sweep\n  casebook sweep --apply --dry-run\n  casebook sweep --apply priority:S1,S2\n  */15 * * * *  casebook -C /srv/desk --as desk-robot@desk.example sweep --apply --quiet"
)]
pub struct SweepArgs {
    /// Remind and solve, in one commit, as the system and in the name of the actor
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    query: QueryFlags,
    #[command(flatten)]
    form: FormatFlags,
    #[command(flatten)]
    end: CommitFlags,
}

impl SweepArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        // The list consists of due items; the result of --apply consists of tickets.
        let format = match self.apply {
            false => self.form.chosen(&FIELDS, session)?,
            true => TICKET.json_or_text(self.form.json_fields(), session)?,
        };
        let Some(format) = format else { return Ok(Exit::Done) };
        self.check_flags()?;
        let desk = session.desk()?;
        let query = self.query.query(session, &desk)?;
        if query.as_of.is_some() {
            return Err(CliError::usage("`sweep` works on the desk as it is now", "leave `as-of:` out"));
        }
        let due = session.view_of_gates(&desk, "`sweep`")?.due_items(&query)?;
        if self.apply { self.apply(session, desk, &due, &format) } else { list(session, &desk, &due, &format) }
    }

    /// Refuses a flag for --apply without it, and a flag for the list with it.
    fn check_flags(&self) -> Result<(), Error> {
        if !self.apply && (self.end.dry_run || self.end.wants_commit().is_some()) {
            return Err(Error::usage("without --apply, `sweep` writes nothing", "add --apply, or leave the flag out"));
        }
        if self.apply && self.form.is_given() && self.form.json_fields().is_none() {
            let message = "--apply prints its result as text or with --json; other formats are not supported";
            return Err(Error::usage(message, "leave the format out, or give --json"));
        }
        Ok(())
    }

    /// Reminds and solves, and prints the result.
    fn apply(
        &self,
        session: &Session,
        mut desk: Desk,
        due: &DueItems,
        format: &OutputFormat,
    ) -> Result<Exit, CliError> {
        let options = session.write_options(&self.end)?;
        let silent = due.tickets.iter().filter(|(_, item)| matches!(item, DueItem::FollowUp(_)));
        let ids: Vec<Id> = silent.map(|(ticket, _)| ticket.id).collect();
        let silent_count = ids.len();
        let outcome = desk.perform(Command::Ticket(TicketCommand::Sweep(ids)), &options)?;
        session.print_recovery(&desk);
        if !format.is_text() {
            let tickets = ticket_json(session, &session.view(&desk)?, &outcome.tickets, format)?;
            session.output.json(&Value::Array(tickets))?;
        } else if self.end.dry_run {
            session.print_plan(&outcome)?;
        } else {
            print_due(session, &outcome)?;
        }
        let others = due.tickets.len() - silent_count;
        if others > 0 {
            let count = if others == 1 { "1 item needs".to_owned() } else { format!("{others} items need") };
            session
                .output
                .warn(&format!("note: {count} a person: ended holds, or escalations without a manager's response; `casebook sweep` lists them"));
        }
        Ok(session.report_unreadable(&due.unreadable))
    }
}

/// Prints a line for each ticket that was changed.
fn print_due(session: &Session, outcome: &Outcome) -> Result<(), CliError> {
    for ticket in &outcome.tickets {
        let Some(entry) =
            outcome.entries.iter().find_map(|(id, entry)| ticket.entry(*entry).filter(|_| *id == ticket.id))
        else {
            continue;
        };
        let name = if session.output.is_terminal { short_suffix(ticket.id) } else { ticket.id.to_string() };
        let description = view::sweep::describe(entry, ticket.alerts());
        let subject = view::sanitize::one_line(&ticket.header.subject);
        session.output.status(&format!("{name}  {description}  {subject}"))?;
    }
    if outcome.tickets.is_empty() {
        session.output.status("nothing is due")?;
    }
    Ok(())
}

/// Prints the due items in a format.
fn list(session: &Session, desk: &Desk, due: &DueItems, format: &OutputFormat) -> Result<Exit, CliError> {
    let audience = session.audience(desk)?;
    let short_ids = if session.output.is_terminal || format.asks_for("short_id") {
        session.view(desk)?.short_ids(due.tickets.iter().map(|(ticket, _)| ticket.id))?
    } else {
        vec![String::new(); due.tickets.len()]
    };
    let rows = due.tickets.iter().zip(&short_ids);
    let rows: Vec<_> = rows.map(|((ticket, item), short_id)| DueRow { ticket, short_id, item }).collect();
    if format.is_for_people(session) {
        let text = view::sweep::render_table(&rows, &audience);
        let exit = session.report_unreadable(&due.unreadable);
        return session.print_found(&session.view(desk)?, &text, "nothing is due", exit);
    }
    let tsv = |row: &&DueRow<'_>| view::sweep::render_tsv(row, &audience);
    format.print_rows(session, &rows, tsv, |row| view::sweep::to_json(row, &audience))?;
    Ok(session.report_unreadable(&due.unreadable))
}
