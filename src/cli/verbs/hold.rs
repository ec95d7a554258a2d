//! `hold` and `resume`: a pause of a ticket that waits for something on support's own side, and its end.

use clap::Args;

use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{IfNeededFlag, TicketFlags};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Command, Desk};
use crate::domain::text::clean_subject;
use crate::domain::ticket::Hold;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::HoldReason;

/// Hold a ticket that waits for something on support's own side.
///
/// Support keeps working on it meanwhile. The text is internal unless --public is given.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook hold 7S1W1X --reason engineering --team rendering --until +3d\n  casebook hold 7S1W1X --reason other -m \"waiting for the vendor's patch\""
)]
pub struct HoldArgs {
    /// The reason; `other` needs a text
    #[arg(short, long, value_parser = word_of::<HoldReason>(HoldReason::WORDS))]
    reason: HoldReason,
    /// The team that the ticket waits for
    #[arg(long)]
    team: Option<String>,
    /// The time at which the ticket needs attention again: a date, a time, +3d, friday, tomorrow 09:00
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    #[command(flatten)]
    needed: IfNeededFlag,
    #[command(flatten)]
    on: TicketFlags,
}

impl HoldArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Self { reason, team, until, needed, on } = self;
        let team = team.as_deref().and_then(clean_subject);
        let comment = (reason == HoldReason::Other && session.can_ask()).then_some("Why the ticket is on hold.");
        let action = |desk: &Desk| {
            let Some(text) = until.as_deref() else { return Ok(Action::Hold(Hold { reason, team, until: None })) };
            let until = session.planned_time(desk, text)?;
            if until.start(session.zone(desk)?) <= session.environment.now {
                let message = format!("--until {text} is {until}, which has passed");
                return Err(CliError::usage(message, "give a time in the future: --until +3d, --until 'friday 09:00'"));
            }
            Ok(Action::Hold(Hold { reason, team, until: Some(until) }))
        };
        let request = |desk: &Desk, id| Ok(needed.request(id, action(desk)?));
        on.run_write_as(session, comment, request, Command::requests)
    }
}

/// End a hold.
///
/// The ticket is open again. The text is internal unless --public is given.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    needed: IfNeededFlag,
    #[command(flatten)]
    on: TicketFlags,
}

impl ResumeArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let needed = self.needed;
        self.on.run_write_as(session, None, |_, id| Ok(needed.request(id, Action::Resume)), Command::requests)
    }
}
