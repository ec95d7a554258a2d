//! `redact`: hides the text of an older entry. It stays in the file's git history.

use clap::Args;

use super::correct::EntryFlags;
use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;

/// Hide the text of an older entry from view.
///
/// The text stays in git's history until that is rewritten.
#[derive(Debug, Args)]
pub struct RedactArgs {
    #[command(flatten)]
    entry: EntryFlags,
    #[command(flatten)]
    on: TicketFlags,
}

impl RedactArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let entry = self.entry;
        let prompt = "A description of what is hidden, and what readers should know of it.";
        self.on.run_write(session, Some(prompt), |desk, id| {
            let (entry, reason) = entry.find(session, desk, id)?;
            Ok(Action::Redact { entry, reason })
        })
    }
}
