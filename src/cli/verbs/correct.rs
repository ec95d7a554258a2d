//! `correct` and `redact`: what is wrong with an older entry. Nothing ever leaves a file's history.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::run_write::TextRequirement;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::id::Id;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;
use crate::error::Error;

/// An older entry, and why something is said about it.
#[derive(Debug, Args)]
struct EntryFlags {
    /// The entry: its id, or a part of it of 4 characters or more
    #[arg(index = 2, value_name = "ENTRY")]
    entry: String,
    /// Why, in one line
    #[arg(short, long, value_name = "REASON")]
    reason: String,
}

/// Say what is right where an older entry is wrong.
///
/// The entry itself stays as it is.
#[derive(Debug, Args)]
pub struct CorrectArgs {
    #[command(flatten)]
    entry: EntryFlags,
    #[command(flatten)]
    on: TicketFlags,
}

impl CorrectArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let entry = self.entry;
        self.on.run_write(session, &TextRequirement::Needed("What is right instead."), |casebook, id| {
            let (entry, reason) = entry.find(session, casebook, id)?;
            Ok(Action::Correct { entry, reason })
        })
    }
}

/// Hide the words of an older entry from view.
///
/// They stay in git's history until that is rewritten.
#[derive(Debug, Args)]
pub struct RedactArgs {
    #[command(flatten)]
    entry: EntryFlags,
    #[command(flatten)]
    on: TicketFlags,
}

impl RedactArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let entry = self.entry;
        let about = "What is hidden, and what people should know of it.";
        self.on.run_write(session, &TextRequirement::Needed(about), |casebook, id| {
            let (entry, reason) = entry.find(session, casebook, id)?;
            Ok(Action::Redact { entry, reason })
        })
    }
}

impl EntryFlags {
    fn find(&self, session: &Session, casebook: &Desk, ticket: Id) -> Result<(Id, String), CliError> {
        let ids: Vec<Id> =
            casebook.read().ticket_for(ticket, session.actor()?)?.history.iter().map(|entry| entry.id).collect();
        let reason = clean_subject(&self.reason)
            .ok_or_else(|| Error::usage("the reason is empty", "say why with --reason REASON"))?;
        Ok((crate::cli::verbs::show::entry_among(&ids, &self.entry, ticket)?, reason))
    }
}
