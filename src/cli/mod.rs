//! The command line: it parses arguments, runs verbs, and prints results and errors.
//!
//! # Invariants
//!
//! Only this folder prints, reads the environment and the clock, and formats text for people. It does not decide what is
//! allowed, and it writes to a desk only through [`crate::desk::Desk::perform`]. Its parts use each other in one direction:
//! exit, reference, env, terminal, error, session, args, report, run_write, verbs; a part uses only earlier ones.

mod args;
mod env;
mod error;
mod exit;
mod reference;
mod report;
mod run_write;
mod session;
mod terminal;
mod verbs;

use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use error::CliError;
pub use exit::Exit;
pub use reference::{CODES, FILES, VARIABLES};
use session::Session;
use verbs::Arguments;
pub use verbs::command;
pub use verbs::help::{PLUMBING, TASKS};

/// Runs the program with its arguments, of which the first is its own name. Returns the exit code.
pub fn run(arguments: Vec<OsString>) -> u8 {
    match catch_panic(|| verbs::completions::answer(&arguments)) {
        Ok(None) => {}
        answer => {
            let _ = std::io::stdout().write_all(&answer.ok().flatten().unwrap_or_default());
            return Exit::Done as u8;
        }
    }
    let wants_json = arguments.iter().filter_map(|argument| argument.to_str()).any(|argument| {
        let rest = argument.strip_prefix("--jsonl").or_else(|| argument.strip_prefix("--json"));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    });
    let words = args::query::escape_negations(arguments);
    let outcome = catch_panic(|| match verbs::parse(&words) {
        Ok(arguments) => execute(arguments, wants_json),
        Err(error) if !error.use_stderr() => {
            // Help and versions. A closed pipe is not an error.
            let _ = error.print();
            Ok(Exit::Done)
        }
        Err(error) => match verbs::ask_for_missing(&words, &error, wants_json)? {
            Some(words) => execute(verbs::parse(&words)?, wants_json),
            None => Err(CliError::from(error)),
        },
    });
    match outcome.unwrap_or_else(|bug| Err(bug.into())) {
        Ok(exit) => exit as u8,
        Err(error) => error.print(wants_json),
    }
}

/// The first panic of the running command, of any thread: its message and place.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command and returns its result, or the panic that ended it or one of its threads. A write that the panic
/// interrupted is complete or absent, as after a power failure: the next command finishes it or rolls it back.
fn catch_panic<T>(command: impl FnOnce() -> T) -> anyhow::Result<T> {
    std::panic::set_hook(Box::new(|panic| {
        let mut first = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| describe(panic));
    }));
    let ended = std::panic::catch_unwind(AssertUnwindSafe(command));
    match (PANIC.lock().unwrap_or_else(PoisonError::into_inner).take(), ended) {
        (None, Ok(result)) => Ok(result),
        (panic, _) => Err(anyhow::Error::msg(panic.unwrap_or_else(|| NO_MESSAGE.to_owned()))),
    }
}

/// The message of a panic that has none.
const NO_MESSAGE: &str = "no message";

/// Formats a panic as its message and its place.
fn describe(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let message =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("{}{place}", message.unwrap_or(NO_MESSAGE))
}

fn execute(arguments: Arguments, wants_json: bool) -> Result<Exit, CliError> {
    let session = Session::begin(&arguments.global, wants_json)?;
    verbs::run(&session, arguments.verb)
}
