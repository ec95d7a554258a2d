//! The verbs, one file each: the flags of the verb, whose doc comments are its help and manual page, and `run`.

pub mod access;
pub mod assign;
pub mod attach;
pub mod audit;
pub mod calendar;
pub mod cc;
pub mod changes;
pub mod check;
pub mod completions;
pub mod correct;
pub mod demo;
pub mod doctor;
pub mod escalate;
pub mod git_setup;
pub mod guard;
pub mod hold;
pub mod hooks;
pub mod import;
pub mod init;
pub mod list;
pub mod log;
pub mod macros;
pub mod man;
pub mod merge;
pub mod merge_file;
pub mod note;
pub mod open;
pub mod org;
mod overview;
pub mod plan;
pub mod prioritize;
pub mod redact;
pub mod remind;
pub mod reopen;
pub mod reply;
pub mod resolve;
pub mod resume;
pub mod rule;
pub mod schema;
pub mod search;
pub mod set;
pub mod show;
pub mod sla;
pub mod solve;
pub mod sweep;
pub mod sync;
pub mod tag;
pub mod textconv;

use clap::{CommandFactory, Parser, Subcommand};

use super::error::CliError;
use super::exit::Exit;
use super::session::Session;
use super::session::global_flags::GlobalFlags;

/// A support desk in a git repository: every ticket a YAML file, every command one clean commit.
#[derive(Debug, Parser)]
#[command(name = "casebook", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Without a verb: an overview of the desk.\nText comes from -m TEXT, -F FILE, -F - or your editor.\n\
    Try `casebook demo` for a desk to explore."
)]
pub struct Arguments {
    /// The flags that every verb has.
    #[command(flatten)]
    pub global: GlobalFlags,
    /// The verb. None prints the overview.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Returns the command line of the program, for help, completions and reference pages.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// The verbs. The variants have no comments, since a comment would hide the longer help of the variant's struct.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Verb {
    Init(init::InitArgs),
    Demo(demo::DemoArgs),
    Open(open::OpenArgs),
    Reply(reply::ReplyArgs),
    Note(note::NoteArgs),
    Hold(hold::HoldArgs),
    Resume(resume::ResumeArgs),
    Remind(remind::RemindArgs),
    Solve(solve::SolveArgs),
    Merge(merge::MergeArgs),
    Reopen(reopen::ReopenArgs),
    Escalate(escalate::EscalateArgs),
    Deescalate(escalate::DeescalateArgs),
    Prioritize(prioritize::PrioritizeArgs),
    Assign(assign::AssignArgs),
    Cc(cc::CcArgs),
    Attach(attach::AttachArgs),
    Tag(tag::TagArgs),
    Set(set::SetArgs),
    #[command(name = "macro")]
    Macro(macros::MacroArgs),
    Correct(correct::CorrectArgs),
    Redact(redact::RedactArgs),
    List(Box<list::ListArgs>),
    Search(Box<search::SearchArgs>),
    Show(show::ShowArgs),
    Sweep(Box<sweep::SweepArgs>),
    Log(Box<log::LogArgs>),
    Changes(changes::ChangesArgs),
    Sync(sync::SyncArgs),
    Resolve(resolve::ResolveArgs),
    GitSetup(git_setup::GitSetupArgs),
    Doctor(doctor::DoctorArgs),
    MergeFile(merge_file::MergeFileArgs),
    Textconv(textconv::TextconvArgs),
    Check(Box<check::CheckArgs>),
    Rule(rule::RuleArgs),
    Audit(audit::AuditArgs),
    Guard(guard::GuardArgs),
    Hooks(hooks::HooksArgs),
    Org(Box<org::OrgArgs>),
    Plan(plan::PlanArgs),
    Sla(Box<sla::SlaArgs>),
    Access(Box<access::AccessArgs>),
    Calendar(calendar::CalendarArgs),
    Import(import::ImportArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs a verb, or prints the overview.
pub(super) fn run(session: &Session, verb: Option<Verb>) -> Result<Exit, CliError> {
    let Some(verb) = verb else { return overview::run(session) };
    match verb {
        Verb::Init(init) => init.run(session),
        Verb::Demo(demo) => demo.run(session),
        Verb::Open(open) => open.run(session),
        Verb::Reply(reply) => reply.run(session),
        Verb::Note(note) => note.run(session),
        Verb::Hold(hold) => hold.run(session),
        Verb::Resume(resume) => resume.run(session),
        Verb::Remind(remind) => remind.run(session),
        Verb::Solve(solve) => solve.run(session),
        Verb::Merge(merge) => merge.run(session),
        Verb::Reopen(reopen) => reopen.run(session),
        Verb::Escalate(escalate) => escalate.run(session),
        Verb::Deescalate(deescalate) => deescalate.run(session),
        Verb::Prioritize(prioritize) => prioritize.run(session),
        Verb::Assign(assign) => assign.run(session),
        Verb::Cc(cc) => cc.run(session),
        Verb::Attach(attach) => attach.run(session),
        Verb::Tag(tag) => tag.run(session),
        Verb::Set(set) => set.run(session),
        Verb::Macro(macro_) => macro_.run(session),
        Verb::Correct(correct) => correct.run(session),
        Verb::Redact(redact) => redact.run(session),
        Verb::List(list) => list.run(session),
        Verb::Search(search) => search.run(session),
        Verb::Show(show) => show.run(session),
        Verb::Log(log) => log.run(session),
        Verb::Calendar(calendar) => calendar.run(session),
        Verb::Changes(changes) => changes.run(session),
        Verb::Check(check) => check.run(session),
        Verb::Sweep(sweep) => sweep.run(session),
        Verb::Sync(sync) => sync.run(session),
        Verb::Resolve(resolve) => resolve.run(session),
        Verb::Doctor(doctor) => doctor.run(session),
        Verb::GitSetup(setup) => setup.run(session),
        Verb::MergeFile(merge) => merge.run(session),
        Verb::Textconv(textconv) => textconv.run(session),
        Verb::Rule(rule) => rule.run(session),
        Verb::Audit(audit) => audit.run(session),
        Verb::Guard(guard) => guard.run(session),
        Verb::Hooks(hooks) => hooks.run(session),
        Verb::Org(org) => org.run(session),
        Verb::Plan(plan) => plan.run(session),
        Verb::Sla(sla) => sla.run(session),
        Verb::Access(access) => access.run(session),
        Verb::Import(import) => import.run(session),
        Verb::Schema(schema) => schema.run(session),
        Verb::Completions(completions) => completions.run(session),
        Verb::Man(man) => man.run(session),
    }
}
