//! `correct` and `redact`: a correction of an older entry, which itself stays as it is, and the hiding of its text, which stays
//! in git's history.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::report::ticket::find_entry;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;
use crate::error::Error;

/// The arguments that `correct` and `redact` share: an older entry, and the reason.
#[derive(Debug, Args)]
struct EntryFlags {
    /// The entry: its id, or a part of it of 4 characters or more
    #[arg(index = 2, value_name = "ENTRY")]
    entry: String,
    /// The reason, in one line
    #[arg(short, long, value_name = "REASON")]
    reason: String,
}

impl EntryFlags {
    /// Returns the id of the entry, among those of the ticket that the actor may see, and the reason.
    ///
    /// # Errors
    /// The ticket has no such entry, or several; or the reason is empty.
    fn find(&self, session: &Session, desk: &Desk, ticket: Id) -> Result<(Id, String), CliError> {
        let ids: Vec<Id> = session.view(desk)?.ticket(ticket)?.history.iter().map(|entry| entry.id).collect();
        let reason = clean_subject(&self.reason)
            .ok_or_else(|| Error::usage("the reason is empty", "give it with --reason REASON"))?;
        Ok((find_entry(&ids, &self.entry, ticket)?, reason))
    }
}

/// Correct an older entry that is wrong.
///
/// The entry itself stays as it is; the correction is an entry of its own.
#[derive(Debug, Args)]
pub struct CorrectArgs {
    #[command(flatten)]
    entry: EntryFlags,
    #[command(flatten)]
    on: TicketFlags,
}

impl CorrectArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let entry = self.entry;
        self.on.run_write(session, Some("The correct facts."), |desk, id| {
            let (entry, reason) = entry.find(session, desk, id)?;
            Ok(Action::Correct { entry, reason })
        })
    }
}

/// Hide the text of an older entry from view.
///
/// The text stays in git's history until that is rewritten.
#[derive(Debug, Args)]
pub struct RedactArgs {
    #[command(flatten)]
    entry: EntryFlags,
    #[command(flatten)]
    on: TicketFlags,
}

impl RedactArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let entry = self.entry;
        let prompt = "A description of what is hidden, and what readers should know of it.";
        self.on.run_write(session, Some(prompt), |desk, id| {
            let (entry, reason) = entry.find(session, desk, id)?;
            Ok(Action::Redact { entry, reason })
        })
    }
}
