//! `assign`, `cc`, `tag` and `set`: facts that move no status. What is so already makes no entry.

use clap::{ArgGroup, Args};

use crate::cli::Exit;
use crate::cli::args::TicketFlags;
use crate::cli::args::value_parsers::address;
use crate::cli::error::CliError;
use crate::cli::run_write::{ResultStyle, TextRequirement};
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, TicketCommand};
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::{Action, HeaderField};
use crate::domain::value::Value;
use crate::error::Error;

/// Give a ticket to an agent, or to nobody.
///
/// With --next, to whose turn it is: of the agents of the team who write the ticket's language and work now, whoever has
/// the fewest unsolved tickets, or the next in the round, as `team` in casebook.toml says.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true), after_help = "Examples:\n  casebook assign 7S1W1X lea@desk.example\n  casebook assign 7S1W1X --next\n  casebook assign 7S1W1X --none")]
pub struct AssignArgs {
    /// The agent
    #[arg(index = 2, value_name = "WHO", value_parser = address, group = "whom")]
    assignee: Option<Person>,
    /// To nobody
    #[arg(long, group = "whom")]
    none: bool,
    /// To whose turn it is
    #[arg(long, group = "whom")]
    next: bool,
    /// With --next: of this team [default: that of the ticket's product group]
    #[arg(long, value_name = "TEAM", requires = "next")]
    team: Option<String>,
    #[command(flatten)]
    on: TicketFlags,
}

impl AssignArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let Self { assignee, next, team, on, .. } = self;
        if !next {
            return on.run_write(session, &TextRequirement::Optional, |_, _| Ok(Action::Assign { assignee }));
        }
        let casebook = session.casebook()?;
        let id = casebook.read().find(&on.ticket.ticket, session.actor()?)?;
        let steps = vec![on.conditions.on(ActionRequest::on(id, Action::Assign { assignee: None }, None))];
        let work = |mut steps: Vec<ActionRequest>| match steps.pop() {
            Some(step) => Command::Ticket(TicketCommand::AssignNext { request: step, team }),
            None => Command::Ticket(TicketCommand::Requests(steps)),
        };
        session.run_write_in(casebook, steps, work, &on.write, on.text.optional()?, &ResultStyle::One)
    }
}

/// Change who else takes part on the customer's side.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook cc 7S1W1X --add bo@acme.example --remove al@acme.example")]
pub struct CcArgs {
    /// Who joins
    #[arg(long, value_name = "WHO", value_parser = address, group = "change")]
    add: Vec<Person>,
    /// Who leaves
    #[arg(long, value_name = "WHO", value_parser = address, group = "change")]
    remove: Vec<Person>,
    #[command(flatten)]
    on: TicketFlags,
}

impl CcArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = Action::Cc { add: self.add, remove: self.remove };
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(action))
    }
}

/// Change the desk's labels.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true), after_help = "Example:\n  casebook tag 7S1W1X --add outage --remove triage")]
pub struct TagArgs {
    /// A label to add
    #[arg(long, value_name = "TAG", value_parser = label, group = "change")]
    add: Vec<String>,
    /// A label to take away
    #[arg(long, value_name = "TAG", value_parser = label, group = "change")]
    remove: Vec<String>,
    #[command(flatten)]
    on: TicketFlags,
}

fn label(words: &str) -> Result<String, String> {
    clean_subject(words).ok_or_else(|| "a label is a word".to_owned())
}

impl TagArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = Action::Tag { add: self.add, remove: self.remove };
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(action))
    }
}

/// Set or unset facts: key=value, key=.
///
/// The keys are subject, product, product_group, organization, instance,
/// requester, channel, language, or one of the desk's own as fields.NAME.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  casebook set 7S1W1X product_group=reports_dashboards fields.region=emea instance=")]
pub struct SetArgs {
    /// A fact and its value; an empty value takes it away
    #[arg(index = 2, value_name = "KEY=VALUE", required = true)]
    facts: Vec<String>,
    #[command(flatten)]
    on: TicketFlags,
}

impl SetArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let action = changes(&self.facts)?;
        self.on.run_write(session, &TextRequirement::Optional, |_, _| Ok(action))
    }
}

fn changes(words: &[String]) -> Result<Action, CliError> {
    let (mut set, mut unset) = (Vec::new(), Vec::new());
    for word in words {
        let (name, value) = word
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("`{word}` sets nothing"), "facts look like key=value"))?;
        let fact = HeaderField::from_name(name).ok_or_else(|| unknown(name))?;
        if set.iter().any(|(known, _)| *known == fact) || unset.contains(&fact) {
            return Err(Error::usage(format!("`{name}` is given twice"), "give each fact once").into());
        }
        match clean_subject(value) {
            None => unset.push(fact),
            Some(words) if fact == HeaderField::Requester => {
                let person =
                    address(&words).map_err(|message| Error::usage(message, "a requester is an e-mail address"))?;
                set.push((fact, Value::from(person.as_str())));
            }
            Some(words) => set.push((fact, Value::String(words))),
        }
    }
    Ok(Action::Set { set, unset })
}

/// A name that `set` does not know: another verb's, or nobody's.
fn unknown(name: &str) -> Error {
    let verb = match name {
        "status" => "`casebook reply`, `hold`, `solve` and `reopen` move the status",
        "priority" => "`casebook prioritize TICKET PRIORITY -m TEXT` changes the priority",
        "assignee" => "`casebook assign TICKET WHO` changes the assignee",
        "cc" => "`casebook cc TICKET --add WHO` changes the copies",
        "tags" => "`casebook tag TICKET --add TAG` changes the labels",
        "escalation" => "`casebook escalate` and `deescalate` change that",
        _ => {
            "known are subject, product, product_group, organization, instance, requester, channel, language and fields.NAME"
        }
    };
    Error::usage(format!("`{name}` cannot be set"), verb)
}
