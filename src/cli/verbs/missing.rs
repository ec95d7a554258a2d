//! The questions on a terminal for the required arguments that a command line lacks.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, FromArgMatches};

use super::inbox::choose_ticket;
use super::open::prompt::ask_priority;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::global_flags::GlobalFlags;
use crate::cli::terminal::question::choose;
use crate::desk::Desk;
use crate::domain::ticket::macros::Macro;
use crate::store::config::Settings;
use crate::view::sanitize::one_line;

/// Asks for what a command line lacks, as clap's error names it, and returns the line with the answers at its end. Returns
/// none if there is no terminal, or no question for it.
pub(in crate::cli) fn ask_for_missing(
    words: &[OsString],
    error: &clap::Error,
    wants_json: bool,
) -> Result<Option<Vec<OsString>>, CliError> {
    let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) else { return Ok(None) };
    if error.kind() != ErrorKind::MissingRequiredArgument || words.iter().any(|word| word == "--") {
        return Ok(None);
    }
    let Some((matches, verb)) = read_partly(words) else { return Ok(None) };
    let Ok(global) = GlobalFlags::from_arg_matches(&matches) else { return Ok(None) };
    let Some(mut questions) = missing.iter().map(|usage| Question::of(&verb, usage)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    // The ticket is the first argument of every verb.
    questions.sort_by_key(|question| !matches!(question, Question::Ticket));
    let session = Session::begin(&global, wants_json)?;
    if !session.can_ask() {
        return Ok(None);
    }
    let desk = session.desk()?;
    let mut line = words.to_vec();
    if let Some(("macro", arguments)) = matches.subcommand()
        && add_macro(&mut line, arguments, &desk)?
    {
        return Ok(Some(line));
    }
    for question in questions {
        let Some(answer) = question.ask(&session, &desk)? else { return Ok(None) };
        line.push(answer.into());
    }
    Ok(Some(line))
}

/// Reads a command line that lacks arguments. Returns its arguments, and the verb or its subcommand.
fn read_partly(words: &[OsString]) -> Option<(ArgMatches, Command)> {
    let mut line = super::command().ignore_errors(true);
    let matches = line.try_get_matches_from_mut(words).ok()?;
    let (mut named, mut verb) = (&matches, &line);
    while let Some((name, inner)) = named.subcommand() {
        (named, verb) = (inner, verb.find_subcommand(name)?);
    }
    let verb = verb.clone();
    Some((matches, verb))
}

/// Asks for the macro and returns true, if the only argument of `macro` names none and so must be the ticket.
fn add_macro(line: &mut Vec<OsString>, arguments: &ArgMatches, desk: &Desk) -> Result<bool, CliError> {
    let macros = desk.policy().settings(Settings::macros)?;
    let given = arguments.get_one::<String>("name");
    if let Some(place) = line.iter().position(|word| given.is_some_and(|given| word == given.as_str()))
        && !macros.is_empty()
        && !macros.iter().any(|known| Some(&known.name) == given)
    {
        let about = |about: &String| format!(": {about}");
        let item = |known: &Macro| format!("{}{}", known.name, known.about.as_ref().map(about).unwrap_or_default());
        let items: Vec<String> = macros.iter().map(|known| one_line(&item(known)).into_owned()).collect();
        line.insert(place, macros[choose("The macro", &items, 0)?].name.clone().into());
        return Ok(true);
    }
    Ok(false)
}

/// A question for a missing argument.
enum Question {
    Ticket,
    Assignee,
    Priority,
    /// One of the words that a flag takes.
    Word {
        flag: String,
        help: String,
        words: Vec<String>,
    },
}

impl Question {
    /// Returns the question for an argument of a verb, as its usage names it.
    fn of(verb: &Command, usage: &str) -> Option<Self> {
        match usage {
            "<TICKET>" => return Some(Self::Ticket),
            "<WHO|--none|--next>" => return Some(Self::Assignee),
            "<PRIORITY>" => return Some(Self::Priority),
            _ => {}
        }
        let argument = verb.get_arguments().find(|argument| argument.to_string() == usage)?;
        let words: Vec<String> =
            argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let flag = argument.get_long().filter(|_| !words.is_empty())?;
        Some(Self::Word { flag: flag.to_owned(), help: argument.get_help()?.to_string(), words })
    }

    /// Returns the argument that the person chose; none if there is nothing to choose from.
    fn ask(self, session: &Session, desk: &Desk) -> Result<Option<String>, CliError> {
        match self {
            Self::Ticket => Ok(choose_ticket(session, desk)?.map(|id| id.to_string())),
            Self::Assignee => ask_assignee(session, desk).map(Some),
            Self::Priority => {
                let default = *desk.policy().settings(Settings::default_priority)?;
                Ok(Some(ask_priority(default, &session.audience(desk)?)?.to_string()))
            }
            Self::Word { flag, help, words } => {
                let index = choose(&help, &words, 0)?;
                Ok(Some(format!("--{flag}={}", words[index])))
            }
        }
    }
}

/// Asks for an agent, or for none.
fn ask_assignee(session: &Session, desk: &Desk) -> Result<String, CliError> {
    let view = session.view(desk)?;
    session.look_up_names(&view, []);
    let audience = session.audience(desk)?;
    let agents = view.team();
    let mut items: Vec<String> = agents.iter().map(|agent| one_line(&audience.person(agent)).into_owned()).collect();
    items.extend(["the agent whose turn it is", "no agent"].map(str::to_owned));
    let index = choose("The agent", &items, 0)?;
    let agent = agents.get(index).map(|agent| agent.as_str());
    Ok(agent.unwrap_or(if index == agents.len() { "--next" } else { "--none" }).to_owned())
}
