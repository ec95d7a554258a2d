//! `assign`: gives a ticket to an agent, or to none.

use clap::{ArgGroup, Args};

use crate::cli::args::TicketFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::{ActionRequest, Command, Desk, TicketCommand};
use crate::domain::ticket::action::Action;
use crate::error::Error;
use crate::store::short_id::short_suffix;

/// Assign a ticket to an agent, or to no agent.
///
/// --next chooses the agent whose turn it is, among the agents of the team who write the language of the ticket and
/// work at this time: the agent with the fewest unsolved tickets, or the next agent in the round, as `next` under
/// `[team]` in casebook.toml says. The text is internal unless --public is given.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true), after_help = "Examples:\n  casebook assign 7S1W1X lea\n  casebook assign 7S1W1X me\n  casebook assign 7S1W1X --next\n  casebook assign 7S1W1X --none")]
pub struct AssignArgs {
    /// The agent
    #[arg(index = 2, value_name = "WHO", value_parser = Who::parse, group = "whom")]
    assignee: Option<Who>,
    /// Leave the ticket without an assignee
    #[arg(long, group = "whom")]
    none: bool,
    /// Assign it to the agent whose turn it is
    #[arg(long, group = "whom")]
    next: bool,
    /// With --next: the team to choose from [default: that of the ticket's product group]
    #[arg(long, value_name = "TEAM", requires = "next")]
    team: Option<String>,
    #[command(flatten)]
    on: TicketFlags,
}

impl AssignArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let Self { assignee, next, team, on, .. } = self;
        let command = |requests: Vec<ActionRequest>| match requests.as_slice() {
            [request] if next => {
                Command::Ticket(TicketCommand::AssignNext { request: Box::new(request.clone()), team })
            }
            _ => Command::requests(requests),
        };
        let request = |desk: &Desk, id| {
            if matches!(&assignee, Some(Who::Name(name)) if name == "none") {
                let hint = format!("`casebook assign {} --none` leaves it without an assignee", short_suffix(id));
                return Err(CliError::usage("cannot assign the ticket: `none` is not an agent", hint));
            }
            let assignee = assignee.map(|who| session.person(desk, &who)).transpose()?;
            Ok(ActionRequest::on(id, Action::Assign { assignee }, None))
        };
        on.run_write_as(session, None, request, command)
    }
}

/// Assign a ticket to yourself.
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct TakeArgs {
    #[command(flatten)]
    on: TicketFlags,
}

impl TakeArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        self.on.run_write(session, None, |_, _| {
            let actor = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
            Ok(Action::Assign { assignee: Some(actor) })
        })
    }
}
