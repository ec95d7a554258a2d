//! `prioritize`: changes the priority of a ticket.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::priority;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::Priority;

/// Change the priority, and say why the impact changed.
///
/// The priority states the impact as it is now.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook prioritize 7S1W1X S2 -m \"Only one dashboard is affected after all.\"")]
pub struct PrioritizeArgs {
    /// The new priority, S1 to S4
    #[arg(index = 2, value_parser = priority)]
    priority: Priority,
    #[command(flatten)]
    on: TicketFlags,
}

impl PrioritizeArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        // The workflow replaces `was` by the priority that the ticket has under the lock.
        let action = Action::Prioritize { priority: self.priority, was: self.priority };
        self.on.run_write(session, Some("Why the impact changed."), |_, _| Ok(action))
    }
}
