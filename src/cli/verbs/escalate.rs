//! `escalate` and `deescalate`: begin and end an escalation.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::word_of;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::EscalationReason;

/// Ask for a manager's attention.
///
/// An escalation needs a reason and a text that justifies it. It never changes the priority.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  casebook escalate 7S1W1X --reason business_impact -m \"The quarter closes tomorrow.\""
)]
pub struct EscalateArgs {
    /// The reason
    #[arg(short, long, value_parser = word_of::<EscalationReason>(EscalationReason::WORDS))]
    reason: EscalationReason,
    #[command(flatten)]
    on: TicketFlags,
}

impl EscalateArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Escalate { reason: self.reason, manager: None };
        self.on.run_write(session, Some("Why this needs a manager's attention."), |_, _| Ok(action))
    }
}

/// End an escalation (managers only).
#[derive(Debug, Args)]
pub struct DeescalateArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl DeescalateArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Deescalate { reason: None, manager: None };
        self.on.run_write(session, None, |_, _| Ok(action))
    }
}
