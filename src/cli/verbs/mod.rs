//! The verbs, a file each or for a group of small ones: the flags of the verb, whose doc comments are its help and manual
//! page, and `run`.

pub mod access;
pub mod assign;
pub mod audit;
pub mod calendar;
pub mod changes;
pub mod check;
pub mod completions;
pub mod config;
pub mod correct;
pub mod demo;
pub mod doctor;
pub mod escalate;
pub mod git_setup;
pub mod guard;
pub mod help;
pub mod hold;
pub mod hooks;
pub mod import;
pub mod inbox;
pub mod init;
pub mod list;
pub mod log;
pub mod macros;
pub mod man;
pub mod merge;
pub mod merge_file;
mod missing;
pub mod open;
pub mod org;
pub mod plan;
pub mod reply;
pub mod resolve;
pub mod rule;
pub mod schema;
pub mod search;
pub mod set;
pub mod show;
pub mod sla;
pub mod solve;
pub mod sweep;
pub mod sync;
pub mod team;
pub mod textconv;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::error::CliError;
use super::exit::Exit;
use super::session::Session;
use super::session::global_flags::GlobalFlags;
pub(super) use missing::ask_for_missing;

/// A support desk in a git repository: every ticket a YAML file, every command one clean commit.
#[derive(Debug, Parser)]
#[command(name = "casebook", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    subcommand_value_name = "VERB",
    after_help = "Without a verb: your inbox.\nText comes from -m TEXT, -F FILE, -F - or your editor.\n\
    Try `casebook demo` for a desk to explore."
)]
pub struct Arguments {
    /// The flags that every verb has.
    #[command(flatten)]
    pub global: GlobalFlags,
    /// The verb. None prints the inbox.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Returns the command line of the program, for help, completions and reference pages.
pub fn command() -> Command {
    help::arranged(Arguments::command())
}

/// Defines the verbs: the variant, the name, other names that are accepted, and the arguments of each.
macro_rules! verbs {
    ($($verb:ident($name:literal $(| $alias:literal)*, $arguments:ty)),+ $(,)?) => {
        /// The verbs. The variants have no comments; the help of a verb is the comment of its arguments.
        #[allow(missing_docs)]
        #[derive(Debug)]
        pub enum Verb { $($verb($arguments)),+ }

        impl Verb {
            /// The names of each verb; the first is its own.
            const NAMES: &[&[&str]] = &[$(&[$name $(, $alias)*]),+];

            /// Adds the verbs that are wanted to the command line.
            fn add_to(mut line: Command, is_wanted: impl Fn(&str) -> bool) -> Command {
                $(if is_wanted($name) {
                    const ALIASES: &[&str] = &[$($alias),*];
                    let verb = Command::new($name).aliases(ALIASES);
                    line = line.subcommand(<$arguments as Args>::augment_args(verb));
                })+
                line
            }

            /// Runs the verb.
            fn run(self, session: &Session) -> Result<Exit, CliError> {
                match self { $(Self::$verb(arguments) => arguments.run(session).map(Exit::from)),+ }
            }
        }

        impl FromArgMatches for Verb {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                match matches.subcommand() {
                    $(Some(($name, matches)) => Ok(Self::$verb(<$arguments>::from_arg_matches(matches)?)),)+
                    _ => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
                }
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }
    };
}

verbs! {
    Init("init", init::InitArgs),
    Demo("demo", demo::DemoArgs),
    Open("open" | "new", open::OpenArgs),
    Reply("reply", reply::ReplyArgs),
    Note("note" | "comment", reply::NoteArgs),
    Hold("hold", hold::HoldArgs),
    Resume("resume", hold::ResumeArgs),
    Remind("remind", reply::RemindArgs),
    Solve("solve" | "close", solve::SolveArgs),
    Merge("merge", merge::MergeArgs),
    Reopen("reopen", solve::ReopenArgs),
    Escalate("escalate", escalate::EscalateArgs),
    Deescalate("deescalate", escalate::DeescalateArgs),
    Prioritize("prioritize" | "prioritise", set::PrioritizeArgs),
    Assign("assign", assign::AssignArgs),
    Take("take", assign::TakeArgs),
    Cc("cc", set::CcArgs),
    Attach("attach", reply::AttachArgs),
    Tag("tag", set::TagArgs),
    Set("set", set::SetArgs),
    Macro("macro", macros::MacroArgs),
    Correct("correct", correct::CorrectArgs),
    Redact("redact", correct::RedactArgs),
    List("list" | "ls", Box<list::ListArgs>),
    Search("search", Box<search::SearchArgs>),
    Show("show" | "view", show::ShowArgs),
    Sweep("sweep", Box<sweep::SweepArgs>),
    Log("log", Box<log::LogArgs>),
    Changes("changes", changes::ChangesArgs),
    Sync("sync", sync::SyncArgs),
    Resolve("resolve", resolve::ResolveArgs),
    GitSetup("git-setup", git_setup::GitSetupArgs),
    Doctor("doctor", doctor::DoctorArgs),
    MergeFile("merge-file", merge_file::MergeFileArgs),
    Textconv("textconv", textconv::TextconvArgs),
    Check("check", Box<check::CheckArgs>),
    Rule("rule", rule::RuleArgs),
    Audit("audit", audit::AuditArgs),
    Guard("guard", guard::GuardArgs),
    Hooks("hooks", hooks::HooksArgs),
    Org("org", Box<org::OrgArgs>),
    Plan("plan", plan::PlanArgs),
    Config("config", config::ConfigArgs),
    Team("team", team::TeamArgs),
    Sla("sla", Box<sla::SlaArgs>),
    Access("access", Box<access::AccessArgs>),
    Calendar("calendar", calendar::CalendarArgs),
    Import("import", import::ImportArgs),
    Schema("schema", schema::SchemaArgs),
    Completions("completions", completions::CompletionsArgs),
    Man("man", man::ManArgs),
    Help("help", help::HelpArgs),
    Status("status", inbox::StatusArgs),
}

impl Verb {
    /// Returns the own name of the verb that a word names.
    fn named(word: &str) -> Option<&'static str> {
        Self::NAMES.iter().find(|names| names.contains(&word)).map(|names| names[0])
    }
}

impl Subcommand for Verb {
    fn augment_subcommands(line: Command) -> Command {
        Self::add_to(line, |_| true)
    }

    fn augment_subcommands_for_update(line: Command) -> Command {
        Self::augment_subcommands(line)
    }

    fn has_subcommand(name: &str) -> bool {
        Self::named(name).is_some()
    }
}

/// Parses a command line. To describe all verbs to clap takes longer than to run most of them, so only the first verb that
/// the line names is described. Everything else, such as help and errors, is left to the complete command line.
///
/// # Errors
/// The line is invalid, or asks for help or the version.
pub(super) fn parse(words: &[OsString]) -> Result<Arguments, clap::Error> {
    let matches = match line_of(words).try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayVersion => return Err(error),
        Err(_) => command().try_get_matches_from(words).map_err(without_risky_tips)?,
    };
    Arguments::from_arg_matches(&matches)
}

/// Returns the command line with the first verb that the words name.
fn line_of(words: &[OsString]) -> Command {
    let named = words.iter().skip(1).find_map(|word| Verb::named(word.to_str()?));
    let line = GlobalFlags::augment_args(Command::new("casebook").version(env!("CARGO_PKG_VERSION")));
    Verb::add_to(line.disable_help_subcommand(true), |name| named == Some(name))
}

/// Returns the global flags of a command line that is not complete. None if they are invalid.
fn global_flags(words: &[OsString]) -> Option<GlobalFlags> {
    let matches = line_of(words).ignore_errors(true).try_get_matches_from(words).ok()?;
    GlobalFlags::from_arg_matches(&matches).ok()
}

/// Removes the tips for an unknown verb that must not be followed in haste. Other names of verbs are not tips.
fn without_risky_tips(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::Strings(mut tips)) = error.remove(ContextKind::SuggestedSubcommand) {
        tips.retain(|tip| Verb::named(tip).is_none_or(|verb| verb == tip) && help::may_be_tip(tip));
        if !tips.is_empty() {
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(tips));
        }
    }
    error
}

/// Runs a verb, or prints the inbox.
pub(super) fn run(session: &Session, verb: Option<Verb>) -> Result<Exit, CliError> {
    match verb {
        None => inbox::run(session),
        Some(verb) => verb.run(session),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_verb_is_parsed_as_among_all() {
        for line in [
            "casebook",
            "casebook show 01M7 --json=id,subject",
            "casebook -C desk --as ana@acme.example show 01M7 --raw --no-index",
            "casebook list status:open --sort -updated --limit 3 -q",
            "casebook list --color never -p S1,S2 --count",
            "casebook reply 01M7 -m -x --keep-open --commit",
            "casebook open -s -x -p P2 --cc bo@acme.example -m one -m two -q",
            "casebook solve 01M7 --resolution bug_reported --bug B-1 --bug-priority S2 --eta 2026-12-01",
            "casebook -v solve show",
            "casebook merge-file .merge_file_a .merge_file_b .merge_file_c 7 tickets/2026/11/x.yaml",
            "casebook org person add acme ana@acme.example --role admin",
            "casebook calendar check",
            "casebook tag 01M7 --add show",
            "casebook tag show --help",
            "casebook --as list@acme.example -C show list",
            "casebook --lang fr",
            "casebook show",
            "casebook --help",
            "casebook lsit show",
            "casebook -C desk ls status:open -q",
            "casebook close 01M7 -m Done",
            "casebook status --lang fr",
            "casebook take 01M7 -n",
            "casebook list --version",
            "casebook hold 01M7 --reason enginering",
            "casebook -q -v show 01M7",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let one = parse(&words).map_err(|error| error.to_string());
            let all = command().try_get_matches_from(&words).map_err(without_risky_tips);
            let all = all.and_then(|all| Arguments::from_arg_matches(&all)).map_err(|error| error.to_string());
            assert_eq!(format!("{one:?}"), format!("{all:?}"), "{line}");
        }
    }

    #[test]
    fn the_version_needs_no_description_of_verbs() {
        let version = parse(&["casebook", "--version"].map(OsString::from)).expect_err("a version");
        assert_eq!(version.to_string(), format!("casebook {}\n", env!("CARGO_PKG_VERSION")));
    }
}
