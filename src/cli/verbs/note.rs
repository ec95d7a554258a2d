//! `note`: an internal note on a ticket.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::attachment;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, Desk};
use crate::domain::ticket::action::Action;

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
