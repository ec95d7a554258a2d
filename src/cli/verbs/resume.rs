//! `resume`: ends a hold.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;

/// End a hold.
///
/// The ticket is open again.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl ResumeArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.on.run_write(session, None, |_, _| Ok(Action::Resume))
    }
}
