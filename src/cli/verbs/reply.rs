//! `reply`: a public reply to a ticket.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::attachment;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, Desk};
use crate::domain::ticket::action::Action;

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
    /// Attach a file; can be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl ReplyArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let (keep_open, files) = (self.keep_open, self.attach);
        let request = |desk: &Desk, id| {
            let action = Action::Reply { auto: false, via_ticket: None };
            let attachments = attachment::read(&files, desk)?;
            Ok(ActionRequest { keep_open, attachments, ..ActionRequest::on(id, action, None) })
        };
        self.on.run_write_as(session, Some("A reply."), request, Command::requests)
    }
}
