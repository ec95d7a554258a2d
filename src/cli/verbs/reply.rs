//! `reply`, `note`, `remind` and `attach`: messages, reminders and files on a ticket.

use std::cell::OnceCell;
use std::path::PathBuf;

use clap::Args;

use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{TicketFlags, attachment};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::{ActionRequest, Command, Desk};
use crate::domain::id::Id;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::{Action, SolveEvidence};
use crate::domain::vocabulary::HoldReason;

/// Reply to the requester as an agent, or to support as a customer.
///
/// After an agent's reply the ticket awaits the requester's reply; after a customer's reply it is open, also if it was
/// solved. A reply to a merged ticket is recorded where the conversation goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook reply 7S1W1X -m \"Which release does the instance run?\"\n  casebook reply 7S1W1X -F answer.txt --keep-open\n  casebook reply 7S1W1X -m \"Here it is.\" --attach trace.txt\n  git log -1 --format=%B | casebook reply 7S1W1X -F - --key deploy-$BUILD"
)]
pub struct ReplyArgs {
    /// Leave the status as it is: support keeps working on it
    #[arg(long)]
    keep_open: bool,
    #[command(flatten)]
    also: AlsoFlags,
    /// Attach a file; can be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

/// The flags for what is done in the same commit as a reply.
#[derive(Debug, Args)]
struct AlsoFlags {
    /// Also solve the ticket, in the same commit: a customer has agreed before this reply, or --agreed-by says who did
    #[arg(long, conflicts_with_all = ["hold", "keep_open"])]
    solve: bool,
    /// With --solve: the person who agreed
    #[arg(long, value_name = "WHO", value_parser = Who::parse, requires = "solve")]
    agreed_by: Option<Who>,
    /// Also hold the ticket for this reason, in the same commit
    #[arg(long, value_name = "REASON", value_parser = word_of::<HoldReason>(HoldReason::WORDS), conflicts_with = "keep_open")]
    hold: Option<HoldReason>,
    /// Also assign the ticket to an agent, in the same commit
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    assign: Option<Who>,
}

impl ReplyArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Self { keep_open, attach: files, also, on } = self;
        let others = OnceCell::new();
        let request = |desk: &Desk, id| {
            let action = Action::Reply { auto: false, via_ticket: None };
            let attachments = attachment::read(&files, desk)?;
            let _ = others.set(also.actions(session, desk)?);
            Ok(ActionRequest { keep_open, attachments, ..ActionRequest::on(id, action, None) })
        };
        let command = |mut requests: Vec<ActionRequest>| {
            let target = requests[0].target;
            for action in others.get().into_iter().flatten().cloned() {
                let id = Id::at(session.environment.now, 0);
                requests.push(ActionRequest { target, ..ActionRequest::on(id, action, None) });
            }
            Command::requests(requests)
        };
        on.run_write_as(session, Some("A reply."), request, command)
    }
}

impl AlsoFlags {
    /// Returns the actions that follow the reply.
    fn actions(&self, session: &Session, desk: &Desk) -> Result<Vec<Action>, CliError> {
        let mut actions = Vec::new();
        if let Some(who) = &self.assign {
            actions.push(Action::Assign { assignee: Some(session.person(desk, who)?) });
        }
        if self.solve {
            let by = self.agreed_by.as_ref().map(|who| session.person(desk, who)).transpose()?;
            actions.push(Action::Solve(SolveEvidence::Agreed { by, reply: None }));
        }
        if let Some(reason) = self.hold {
            actions.push(Action::Hold(Hold { reason, team: None, until: None }));
        }
        Ok(actions)
    }
}

/// Leave an internal note that customers never see.
#[derive(Debug, Args)]
pub struct NoteArgs {
    /// Attach a file; can be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl NoteArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let files = self.attach;
        let request = |desk: &Desk, id| {
            let attachments = attachment::read(&files, desk)?;
            let action = Action::Note { auto: false, via_ticket: None };
            Ok(ActionRequest { attachments, ..ActionRequest::on(id, action, None) })
        };
        self.on.run_write_as(session, Some("An internal note."), request, Command::requests)
    }
}

/// Remind the requester of a ticket that awaits their reply.
///
/// Without a text, the policy's text in the language of the ticket is sent. A ticket can be solved for no response only
/// after reminders, and the policy says how long after support's reply each of them is due.
#[derive(Debug, Args)]
pub struct RemindArgs {
    /// Send the reminder before the policy has it due
    #[arg(long)]
    early: bool,
    #[command(flatten)]
    on: TicketFlags,
}

impl RemindArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let early = self.early;
        let request =
            |_: &Desk, id| Ok(ActionRequest { early, ..ActionRequest::on(id, Action::Remind { auto: false }, None) });
        self.on.run_write_as(session, None, request, Command::requests)
    }
}

/// Attach files to a ticket.
///
/// The status stays as it is; `casebook reply --attach` replies with files. The files are stored in attachments/ under
/// the hash of their bytes; casebook.toml limits their size.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook attach 7S1W1X trace.txt screenshot.png\n  casebook attach 7S1W1X app.log -m \"The log of this morning.\""
)]
pub struct AttachArgs {
    /// A file; can be given several times
    #[arg(index = 2, value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl AttachArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let files = self.files;
        let request = |desk: &Desk, id| {
            let attachments = attachment::read(&files, desk)?;
            Ok(ActionRequest { attachments, ..ActionRequest::on(id, Action::Attach, None) })
        };
        self.on.run_write_as(session, None, request, Command::requests)
    }
}
