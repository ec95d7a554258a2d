//! `cc`: adds or removes people in copy.

use clap::{ArgGroup, Args};

use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;

/// Add or remove people in copy.
///
/// People in copy take part in the ticket on the customer's side.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook cc 7S1W1X --add bo@acme.example --remove al@acme.example")]
pub struct CcArgs {
    /// A person to add; can be given several times
    #[arg(long, value_name = "WHO", value_parser = Person::from_address, group = "change")]
    add: Vec<Person>,
    /// A person to remove; can be given several times
    #[arg(long, value_name = "WHO", value_parser = Person::from_address, group = "change")]
    remove: Vec<Person>,
    #[command(flatten)]
    on: TicketFlags,
}

impl CcArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = Action::Cc { add: self.add, remove: self.remove };
        self.on.run_write(session, None, |_, _| Ok(action))
    }
}
