//! `set`: sets or clears fields of the header that do not change the status.

use clap::Args;

use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::assignments;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::people::person::Person;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::value::Value;
use crate::error::Error;

/// Set or clear fields of a ticket: key=value, key=.
///
/// The keys are subject, product, product_group, organization, instance, requester, channel, language, and fields.NAME
/// for the custom fields of the desk. A value that the field already has makes no entry.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook set 7S1W1X product_group=reports_dashboards fields.region=emea instance=")]
pub struct SetArgs {
    /// A field and its value; an empty value clears the field
    #[arg(index = 2, value_name = "KEY=VALUE", required = true)]
    assignments: Vec<String>,
    #[command(flatten)]
    on: TicketFlags,
}

impl SetArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let action = parse_assignments(&self.assignments)?;
        self.on.run_write(session, None, |_, _| Ok(action))
    }
}

/// Parses `KEY=VALUE` arguments into one action.
///
/// # Errors
/// An argument without `=`, a key that is unknown or given twice, or a requester that is not an address.
fn parse_assignments(arguments: &[String]) -> Result<Action, CliError> {
    let (mut set, mut unset) = (Vec::new(), Vec::new());
    for (name, value) in assignments(arguments)? {
        let field = HeaderField::from_name(name).ok_or_else(|| cannot_set(name))?;
        match value {
            None => unset.push(field),
            Some(text) if field == HeaderField::REQUESTER => {
                let person = Person::from_address(&text)
                    .map_err(|error| Error::usage(error.to_string(), "a requester is an e-mail address"))?;
                set.push((field, Value::from(person.as_str())));
            }
            Some(text) => set.push((field, Value::String(text))),
        }
    }
    Ok(Action::Set { set, unset })
}

/// Returns the error for a key that `set` does not know; its hint names the verb that changes that field, if any.
fn cannot_set(name: &str) -> Error {
    let hint = match name {
        "status" => "`casebook reply`, `hold`, `solve` and `reopen` change the status",
        "priority" => "`casebook prioritize TICKET PRIORITY -m TEXT` changes the priority",
        "assignee" => "`casebook assign TICKET WHO` changes the assignee",
        "cc" => "`casebook cc TICKET --add WHO` changes the people in copy",
        "tags" => "`casebook tag TICKET --add TAG` changes the labels",
        "escalation" => "`casebook escalate` and `deescalate` change the escalation",
        _ => &format!("the fields are {}", HeaderField::phrase(true)),
    };
    Error::usage(format!("`{name}` cannot be set"), hint)
}
