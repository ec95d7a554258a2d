//! `sweep`: lists due reminders, solves for no response, ended holds and late managers; applies the first two.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::report::ticket::{list_fields, lists_fields, refuse_unknown_fields, ticket_json};
use crate::cli::session::Session;
use crate::desk::{Command, Desk, DueItem, DueItems, Outcome, TicketCommand};
use crate::domain::id::Id;
use crate::domain::sla::follow_up::{FollowUpStep, NextFollowUp};
use crate::error::Error;
use crate::store::short_id::short_suffix;
use crate::view;
use crate::view::sweep::{DueKind, DueReply, DueRow};

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
        let format = if self.apply { None } else { Some(self.form.chosen(&FIELDS, session)?) };
        if let Some(OutputFormat::FieldNames) = format {
            return FIELDS.list(session);
        }
        let applied_fields = self.applied_fields()?;
        let desk = session.desk()?;
        let query = self.query.query(session, &desk)?;
        if query.as_of.is_some() {
            return Err(Error::usage("`sweep` works on the desk as it is now", "leave `as-of:` out").into());
        }
        let due = desk.sla().due_items(&query, session.actor()?)?;
        match format {
            Some(format) => list(session, &desk, &due, &format),
            None => self.apply(session, desk, &due, applied_fields.as_deref()),
        }
    }

    /// Returns the value of --json if it is given with --apply.
    ///
    /// # Errors
    /// A flag for --apply is given without it, or a flag for the list with it.
    fn applied_fields(&self) -> Result<Option<String>, CliError> {
        if !self.apply && (self.end.dry_run || self.end.wants_commit().is_some()) {
            return Err(
                Error::usage("without --apply, `sweep` writes nothing", "add --apply, or leave the flag out").into()
            );
        }
        let json = self.form.json_fields().filter(|_| self.apply);
        match (self.apply, json) {
            (true, None) if self.form.is_given() => Err(Error::usage(
                "--apply prints its result as text or with --json; other formats are not supported",
                "leave the format out, or give --json",
            )
            .into()),
            (_, json) => Ok(json.map(str::to_owned)),
        }
    }

    /// Reminds and solves, and prints the result.
    fn apply(&self, session: &Session, mut desk: Desk, due: &DueItems, fields: Option<&str>) -> Result<Exit, CliError> {
        refuse_unknown_fields(fields)?;
        if lists_fields(fields) {
            return list_fields(&session.output);
        }
        let options = session.write_options(&self.end)?;
        let silent = due.tickets.iter().filter(|(_, item)| matches!(item, DueItem::FollowUp(_)));
        let ids: Vec<Id> = silent.map(|(ticket, _)| ticket.id).collect();
        let silent_count = ids.len();
        let outcome = desk.perform(Command::Ticket(TicketCommand::Sweep(ids)), &options)?;
        session.print_recovery(&desk);
        match fields {
            Some(fields) => {
                let tickets = ticket_json(session, &desk, &outcome.tickets, Some(fields))?;
                session.output.json(&Value::Array(tickets))?;
            }
            None if self.end.dry_run => session.print_plan(&outcome)?,
            None => print_due(session, &outcome)?,
        }
        let others = due.tickets.len() - silent_count;
        if others > 0 {
            let count = if others == 1 { "1 item needs".to_owned() } else { format!("{others} items need") };
            session
                .output
                .warn(&format!("note: {count} a person: ended holds, or escalations without a manager's response; `casebook sweep` lists them"));
        }
        Ok(session.report_unreadable(&desk, &due.unreadable))
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
    let zone = session.zone(desk)?;
    let audience = session.audience(desk, &zone)?;
    let wants_short_ids = session.output.is_terminal || format.asks_for("short_id");
    let short_ids = if wants_short_ids {
        desk.read().short_ids(due.tickets.iter().map(|(ticket, _)| ticket.id), session.actor()?)?
    } else {
        vec![String::new(); due.tickets.len()]
    };
    let rows: Vec<DueRow<'_>> = due
        .tickets
        .iter()
        .zip(&short_ids)
        .map(|((ticket, item), short_id)| DueRow { ticket, short_id, kind: due_kind(item), due_at: item.due_at() })
        .collect();
    match format {
        OutputFormat::Text if session.output.is_terminal => {
            let text = view::sweep::render_table(&rows, &audience);
            let text = if text.is_empty() { "nothing is due\n".to_owned() } else { text };
            return Ok(session.output.print_paged(
                &text,
                desk.root(),
                session.report_unreadable(desk, &due.unreadable),
            )?);
        }
        OutputFormat::Text => {
            let mut stream = session.output.stream();
            rows.iter().try_for_each(|row| stream.push(&view::sweep::render_tsv(row, &audience)))?;
            stream.end()?;
        }
        format => {
            let records: Vec<Map<String, Value>> =
                rows.iter().map(|row| view::sweep::to_json(row, &audience)).collect();
            format.print(session, records)?;
        }
    }
    Ok(session.report_unreadable(desk, &due.unreadable))
}

/// Returns the kind of a due item, with its details for the view.
const fn due_kind(item: &DueItem) -> DueKind {
    match item {
        DueItem::HoldEnded { .. } => DueKind::HoldEnded,
        DueItem::ManagerResponse(word) => DueKind::ManagerResponse { target: word.target, since: word.started_at },
        DueItem::FollowUp(next) => {
            let NextFollowUp { step, alerts, basis: waited, is_open_time, replied_at: asked_at, .. } = *next;
            let reply = DueReply { waited, is_open_time, replied_at: asked_at };
            match step {
                FollowUpStep::Remind { number, of } => DueKind::Remind { number, total: of, reply },
                FollowUpStep::Solve => DueKind::Solve { alerts, reply },
            }
        }
    }
}
