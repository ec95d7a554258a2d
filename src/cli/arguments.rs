//! The shape of the command line: global flags, the verbs, and the flags that several verbs share.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::parsing::{address, word_of};
use super::verbs;
use crate::domain::person::Person;
use crate::domain::words::Status;

/// A support desk in a git repository: every ticket a YAML file, every command one clean commit.
#[derive(Debug, Parser)]
#[command(name = "casebook", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Without a verb: the desk at a glance.\nText comes from -m TEXT, -F FILE, -F - or your editor.\n\
    Try `casebook demo` for a desk to explore."
)]
pub struct Arguments {
    /// Flags every verb has.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags every verb has.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The desk's folder [default: $CASEBOOK_DIR, else the nearest casebook.toml upwards]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Who acts [default: $CASEBOOK_ACTOR, else git's user.email]
    #[arg(long = "as", value_name = "WHO", global = true, value_parser = address)]
    pub actor: Option<Person>,
    /// The language of what people see of tickets
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "fr", "ja", "pt"])]
    pub lang: Option<String>,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Colour,
    /// Answer from the files alone, without the index
    #[arg(long, global = true)]
    pub no_index: bool,
    /// Do not turn pages on a terminal
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Say less
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The ticket a verb is about.
#[derive(Debug, Args)]
pub struct TicketArgument {
    /// A ticket: its id, a part of it (4 characters or more at either end), or the id it was imported under
    #[arg(index = 1, value_name = "TICKET")]
    pub ticket: String,
}

/// What every verb takes that does something to one ticket. Stands last in a verb's struct: the headings of its flags
/// would go on over what follows.
#[derive(Debug, Args)]
pub struct OnTicket {
    #[command(flatten)]
    pub(super) ticket: TicketArgument,
    #[command(flatten)]
    pub(super) text: TextFlags,
    #[command(flatten)]
    pub(super) conditions: ConditionFlags,
    #[command(flatten)]
    pub(super) write: WriteFlags,
}

/// Where text comes from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Text")]
pub struct TextFlags {
    /// The text; several make paragraphs
    #[arg(short = 'm', long = "message", value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "file")]
    pub message: Vec<String>,
    /// Read the text from a file, or from standard input with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE", allow_hyphen_values = true)]
    pub file: Option<PathBuf>,
}

/// What every verb that writes can be told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct WriteFlags {
    /// Show the change and the commit message (with --json the ticket as it would be), and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// A retry with the same key returns the first result
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub key: Option<String>,
    /// Commit, whatever casebook.toml says
    #[arg(long, conflicts_with = "no_commit")]
    pub commit: bool,
    /// Do not commit, whatever casebook.toml says
    #[arg(long)]
    pub no_commit: bool,
    /// Print the ticket as JSON; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    pub json: Option<String>,
}

/// Conditions on the ticket as it is now.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct ConditionFlags {
    /// Only if the ticket has this status
    #[arg(long, value_name = "STATUS", value_parser = word_of::<Status>(Status::WORDS))]
    pub if_status: Option<Status>,
    /// Only if this is the ticket's last entry
    #[arg(long, value_name = "ENTRY")]
    pub if_version: Option<String>,
}

fn key(words: &str) -> Result<String, String> {
    if words.trim().is_empty() || words.contains(char::is_control) {
        return Err("a key is a word on one line".to_owned());
    }
    Ok(words.trim().to_owned())
}

impl WriteFlags {
    /// Whether to commit, where that was said.
    pub const fn wants_commit(&self) -> Option<bool> {
        match (self.commit, self.no_commit) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Make a store in a folder
    Init(verbs::init::Init),
    /// Make a small living desk to explore
    Demo(verbs::demo::Demo),
    /// Open a ticket
    Open(verbs::open::Open),
    /// Answer the requester, or answer support
    Reply(verbs::reply::Reply),
    /// Leave an internal note that customers never see
    Note(verbs::reply::Note),
    /// Wait for something on support's own side
    Hold(verbs::hold::Hold),
    /// Go on after a hold
    Resume(verbs::hold::Resume),
    /// Remind a requester who owes the next step
    Remind(verbs::hold::Remind),
    /// Solve a ticket
    Solve(verbs::solve::Solve),
    /// Merge tickets about the same issue into one
    Merge(verbs::merge::Merge),
    /// Open a solved ticket again
    Reopen(verbs::merge::Reopen),
    /// Ask for a manager's attention
    Escalate(verbs::escalate::Escalate),
    /// End an escalation (managers)
    Deescalate(verbs::escalate::Deescalate),
    /// State the current impact
    Prioritize(verbs::escalate::Prioritize),
    /// Give a ticket to an agent, or to nobody
    Assign(verbs::facts::Assign),
    /// Change who else takes part on the customer's side
    Cc(verbs::facts::Cc),
    /// Change the desk's labels
    Tag(verbs::facts::Tag),
    /// Set or unset facts: key=value, key=
    Set(verbs::facts::Set),
    /// Say what is right where an older entry is wrong
    Correct(verbs::correct::Correct),
    /// Hide the words of an older entry from view
    Redact(verbs::correct::Redact),
    #[allow(missing_docs)] // help: the words of its struct
    List(Box<verbs::list::List>),
    #[allow(missing_docs)] // help: the words of its struct
    Search(Box<verbs::search::Search>),
    #[allow(missing_docs)] // help: the words of its struct
    Show(verbs::show::Show),
    #[allow(missing_docs)] // help: the words of its struct
    Log(verbs::log::Log),
    #[allow(missing_docs)] // help: the words of its struct
    Changes(verbs::changes::Changes),
    /// Check that every file is sound
    #[allow(missing_docs)] // help: the words of its struct
    Sync(verbs::sync::Sync),
    #[allow(missing_docs)] // help: the words of its struct
    Resolve(verbs::resolve::Resolve),
    #[allow(missing_docs)] // help: the words of its struct
    GitSetup(verbs::git_setup::GitSetup),
    #[allow(missing_docs)] // help: the words of its struct
    Doctor(verbs::doctor::Doctor),
    #[allow(missing_docs)] // help: the words of its struct
    MergeFile(verbs::merge_file::MergeFile),
    #[allow(missing_docs)] // help: the words of its struct
    Textconv(verbs::textconv::Textconv),
    #[allow(missing_docs)] // help: the words of its struct
    Check(Box<verbs::check::Check>),
    /// Explain a rule of check and audit
    Rule(verbs::rule::Rule),
    #[allow(missing_docs)] // help: the words of its struct
    Audit(verbs::audit::Audit),
    #[allow(missing_docs)] // help: the words of its struct
    Guard(verbs::guard::Guard),
    /// git's hooks that run the guard
    Hooks(verbs::hooks::Hooks),
    /// When support is open: calendars and their holidays
    Calendar(verbs::calendar::CalendarVerb),
    /// Take in tickets of another system
    Import(verbs::import::Import),
    #[allow(missing_docs)] // help: the words of its struct
    Schema(verbs::schema::Schema),
    /// Print a completion script for a shell
    Completions(verbs::reference::Completions),
    /// Print the manual page, or write all of them into a folder
    Man(verbs::reference::Man),
}
