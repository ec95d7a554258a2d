//! How it is asked: the command line. One small file per verb; what they share is beside this one.
//!
//! The only folder that prints, reads the environment and the clock, and words things for people. Must not
//! decide what is allowed, nor write to a store except through [`crate::casebook::Casebook::perform`].

pub mod arguments;
mod attachment;
mod clocks;
mod complaint;
mod formats;
mod identity;
mod order;
mod output;
mod pager;
mod parsing;
mod program;
mod progress;
mod promises;
mod query;
mod refusal;
mod session;
mod shortcut;
mod telling;
mod text;
mod unmatched;
mod unresolved;
mod unsynced;
mod verbs;
mod writing;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use arguments::Arguments;
use complaint::Complaint;
pub use promises::{CODES, VARIABLES};
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
    std::panic::set_hook(Box::new(move |panic| end_with_bug(panic, wants_json)));
    let outcome = match parse(query::protect(words)) {
        Ok(arguments) => execute(arguments, wants_json),
        Err(error) if !error.use_stderr() => {
            // Help and versions. A reader that went away is no error.
            let _ = error.print();
            return Exit::Done as u8;
        }
        Err(error) => Err(complaint::of_parsing(&error)),
    };
    match outcome {
        Ok(exit) => exit as u8,
        Err(complaint) => complaint.tell(wants_json),
    }
}

/// What should never happen ends the program at once, in every profile. What it was writing is whole or not there,
/// as after a power failure.
#[allow(clippy::disallowed_methods)] // a panic has no way back to `run`
fn end_with_bug(panic: &std::panic::PanicHookInfo<'_>, wants_json: bool) {
    let payload = panic.payload();
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("no word of why");
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    let complaint = Complaint::new(Exit::Bug, "bug", format!("this is a bug in casebook: {said}{place}"))
        .hint("please report it, with the command and these lines; the desk is whole, `casebook check` shows it");
    std::process::exit(i32::from(complaint.tell(wants_json)));
}

fn parse(words: Vec<OsString>) -> Result<Arguments, clap::Error> {
    if let Some(arguments) = shortcut::parse(&words) {
        return Ok(arguments);
    }
    let matches = command().try_get_matches_from(words)?;
    Arguments::from_arg_matches(&matches)
}

fn execute(arguments: Arguments, wants_json: bool) -> Result<Exit, Complaint> {
    let session = Session::begin(&arguments.global, wants_json)?;
    match arguments.verb {
        None => verbs::glance::run(&session),
        Some(verb) => verbs::run(&session, verb),
    }
}
