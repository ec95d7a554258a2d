//! `reopen`: opens a solved ticket again, or takes a merge back.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::word_of;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::ReopenReason;

/// Open a solved ticket again.
///
/// Any reply of the customer does so too.
#[derive(Debug, Args)]
pub struct ReopenArgs {
    /// The reason
    #[arg(long, default_value = "not_solved", value_parser = word_of::<ReopenReason>(ReopenReason::WORDS))]
    reason: ReopenReason,
    /// Take a merge back: both tickets go on separately
    #[arg(long)]
    unmerge: bool,
    #[command(flatten)]
    on: TicketFlags,
}

impl ReopenArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Reopen { reason: self.reason, unmerge: self.unmerge };
        self.on.run_write(session, None, |_, _| Ok(action))
    }
}
