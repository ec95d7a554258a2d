//! `escalate`, `deescalate` and `prioritize`: how much attention a ticket gets.

use clap::Args;

use super::super::Exit;
use super::super::arguments::{ConditionFlags, TextFlags, TicketArgument, WriteFlags};
use super::super::complaint::Complaint;
use super::super::parsing::{priority, word_of};
use super::super::session::Session;
use super::super::writing::Telling;
use crate::casebook::Step;
use crate::domain::action::Action;
use crate::domain::words::{EscalationReason, Priority};

/// Ask for a manager's attention, with a reason and a justification. Never changes the priority.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  casebook escalate 7S1W1X --reason business_impact -m \"The quarter closes tomorrow.\""
)]
pub struct Escalate {
    #[command(flatten)]
    ticket: TicketArgument,
    /// Why
    #[arg(short, long, value_parser = word_of::<EscalationReason>(EscalationReason::WORDS))]
    reason: EscalationReason,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Escalate {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let typed =
            self.text.required(casebook.state(), &format!("Why ticket {ticket} needs a manager's attention."))?;
        let step = self.conditions.on(Step::on(ticket, Action::Escalate { reason: self.reason, manager: None }, None));
        session.carry_out(casebook, vec![step], &self.write, typed, &Telling::One)
    }
}

/// End an escalation. For managers.
#[derive(Debug, Args)]
pub struct Deescalate {
    #[command(flatten)]
    ticket: TicketArgument,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Deescalate {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let step = self.conditions.on(Step::on(ticket, Action::Deescalate { reason: None, manager: None }, None));
        session.carry_out(casebook, vec![step], &self.write, self.text.optional()?, &Telling::One)
    }
}

/// State the current impact, and why it changed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook prioritize 7S1W1X S2 -m \"Only one dashboard is affected after all.\"")]
pub struct Prioritize {
    #[command(flatten)]
    ticket: TicketArgument,
    /// The priority from now on, S1 to S4
    #[arg(value_parser = priority)]
    priority: Priority,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Prioritize {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let typed = self.text.required(casebook.state(), &format!("Why the impact of ticket {ticket} changed."))?;
        // What it was is the ticket's to say; the domain fills it in.
        let action = Action::Prioritize { priority: self.priority, was: self.priority };
        let step = self.conditions.on(Step::on(ticket, action, None));
        session.carry_out(casebook, vec![step], &self.write, typed, &Telling::One)
    }
}
