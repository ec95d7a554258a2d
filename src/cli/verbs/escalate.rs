//! `escalate`, `deescalate` and `prioritize`: how much attention a ticket gets.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::{priority, word_of};
use crate::cli::error::CliError;
use crate::cli::run_write::TextRequirement;
use crate::cli::session::Session;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{EscalationReason, Priority};

/// Ask for a manager's attention.
///
/// It takes a reason and a justification. Never changes the priority.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  casebook escalate 7S1W1X --reason business_impact -m \"The quarter closes tomorrow.\""
)]
pub struct EscalateArgs {
    /// Why
    #[arg(short, long, value_parser = word_of::<EscalationReason>(EscalationReason::WORDS))]
    reason: EscalationReason,
    #[command(flatten)]
    on: TicketFlags,
}

impl EscalateArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = Action::Escalate { reason: self.reason, manager: None };
        self.on.run_write(session, &TextRequirement::Needed("Why this needs a manager's attention."), |_, _| Ok(action))
    }
}

/// End an escalation (managers).
#[derive(Debug, Args)]
pub struct DeescalateArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl DeescalateArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = Action::Deescalate { reason: None, manager: None };
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(action))
    }
}

/// State the current impact, and why it changed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook prioritize 7S1W1X S2 -m \"Only one dashboard is affected after all.\"")]
pub struct PrioritizeArgs {
    /// The priority from now on, S1 to S4
    #[arg(index = 2, value_parser = priority)]
    priority: Priority,
    #[command(flatten)]
    on: TicketFlags,
}

impl PrioritizeArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        // What it was is the ticket's to say; the domain fills it in.
        let action = Action::Prioritize { priority: self.priority, was: self.priority };
        self.on.run_write(session, &TextRequirement::Needed("Why the impact changed."), |_, _| Ok(action))
    }
}
