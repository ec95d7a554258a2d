//! `hold`, `resume` and `remind`: who is waited for.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::word_of;
use crate::cli::error::CliError;
use crate::cli::run_write::TextRequirement;
use crate::cli::session::Session;
use crate::domain::ticket;
use crate::domain::ticket::action::Action;
use crate::domain::time::duration;
use crate::domain::vocabulary::HoldReason;
use crate::error::Error;

/// Wait for something on support's own side.
///
/// Work goes on meanwhile.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook hold 7S1W1X --reason engineering --team rendering --until +3d\n  casebook hold 7S1W1X --reason other -m \"waiting for the vendor's patch\""
)]
pub struct HoldArgs {
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
    on: TicketFlags,
}

impl HoldArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let (reason, until, words) = (self.reason, self.until.clone(), self.until);
        let team = self.team.as_deref().and_then(crate::domain::text::clean_subject);
        self.on.run_write(session, &TextRequirement::Optional, |casebook, _| {
            let until = until.as_deref().map(|words| session.when(casebook, words)).transpose()?;
            if let (Some(until), Some(words)) = (until.filter(|until| *until <= session.world.now), &words) {
                let message = format!("--until {words} is {}, which has passed", duration::format_instant(until));
                return Err(
                    Error::usage(message, "say when it should come back to attention: +3d, friday 09:00").into()
                );
            }
            Ok(Action::Hold(ticket::Hold { reason, team, until }))
        })
    }
}

/// Go on after a hold.
///
/// The ticket is open again.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl ResumeArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(Action::Resume))
    }
}

/// Remind a requester who owes the next step.
///
/// Silence may solve a ticket only after reminders.
#[derive(Debug, Args)]
pub struct RemindArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl RemindArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(Action::Remind { auto: false }))
    }
}
