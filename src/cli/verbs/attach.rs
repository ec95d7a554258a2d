//! `attach`: attaches files to a ticket, with or without a text.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::attachment;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, Desk};
use crate::domain::ticket::action::Action;

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
