//! `reply` and `note`: the conversation, and what is said behind it.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::OnTicket;
use crate::cli::args::attachment;
use crate::cli::error::Complaint;
use crate::cli::run_write::Words;
use crate::cli::session::Session;
use crate::desk::Step;
use crate::domain::ticket::action::Action;

/// Answer the requester, as an agent; or support, as a customer.
///
/// An agent's reply hands the next step to the requester; a customer's hands it to support, and reopens a
/// solved ticket. A reply to a merged ticket is recorded where the conversation goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook reply 7S1W1X -m \"Which release does the instance run?\"\n  casebook reply 7S1W1X -F answer.txt --keep-open\n  casebook reply 7S1W1X -m \"Here it is.\" --attach trace.txt\n  git log -1 --format=%B | casebook reply 7S1W1X -F - --key deploy-$BUILD"
)]
pub struct Reply {
    /// Leave the status as it is: support works on
    #[arg(long)]
    keep_open: bool,
    /// Attach a file; several can be given
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: OnTicket,
}

impl Reply {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let (keep_open, files) = (self.keep_open, self.attach);
        self.on.carry_out_as(session, &Words::Needed("A reply."), |casebook, id| {
            let action = Action::Reply { auto: false, via_ticket: None };
            let attachments = attachment::read(&files, casebook.config().largest_attachment)?;
            Ok(Step { keep_open, attachments, ..Step::on(id, action, None) })
        })
    }
}

/// Leave an internal note that customers never see.
#[derive(Debug, Args)]
pub struct Note {
    /// Attach a file; several can be given
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: OnTicket,
}

impl Note {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let files = self.attach;
        self.on.carry_out_as(session, &Words::Needed("An internal note."), |casebook, id| {
            let attachments = attachment::read(&files, casebook.config().largest_attachment)?;
            let action = Action::Note { auto: false, via_ticket: None };
            Ok(Step { attachments, ..Step::on(id, action, None) })
        })
    }
}
