//! `merge`: merges tickets about the same issue into one.

use clap::Args;

use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{ConditionFlags, TextFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command};
use crate::domain::ticket::action::Action;
use crate::domain::vocabulary::MergeReason;

/// Merge tickets about the same issue of the same customer into one.
///
/// The sources are solved and keep their files; both sides record the merge, and the people of the sources are added in
/// copy to the target. `casebook reopen SOURCE --unmerge` takes a merge back.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook merge 3K2M8Q 9P4R7T --into 7S1W1X")]
pub struct MergeArgs {
    /// The tickets to merge
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<String>,
    /// The ticket in which the conversation goes on
    #[arg(long, value_name = "TARGET")]
    into: String,
    /// The reason
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
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let into = session.find(&session.view(&desk)?, &self.into)?;
        let mut requests: Vec<ActionRequest> = Vec::new();
        for source in &self.sources {
            let source = session.find(&session.view(&desk)?, source)?;
            let action = Action::Merge { into, reason: self.reason };
            let request = self.conditions.on(ActionRequest::on(source, action, None));
            if !requests.iter().any(|other| other.target == request.target) {
                requests.push(request);
            }
        }
        session.run_write(desk, requests, Command::requests, &self.write, self.text.optional()?, &ResultStyle::Several)
    }
}
