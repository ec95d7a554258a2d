//! `completions`: the script that registers casebook with a shell, and the answers to a shell that completes a word. Both
//! use clap's engine (docs/decisions/0006-dependencies.md).

mod values;

use std::ffi::OsString;
use std::sync::Arc;

use clap::{Arg, Args, Command};
use clap_complete::Shell;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::Shells;

use super::help::PLUMBING;
use crate::cli::args::query::{escape_negations, unescape};
use crate::cli::env::variable;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::global_flags::GlobalFlags;
use crate::error::Error;
use values::{VALUE_NAMES, candidates};

/// A bash function that joins the words which readline splits.
const WHOLE_WORDS: &str = include_str!("./whole_words.bash");

/// Print a completion script for a shell.
///
/// The shell then runs casebook for each completion: verbs and flags, the tickets, people, organizations, macros and
/// saved queries of the desk, and the words of queries. A completion writes nothing. Print the script again after an
/// update of casebook.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook completions bash > ~/.local/share/bash-completion/completions/casebook\n  casebook completions fish > ~/.config/fish/completions/casebook.fish\n  echo 'source <(casebook completions zsh)' >> ~/.zshrc"
)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

impl CompletionsArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let shells = Shells::builtins();
        let engine = shells.completer(&self.shell.to_string()).expect("clap has an engine for every shell");
        let mut script = Vec::new();
        engine
            .write_registration("COMPLETE", "casebook", "casebook", "casebook", &mut script)
            .map_err(Error::io("the script", "write"))?;
        if self.shell == Shell::Bash {
            script.extend_from_slice(WHOLE_WORDS.as_bytes());
        }
        Ok(session.output.print(&String::from_utf8_lossy(&script))?)
    }
}

/// Returns the answer to a shell that completes a word: `COMPLETE=SHELL casebook -- WORDS`. None for other commands. An
/// error has no candidates, since a message would disturb the line that a person types.
pub(in crate::cli) fn answer(words: &[OsString]) -> Option<Vec<u8>> {
    let [_, dashes, line @ ..] = words else { return None };
    if dashes != "--" || line.is_empty() {
        return None;
    }
    let shells = Shells::builtins();
    let engine = shells.completer(&variable("COMPLETE")?)?;
    // The flags are those before the word that is completed, as far as they can be parsed.
    let flags = (1..line.len()).rev().find_map(|end| super::global_flags(&line[..end])).map(Arc::new);
    let mut command = super::command().mut_subcommands(|verb| {
        let is_plumbing = PLUMBING.contains(&verb.get_name());
        if is_plumbing { verb.hide(true) } else { verb }
    });
    if let Some(flags) = flags {
        command = with_values(command, &flags);
    }
    if !line.last().is_some_and(|word| word.to_string_lossy().starts_with('-')) {
        command = without_flags(command);
    }
    let mut printed = Vec::new();
    let folder = std::env::current_dir().ok();
    let _ = engine.write_complete(&mut command, escape_negations(line.to_vec()), folder.as_deref(), &mut printed);
    Some(printed)
}

/// Returns a command line whose arguments have the candidates for their values.
fn with_values(line: Command, flags: &Arc<GlobalFlags>) -> Command {
    line.mut_args(|arg| match source(&arg) {
        Some(source) => {
            let flags = Arc::clone(flags);
            let complete = move |word: &std::ffi::OsStr| candidates(&source, &flags, unescape(&word.to_string_lossy()));
            arg.add(ArgValueCompleter::new(complete))
        }
        None => arg,
    })
    .mut_subcommands(|verb| with_values(verb, flags))
}

/// Returns a command line whose flags are offered only if nothing else is.
fn without_flags(line: Command) -> Command {
    let line = line.mut_args(|arg| if arg.is_positional() { arg } else { arg.hide(true) });
    line.disable_help_flag(true).disable_version_flag(true).mut_subcommands(without_flags)
}

/// Returns the kind of values that an argument takes: the key of a query, for its flags, or the name of its value.
fn source(arg: &Arg) -> Option<String> {
    match arg.get_long() {
        Some(key) if arg.get_help_heading() == Some("Query") => Some(key.to_owned()),
        _ => {
            let name = arg.get_value_names()?.first()?.as_str();
            VALUE_NAMES.contains(&name).then(|| name.to_owned())
        }
    }
}
