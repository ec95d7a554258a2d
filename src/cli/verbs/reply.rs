//! `reply` and `note`: the conversation, and what is said behind it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::args::attachment;
use crate::cli::error::CliError;
use crate::cli::run_write::TextRequirement;
use crate::cli::session::Session;
use crate::desk::ActionRequest;
use crate::domain::ticket::action::Action;

/// Answer the requester, as an agent; or support, as a customer.
///
/// An agent's reply hands the next step to the requester; a customer's hands it to support, and reopens a
/// solved ticket. A reply to a merged ticket is recorded where the conversation goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook reply 7S1W1X -m \"Which release does the instance run?\"\n  casebook reply 7S1W1X -F answer.txt --keep-open\n  casebook reply 7S1W1X -m \"Here it is.\" --attach trace.txt\n  git log -1 --format=%B | casebook reply 7S1W1X -F - --key deploy-$BUILD"
)]
pub struct ReplyArgs {
    /// Leave the status as it is: support works on
    #[arg(long)]
    keep_open: bool,
    /// Attach a file; several can be given
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl ReplyArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let (keep_open, files) = (self.keep_open, self.attach);
        self.on.run_write_as(session, &TextRequirement::Needed("A reply."), |casebook, id| {
            let action = Action::Reply { auto: false, via_ticket: None };
            let attachments = attachment::read(&files, casebook.config().largest_attachment)?;
            Ok(ActionRequest { keep_open, attachments, ..ActionRequest::on(id, action, None) })
        })
    }
}

/// Leave an internal note that customers never see.
#[derive(Debug, Args)]
pub struct NoteArgs {
    /// Attach a file; several can be given
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl NoteArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let files = self.attach;
        self.on.run_write_as(session, &TextRequirement::Needed("An internal note."), |casebook, id| {
            let attachments = attachment::read(&files, casebook.config().largest_attachment)?;
            let action = Action::Note { auto: false, via_ticket: None };
            Ok(ActionRequest { attachments, ..ActionRequest::on(id, action, None) })
        })
    }
}
