//! The flags of verbs that write: text, conditions, dry run, commit, and key.

use clap::Args;

use super::TicketArgument;
use super::text_input::TextFlags;
use super::value_parsers::{key, word_of};
use crate::cli::error::CliError;
use crate::desk::ActionRequest;
use crate::domain::id::Id;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::Status;

/// The flags of every verb that does one action on one ticket. This must be the last field of a verb's struct, since the
/// heading of its last flags would also apply to the flags that follow.
#[derive(Debug, Args)]
pub struct TicketFlags {
    #[command(flatten)]
    pub(crate) ticket: TicketArgument,
    #[command(flatten)]
    pub(crate) text: TextFlags,
    #[command(flatten)]
    pub(crate) readers: ReaderFlags,
    #[command(flatten)]
    pub(crate) conditions: ConditionFlags,
    #[command(flatten)]
    pub(crate) write: WriteFlags,
}

/// The flags that say who reads a text of support.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Readers")]
pub struct ReaderFlags {
    /// Customers read the text, which is internal with assign, tag, set, hold, resume and deescalate
    #[arg(long, conflicts_with = "internal")]
    public: bool,
    /// Only support reads the text; customers see the action
    #[arg(long)]
    internal: bool,
}

impl ReaderFlags {
    /// Returns the request with these readers.
    ///
    /// # Errors
    /// The action itself says who reads the text.
    pub(crate) fn on(self, request: ActionRequest) -> Result<ActionRequest, CliError> {
        let internal = (self.public || self.internal).then_some(self.internal);
        if internal.is_some() && request.action.is_internal_by_default().is_none() {
            let message = format!("--public, --internal: not allowed with `{}`", request.action.as_str());
            return Err(CliError::usage(
                message,
                "a note is internal; a correction or redaction has the readers of the entry it refers to",
            ));
        }
        Ok(ActionRequest { internal, ..request })
    }
}

/// The flags that choose between a dry run, writing files, and a commit.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct CommitFlags {
    /// Print the change and the commit message (with --json the result), and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Commit, even if casebook.toml says otherwise
    #[arg(long, conflicts_with = "no_commit")]
    pub commit: bool,
    /// Do not commit, even if casebook.toml says otherwise
    #[arg(long)]
    pub no_commit: bool,
}

impl CommitFlags {
    /// Returns whether to commit. None if casebook.toml decides.
    pub const fn wants_commit(&self) -> Option<bool> {
        match (self.commit, self.no_commit) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// The flags of every verb that writes tickets.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct WriteFlags {
    /// Dry run and commit.
    #[command(flatten)]
    pub end: CommitFlags,
    /// A retry with the same key returns the first result
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub key: Option<String>,
    /// Print the ticket as JSON; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    pub json: Option<String>,
}

/// Conditions on the ticket as it is before the command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct ConditionFlags {
    /// Only if the ticket has this status
    #[arg(long, value_name = "STATUS", value_parser = word_of::<Status>(Status::WORDS))]
    pub if_status: Option<Status>,
    /// Only if this is the ticket's last entry
    #[arg(long, value_name = "ENTRY")]
    pub if_version: Option<String>,
}

/// The flag of verbs that lead to a state, so that a repetition has nothing to do.
#[derive(Clone, Copy, Debug, Args)]
pub struct IfNeededFlag {
    /// Succeed, and add no entry, if the ticket is in that state already
    #[arg(long, alias = "if-open")]
    if_needed: bool,
}

impl IfNeededFlag {
    /// Returns the request for an action on a ticket with this flag.
    pub const fn request(self, ticket: Id, action: Action) -> ActionRequest {
        let mut request = ActionRequest::on(ticket, action, None);
        request.if_needed = self.if_needed;
        request
    }
}

impl ConditionFlags {
    /// Returns the request with these conditions.
    pub fn on(&self, request: ActionRequest) -> ActionRequest {
        let if_version = self.if_version.clone();
        ActionRequest { if_status: self.if_status, if_version, ..request }
    }
}
