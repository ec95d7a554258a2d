//! `remind`: reminds a requester of a ticket that awaits their reply.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;

/// Remind the requester of a ticket that awaits their reply.
///
/// A ticket can be solved for no response only after reminders.
#[derive(Debug, Args)]
pub struct RemindArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl RemindArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        self.on.run_write(session, None, |_, _| Ok(Action::Remind { auto: false }))
    }
}
