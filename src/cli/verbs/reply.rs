//! `reply` and `note`: the conversation, and what is said behind it.

use clap::Args;

use super::super::Exit;
use super::super::arguments::{ConditionFlags, TextFlags, TicketArgument, WriteFlags};
use super::super::complaint::Complaint;
use super::super::session::Session;
use super::super::writing::Telling;
use crate::casebook::Step;
use crate::domain::action::Action;

/// Answer the requester (as an agent) or support (as a customer).
///
/// An agent's reply hands the next step to the requester; a customer's hands it to support, and reopens a
/// solved ticket. A reply to a merged ticket is recorded where the conversation goes on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook reply 7S1W1X -m \"Which release does the instance run?\"\n  casebook reply 7S1W1X -F answer.txt --keep-open\n  git log -1 --format=%B | casebook reply 7S1W1X -F - --key deploy-$BUILD"
)]
pub struct Reply {
    #[command(flatten)]
    ticket: TicketArgument,
    /// Leave the status as it is: support works on
    #[arg(long)]
    keep_open: bool,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Reply {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let typed = self.text.required(casebook.state(), &format!("A reply to ticket {ticket}."))?;
        let step = Step::on(ticket, Action::Reply { auto: false, via_ticket: None }, None);
        let step = self.conditions.on(Step { keep_open: self.keep_open, ..step });
        session.carry_out(casebook, vec![step], &self.write, typed, &Telling::One)
    }
}

/// Leave an internal note that customers never see.
#[derive(Debug, Args)]
pub struct Note {
    #[command(flatten)]
    ticket: TicketArgument,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Note {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let ticket = casebook.find(&self.ticket.ticket, session.actor()?)?;
        let typed = self.text.required(casebook.state(), &format!("An internal note on ticket {ticket}."))?;
        let step = self.conditions.on(Step::on(ticket, Action::Note { auto: false, via_ticket: None }, None));
        session.carry_out(casebook, vec![step], &self.write, typed, &Telling::One)
    }
}
