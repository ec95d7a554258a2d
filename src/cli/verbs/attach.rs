//! `attach`: files for a ticket, with or without words.
//!
//! Must not know what becomes of the bytes.

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

/// Attach files to a ticket.
///
/// The status stays as it is: whoever owed the next step still owes it. `casebook reply --attach` answers with files. The
/// bytes lie in attachments/, named after their digest; casebook.toml says how large a file may be.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook attach 7S1W1X trace.txt screenshot.png\n  casebook attach 7S1W1X app.log -m \"The log of this morning.\""
)]
pub struct AttachArgs {
    /// The files
    #[arg(index = 2, value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    on: TicketFlags,
}

impl AttachArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let files = self.files;
        self.on.run_write_as(session, &TextRequirement::Optional, |casebook, id| {
            let attachments = attachment::read(&files, casebook.config().largest_attachment)?;
            Ok(ActionRequest { attachments, ..ActionRequest::on(id, Action::Attach, None) })
        })
    }
}
