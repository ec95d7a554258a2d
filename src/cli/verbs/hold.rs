//! `hold`, `resume` and `remind`: who is waited for.

use clap::Args;

use super::super::Exit;
use super::super::arguments::{ConditionFlags, TextFlags, TicketArgument, WriteFlags};
use super::super::complaint::Complaint;
use super::super::parsing::word_of;
use super::super::session::Session;
use super::super::writing::Telling;
use crate::casebook::Step;
use crate::domain::action::Action;
use crate::domain::ticket;
use crate::domain::words::HoldReason;

/// Wait for something on support's own side; work goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook hold 7S1W1X --reason engineering --team rendering --until +3d\n  casebook hold 7S1W1X --reason other -m \"waiting for the vendor's patch\""
)]
pub struct Hold {
    #[command(flatten)]
    ticket: TicketArgument,
    /// Why; `other` needs a text
    #[arg(short, long, value_parser = word_of::<HoldReason>(HoldReason::WORDS))]
    reason: HoldReason,
    /// The team waited for
    #[arg(long)]
    team: Option<String>,
    /// When it should come back to attention: a date, a time, +3d, friday, tomorrow 09:00
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Hold {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let until = self.until.as_deref().map(|words| session.when(&casebook, words)).transpose()?;
        let team = self.team.as_deref().and_then(crate::domain::text::clean_subject);
        let hold = ticket::Hold { reason: self.reason, team, until };
        let step = self.conditions.on(Step::on(ticket, Action::Hold(hold), None));
        session.carry_out(casebook, vec![step], &self.write, self.text.optional()?, &Telling::One)
    }
}

/// Go on after a hold: the ticket is open again.
#[derive(Debug, Args)]
pub struct Resume {
    #[command(flatten)]
    ticket: TicketArgument,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Resume {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let step = self.conditions.on(Step::on(ticket, Action::Resume, None));
        session.carry_out(casebook, vec![step], &self.write, self.text.optional()?, &Telling::One)
    }
}

/// Remind a requester who owes the next step. Silence may solve a ticket only after reminders.
#[derive(Debug, Args)]
pub struct Remind {
    #[command(flatten)]
    ticket: TicketArgument,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Remind {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let step = self.conditions.on(Step::on(ticket, Action::Remind, None));
        session.carry_out(casebook, vec![step], &self.write, self.text.optional()?, &Telling::One)
    }
}
