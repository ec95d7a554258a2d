//! `tag`: adds or removes the desk's labels of a ticket.

use clap::{ArgGroup, Args};

use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;

/// Add or remove labels.
///
/// Labels are the desk's own words for a ticket.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook tag 7S1W1X --add outage --remove triage")]
pub struct TagArgs {
    /// A label to add; can be given several times
    #[arg(long, value_name = "TAG", value_parser = label, group = "change")]
    add: Vec<String>,
    /// A label to remove; can be given several times
    #[arg(long, value_name = "TAG", value_parser = label, group = "change")]
    remove: Vec<String>,
    #[command(flatten)]
    on: TicketFlags,
}

/// Parses a label of the command line.
fn label(text: &str) -> Result<String, String> {
    clean_subject(text).ok_or_else(|| "a label must not be empty".to_owned())
}

impl TagArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Tag { add: self.add, remove: self.remove };
        self.on.run_write(session, None, |_, _| Ok(action))
    }
}
