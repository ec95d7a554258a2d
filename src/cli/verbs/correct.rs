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

/// Parses a subject of the command line.
fn subject(text: &str) -> Result<String, String> {
    clean_subject(text).ok_or_else(|| "a subject must not be empty".to_owned())
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

/// Hide the texts of an older entry from view.
///
/// Everything that a person typed in the entry is hidden: its text and files, and the subject, team, bug or values of its
/// action. Every view hides it, also of older revisions. Nothing is erased: the text stays in the file and in git's
/// history, where any person with a clone can read it.
#[derive(Debug, Args)]
pub struct RedactArgs {
    #[command(flatten)]
    entry: EntryFlags,
    /// The new subject of the ticket; required if the ticket has its subject from this entry
    #[arg(long, value_name = "SUBJECT", value_parser = subject)]
    subject: Option<String>,
    #[command(flatten)]
    on: TicketFlags,
}

impl RedactArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Self { entry, subject, on } = self;
        on.run_write(session, None, |desk, id| {
            let (entry, reason) = entry.find(session, desk, id)?;
            Ok(Action::Redact { entry, reason, subject })
        })
    }
}
