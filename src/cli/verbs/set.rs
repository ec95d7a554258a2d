//! `set`, `prioritize`, `cc` and `tag`: changes of the header that leave the status as it is.

use clap::{ArgGroup, Args};

use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::{assignments, priority};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::Desk;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::value::Value;
use crate::domain::vocabulary::Priority;
use crate::error::Error;

/// Set or clear fields of a ticket: key=value, key=.
///
/// The keys are subject, product, product_group, organization, instance, requester, channel, language, and fields.NAME
/// for the custom fields of the desk. A value that the field already has makes no entry. The text is internal unless --public is given.
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
        let assignments = self.assignments;
        self.on.run_write(session, None, |desk, _| parse_assignments(&assignments, session, desk))
    }
}

/// Parses `KEY=VALUE` arguments into one action.
///
/// # Errors
/// An argument without `=`, a key that is unknown or given twice, or a requester whom the desk does not know.
fn parse_assignments(arguments: &[String], session: &Session, desk: &Desk) -> Result<Action, CliError> {
    let (mut set, mut unset) = (Vec::new(), Vec::new());
    for (name, value) in assignments(arguments)? {
        let field = HeaderField::from_name(name).ok_or_else(|| cannot_set(name))?;
        match value {
            None => unset.push(field),
            Some(text) if field == HeaderField::REQUESTER => {
                let who = Who::parse(&text).map_err(|error| {
                    Error::usage(error, "a requester is an e-mail address, or a name that the desk knows")
                })?;
                set.push((field, Value::from(session.person(desk, &who)?.as_str())));
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

/// Change the priority, and say why the impact changed.
///
/// The priority states the impact as it is now.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook prioritize 7S1W1X S2 -m \"Only one dashboard is affected after all.\"")]
pub struct PrioritizeArgs {
    /// The new priority, S1 to S4
    #[arg(index = 2, value_parser = priority)]
    priority: Priority,
    #[command(flatten)]
    on: TicketFlags,
}

impl PrioritizeArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        // The workflow replaces `was` by the priority that the ticket has under the lock.
        let action = Action::Prioritize { priority: self.priority, was: self.priority };
        self.on.run_write(session, Some("Why the impact changed."), |_, _| Ok(action))
    }
}

/// Add or remove people in copy.
///
/// People in copy take part in the ticket on the customer's side.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook cc 7S1W1X --add bo@acme.example --remove al@acme.example")]
pub struct CcArgs {
    /// A person to add; commas separate several
    #[arg(long, value_name = "WHO", value_parser = Who::parse, value_delimiter = ',', group = "change")]
    add: Vec<Who>,
    /// A person to remove; commas separate several
    #[arg(long, value_name = "WHO", value_parser = Who::parse, value_delimiter = ',', group = "change")]
    remove: Vec<Who>,
    #[command(flatten)]
    on: TicketFlags,
}

impl CcArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let (add, remove) = (self.add, self.remove);
        let action = |desk: &Desk, _| {
            Ok(Action::Cc { add: session.people(desk, &add)?, remove: session.people(desk, &remove)? })
        };
        self.on.run_write(session, None, action)
    }
}

/// Add or remove labels.
///
/// Labels are the desk's own words for a ticket. Customers see neither labels nor the text.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook tag 7S1W1X --add outage --remove triage")]
pub struct TagArgs {
    /// A label to add; commas separate several
    #[arg(long, value_name = "TAG", value_parser = label, value_delimiter = ',', group = "change")]
    add: Vec<String>,
    /// A label to remove; commas separate several
    #[arg(long, value_name = "TAG", value_parser = label, value_delimiter = ',', group = "change")]
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
