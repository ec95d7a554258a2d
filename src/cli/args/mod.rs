//! The shape of the command line: global flags, the verbs, and the flags that several verbs share.

pub(crate) mod attachment;
pub(crate) mod output_format;
pub(crate) mod query;
pub(crate) mod shortcut;
pub(crate) mod sort;
pub(crate) mod text_input;
pub(crate) mod value_parsers;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::args::value_parsers::{address, word_of};
use super::verbs;
use crate::domain::people::person::Person;
use crate::domain::vocabulary::Status;

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
    pub global: GlobalFlags,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags every verb has.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalFlags {
    /// The desk's folder [default: $CASEBOOK_DIR, else the nearest casebook.toml upwards]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// Who acts [default: $CASEBOOK_ACTOR, else git's user.email]
    #[arg(long = "as", value_name = "WHO", global = true, value_parser = address)]
    pub actor: Option<Person>,
    /// The language of what people see of tickets [default: that of LC_ALL, LC_MESSAGES or LANG, else en]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "fr", "ja", "pt"])]
    pub lang: Option<String>,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
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
pub enum ColorChoice {
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
pub struct TicketFlags {
    #[command(flatten)]
    pub(crate) ticket: TicketArgument,
    #[command(flatten)]
    pub(crate) text: TextFlags,
    #[command(flatten)]
    pub(crate) conditions: ConditionFlags,
    #[command(flatten)]
    pub(crate) write: WriteFlags,
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

/// Whether a command writes, and whether it commits.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct CommitFlags {
    /// Show the change and the commit message (with --json what would be), and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Commit, whatever casebook.toml says
    #[arg(long, conflicts_with = "no_commit")]
    pub commit: bool,
    /// Do not commit, whatever casebook.toml says
    #[arg(long)]
    pub no_commit: bool,
}

/// What every verb that writes tickets can be told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct WriteFlags {
    /// How it ends.
    #[command(flatten)]
    pub end: CommitFlags,
    /// A retry with the same key returns the first result
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub key: Option<String>,
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

pub(crate) fn key(words: &str) -> Result<String, String> {
    if words.trim().is_empty() || words.contains(char::is_control) {
        return Err("a key is a word on one line".to_owned());
    }
    Ok(words.trim().to_owned())
}

impl CommitFlags {
    /// Whether to commit, where that was said.
    pub const fn wants_commit(&self) -> Option<bool> {
        match (self.commit, self.no_commit) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// The verbs. A comment on a variant would hide the longer help of its struct.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Verb {
    Init(verbs::init::InitArgs),
    Demo(verbs::demo::DemoArgs),
    Open(verbs::open::OpenArgs),
    Reply(verbs::reply::ReplyArgs),
    Note(verbs::reply::NoteArgs),
    Hold(verbs::hold::HoldArgs),
    Resume(verbs::hold::ResumeArgs),
    Remind(verbs::hold::RemindArgs),
    Solve(verbs::solve::SolveArgs),
    Merge(verbs::merge::MergeArgs),
    Reopen(verbs::merge::ReopenArgs),
    Escalate(verbs::escalate::EscalateArgs),
    Deescalate(verbs::escalate::DeescalateArgs),
    Prioritize(verbs::escalate::PrioritizeArgs),
    Assign(verbs::fields::AssignArgs),
    Cc(verbs::fields::CcArgs),
    Attach(verbs::attach::AttachArgs),
    Tag(verbs::fields::TagArgs),
    Set(verbs::fields::SetArgs),
    #[command(name = "macro")]
    Macro(verbs::macros::MacroArgs),
    Correct(verbs::correct::CorrectArgs),
    Redact(verbs::correct::RedactArgs),
    List(Box<verbs::list::ListArgs>),
    Search(Box<verbs::search::SearchArgs>),
    Show(verbs::show::ShowArgs),
    Sweep(Box<verbs::sweep::SweepArgs>),
    Log(Box<verbs::log::LogArgs>),
    Changes(verbs::changes::ChangesArgs),
    Sync(verbs::sync::SyncArgs),
    Resolve(verbs::resolve::ResolveArgs),
    GitSetup(verbs::git_setup::GitSetupArgs),
    Doctor(verbs::doctor::DoctorArgs),
    MergeFile(verbs::merge_file::MergeFileArgs),
    Textconv(verbs::textconv::TextconvArgs),
    Check(Box<verbs::check::CheckArgs>),
    Rule(verbs::rule::RuleArgs),
    Audit(verbs::audit::AuditArgs),
    Guard(verbs::guard::GuardArgs),
    Hooks(verbs::hooks::HooksArgs),
    Org(Box<verbs::org::OrgArgs>),
    Plan(verbs::plan::PlanArgs),
    Sla(Box<verbs::sla::SlaArgs>),
    Access(Box<verbs::access::AccessArgs>),
    Calendar(verbs::calendar::CalendarArgs),
    Import(verbs::import::ImportArgs),
    Schema(verbs::schema::SchemaArgs),
    Completions(verbs::completions::CompletionsArgs),
    Man(verbs::completions::ManArgs),
}
