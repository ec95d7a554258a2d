//! `merge` and `reopen`: tickets that go on elsewhere, and tickets that go on after all.

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{ConditionFlags, TextFlags, TicketFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::run_write::{ResultStyle, TextRequirement};
use crate::cli::session::Session;
use crate::desk::ActionRequest;
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::{MergeReason, ReopenReason};

/// Merge tickets about the same issue of the same customer into one.
///
/// The sources are solved and stay files of their own; both sides record the merge, and their people join the
/// target's copies. It can be taken back with `casebook reopen SOURCE --unmerge`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook merge 3K2M8Q 9P4R7T --into 7S1W1X")]
pub struct MergeArgs {
    /// The tickets to merge
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
    /// The ticket the conversation goes on in
    #[arg(long, value_name = "TARGET")]
    into: String,
    /// Why
    #[arg(long, default_value = "same_issue", value_parser = word_of::<MergeReason>(MergeReason::WORDS))]
    reason: MergeReason,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl MergeArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let into = casebook.read().find(&self.into, session.actor()?)?;
        let mut steps: Vec<ActionRequest> = Vec::new();
        for source in &self.sources {
            let source = casebook.read().find(source, session.actor()?)?;
            let step = self.conditions.on(ActionRequest::on(source, Action::Merge { into, reason: self.reason }, None));
            if !steps.iter().any(|known| known.target == step.target) {
                steps.push(step);
            }
        }
        session.run_write(casebook, steps, &self.write, self.text.optional()?, &ResultStyle::Several)
    }
}

/// Open a solved ticket again.
///
/// Any reply of the customer does so too.
#[derive(Debug, Args)]
pub struct ReopenArgs {
    /// Why
    #[arg(long, default_value = "not_solved", value_parser = word_of::<ReopenReason>(ReopenReason::WORDS))]
    reason: ReopenReason,
    /// Take a merge back: both tickets go on by themselves
    #[arg(long)]
    unmerge: bool,
    #[command(flatten)]
    on: TicketFlags,
}

impl ReopenArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = Action::Reopen { reason: self.reason, unmerge: self.unmerge };
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(action))
    }
}
