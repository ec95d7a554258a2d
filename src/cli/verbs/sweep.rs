//! `sweep`: what silence and ended holds ask for, and to do what the program may do by itself.

use clap::Args;
use serde_json::{Map, Value};

use super::show;
use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::args::output_format::{FormatFlags, OutputFormat, RecordFields};
use crate::cli::args::query::QueryFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Command, Desk, DueItem, DueItems, Outcome, TicketCommand};
use crate::domain::id::Id;
use crate::domain::sla::follow_up::{FollowUpStep, NextFollowUp};
use crate::error::Error;
use crate::store::layout::short_suffix;
use crate::view;
use crate::view::sweep::{DueKind, DueRow, UnansweredReply};

/// What rows have.
const SHAPE: RecordFields = RecordFields { fields: view::sweep::FIELDS, columns: view::sweep::COLUMNS };

/// List what is due on silent tickets, or do it.
///
/// A requester who owes the next step is reminded as `[follow_up]` of casebook.toml says, and after the last reminder
/// silence solves the ticket. Holds whose time has passed, and escalations without a manager's word in time, are named
/// too; what to do about them is for people to decide.
/// Made for cron: what is done is done once, also by two sweeps at the same time.
#[derive(Debug, Args)]
#[command(
    mut_arg("as_of", |as_of| as_of.hide(true)),
    after_help = "Examples:\n  casebook sweep\n  casebook sweep --apply --dry-run\n  casebook sweep --apply priority:S1,S2\n  */15 * * * *  casebook -C /srv/desk --as desk-robot@desk.example sweep --apply --quiet"
)]
pub struct SweepArgs {
    /// Remind and solve, in one commit, as the system and in the name of whoever acts
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
        // What is listed are matters; what is told of those done are tickets.
        let chosen = if self.apply { None } else { Some(self.form.chosen(&SHAPE, session)?) };
        if let Some(OutputFormat::Names) = chosen {
            return SHAPE.list(session);
        }
        let asked_for = self.asked_for()?;
        let casebook = session.casebook()?;
        let query = self.query.query(session, &casebook)?;
        if query.as_of.is_some() {
            return Err(Error::usage("a sweep looks at the desk as it is", "leave `as-of:` out").into());
        }
        let due = casebook.sla().due(&query, session.actor()?)?;
        match chosen {
            Some(chosen) => list(session, &casebook, &due, &chosen),
            None => self.do_it(session, casebook, &due, asked_for.as_deref()),
        }
    }

    /// The fields of tickets that --json asks for beside --apply. Refuses flags that belong to the other way to run it.
    fn asked_for(&self) -> Result<Option<String>, CliError> {
        if !self.apply && (self.end.dry_run || self.end.wants_commit().is_some()) {
            return Err(Error::usage("without --apply nothing is written", "add --apply, or leave the flag out").into());
        }
        let json = self.form.json_alone().filter(|_| self.apply);
        match (self.apply, json) {
            (true, None) if self.form.is_given() => {
                Err(Error::usage("what --apply did is told in words or with --json", "leave the other form out").into())
            }
            (_, json) => Ok(json.map(str::to_owned)),
        }
    }

    fn do_it(
        &self,
        session: &Session,
        mut casebook: Desk,
        due: &DueItems,
        fields: Option<&str>,
    ) -> Result<Exit, CliError> {
        show::refuse_unknown_fields(fields)?;
        if show::lists_fields(fields) {
            return show::list_fields(&session.output);
        }
        let terms = session.write_options(&self.end)?;
        let silent = due.tickets.iter().filter(|(_, matter)| matches!(matter, DueItem::Silence(_)));
        let ids: Vec<Id> = silent.map(|(ticket, _)| ticket.id).collect();
        let silent_count = ids.len();
        let report = casebook.perform(Command::Ticket(TicketCommand::Sweep(ids)), &terms)?;
        session.print_recovery(&casebook);
        match fields {
            Some(fields) => {
                let tickets = show::ticket_json(session, &casebook, &report.tickets, Some(fields))?;
                session.output.json(&Value::Array(tickets))?;
            }
            None if self.end.dry_run => session.print_plan(&report)?,
            None => print_due(session, &report)?,
        }
        let others = due.tickets.len() - silent_count;
        if others > 0 {
            let what = if others == 1 { "1 thing waits".to_owned() } else { format!("{others} things wait") };
            session
                .output
                .warn(&format!("note: {what} for people: ended holds, or managers; `casebook sweep` names them"));
        }
        Ok(session.report_unreadable(&casebook, &due.troubles))
    }
}

/// A line for each ticket that something was done to.
fn print_due(session: &Session, report: &Outcome) -> Result<(), CliError> {
    for ticket in &report.tickets {
        let Some(entry) =
            report.entries.iter().find_map(|(id, entry)| ticket.entry(*entry).filter(|_| *id == ticket.id))
        else {
            continue;
        };
        let name = if session.output.is_terminal { short_suffix(ticket.id) } else { ticket.id.to_string() };
        let what = view::sweep::describe(entry, ticket.alerts());
        let subject = view::sanitize::one_line(&ticket.header.subject);
        session.output.status(&format!("{name}  {what}  {subject}"))?;
    }
    if report.tickets.is_empty() {
        session.output.status("nothing is due")?;
    }
    Ok(())
}

fn list(session: &Session, casebook: &Desk, due: &DueItems, chosen: &OutputFormat) -> Result<Exit, CliError> {
    let zone = session.zone(casebook)?;
    let audience = session.audience(casebook, &zone)?;
    let wants_short = session.output.is_terminal || chosen.asks_for("short_id");
    let short = if wants_short {
        casebook.read().short_ids(due.tickets.iter().map(|(ticket, _)| ticket.id), session.actor()?)?
    } else {
        vec![String::new(); due.tickets.len()]
    };
    let asked: Vec<DueRow<'_>> = due
        .tickets
        .iter()
        .zip(&short)
        .map(|((ticket, matter), short_id)| DueRow { ticket, short_id, kind: what(matter), due_at: matter.due_at() })
        .collect();
    match chosen {
        OutputFormat::Words if session.output.is_terminal => {
            let told = view::sweep::render_table(&asked, &audience);
            let told = if told.is_empty() { "nothing is due\n".to_owned() } else { told };
            return Ok(session.output.print_paged(
                &told,
                casebook.root(),
                session.report_unreadable(casebook, &due.troubles),
            )?);
        }
        OutputFormat::Words => {
            let mut stream = session.output.stream();
            asked.iter().try_for_each(|asked| stream.push(&view::sweep::render_tsv(asked, &audience)))?;
            stream.end()?;
        }
        chosen => {
            let records: Vec<Map<String, Value>> =
                asked.iter().map(|asked| view::sweep::to_json(asked, &audience)).collect();
            chosen.print(session, records)?;
        }
    }
    Ok(session.report_unreadable(casebook, &due.troubles))
}

/// A matter with what explains it.
const fn what(matter: &DueItem) -> DueKind {
    match matter {
        DueItem::HoldEnded { .. } => DueKind::HoldEnded,
        DueItem::ManagerResponse(word) => DueKind::ManagerResponse { target: word.target, since: word.started_at },
        DueItem::Silence(next) => {
            let NextFollowUp { step, alerts, basis: waited, is_open_time, replied_at: asked_at, .. } = *next;
            let reply = UnansweredReply { waited, is_open_time, replied_at: asked_at };
            match step {
                FollowUpStep::Remind { number, of } => DueKind::Remind { number, total: of, reply },
                FollowUpStep::Solve => DueKind::Solve { alerts, reply },
            }
        }
    }
}
