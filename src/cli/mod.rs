//! How it is asked: the command line. One small file per verb; what they share is beside this one.
//!
//! The only folder that prints, reads the environment and the clock, and words things for people. Must not
//! decide what is allowed, nor write to a store except through [`crate::desk::Desk::perform`].

pub mod args;
mod error;
mod reference;
pub(crate) mod report;
mod run_write;
mod session;
pub(crate) mod terminal;
mod verbs;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use clap::{CommandFactory, FromArgMatches};

use args::Arguments;
use error::CliError;
pub use reference::{CODES, VARIABLES};
use session::Session;

/// Exit codes (CLI). A closed pipe is no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A check, audit or gate found something.
    Found = 1,
    /// The command line means nothing.
    Usage = 2,
    /// Not found, ambiguous, no store.
    NotFound = 3,
    /// Refused by a rule.
    Refused = 4,
    /// Not allowed for this person.
    NotAllowed = 5,
    /// Changed underneath or busy: safe to retry.
    Busy = 6,
    /// A damaged file.
    Damaged = 7,
    /// git failed.
    Git = 8,
    /// Our bug.
    Bug = 70,
}

/// The program's command line, for help, completions and reference pages.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program with its arguments, the name it was called by first. Returns the exit code.
pub fn run(words: Vec<OsString>) -> u8 {
    let wants_json = words.iter().filter_map(|word| word.to_str()).any(|word| {
        let rest = word.strip_prefix("--jsonl").or_else(|| word.strip_prefix("--json"));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    });
    let outcome = caught(|| match parse(args::query::escape_negations(words)) {
        Ok(arguments) => execute(arguments, wants_json),
        Err(error) if !error.use_stderr() => {
            // Help and versions. A reader that went away is no error.
            let _ = error.print();
            Ok(Exit::Done)
        }
        Err(error) => Err(error::of_parsing(&error)),
    });
    match outcome.unwrap_or_else(|bug| Err(bug.into())) {
        Ok(exit) => exit as u8,
        Err(complaint) => complaint.print(wants_json),
    }
}

/// The first panic since the last command, of any thread: its message and place.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command and returns its result, or the panic that ended it or one of its threads. What the command was
/// writing is complete or absent, as after a power failure: unwinding rolls nothing back, the next command does.
fn caught<T>(command: impl FnOnce() -> T) -> anyhow::Result<T> {
    std::panic::set_hook(Box::new(|panic| {
        let mut first = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| describe(panic));
    }));
    let ended = std::panic::catch_unwind(AssertUnwindSafe(command));
    match (PANIC.lock().unwrap_or_else(PoisonError::into_inner).take(), ended) {
        (None, Ok(result)) => Ok(result),
        (panic, _) => Err(anyhow::Error::msg(panic.unwrap_or_else(|| UNEXPLAINED.to_owned()))),
    }
}

/// The message of a panic that has none.
const UNEXPLAINED: &str = "no word of why";

/// Formats a panic as its message and its place.
fn describe(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("{}{place}", said.unwrap_or(UNEXPLAINED))
}

fn parse(words: Vec<OsString>) -> Result<Arguments, clap::Error> {
    if let Some(arguments) = args::shortcut::parse(&words) {
        return Ok(arguments);
    }
    let matches = command().try_get_matches_from(words)?;
    Arguments::from_arg_matches(&matches)
}

fn execute(arguments: Arguments, wants_json: bool) -> Result<Exit, CliError> {
    let session = Session::begin(&arguments.global, wants_json)?;
    match arguments.verb {
        None => verbs::overview::run(&session),
        Some(verb) => verbs::run(&session, verb),
    }
}
