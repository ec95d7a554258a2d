//! `escalate`, `deescalate` and `prioritize`: how much attention a ticket gets.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::OnTicket;
use crate::cli::args::value_parsers::{priority, word_of};
use crate::cli::error::Complaint;
use crate::cli::run_write::Words;
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
pub struct Escalate {
    /// Why
    #[arg(short, long, value_parser = word_of::<EscalationReason>(EscalationReason::WORDS))]
    reason: EscalationReason,
    #[command(flatten)]
    on: OnTicket,
}

impl Escalate {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let action = Action::Escalate { reason: self.reason, manager: None };
        self.on.carry_out(session, &Words::Needed("Why this needs a manager's attention."), |_, _| Ok(action))
    }
}

/// End an escalation (managers).
#[derive(Debug, Args)]
pub struct Deescalate {
    #[command(flatten)]
    on: OnTicket,
}

impl Deescalate {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let action = Action::Deescalate { reason: None, manager: None };
        self.on.carry_out(session, &Words::Optional, |_, _| Ok(action))
    }
}

/// State the current impact, and why it changed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook prioritize 7S1W1X S2 -m \"Only one dashboard is affected after all.\"")]
pub struct Prioritize {
    /// The priority from now on, S1 to S4
    #[arg(index = 2, value_parser = priority)]
    priority: Priority,
    #[command(flatten)]
    on: OnTicket,
}

impl Prioritize {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        // What it was is the ticket's to say; the domain fills it in.
        let action = Action::Prioritize { priority: self.priority, was: self.priority };
        self.on.carry_out(session, &Words::Needed("Why the impact changed."), |_, _| Ok(action))
    }
}
