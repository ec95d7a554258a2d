//! One file per verb, or per handful of sisters: the flags it takes, whose comments are its help, and `run`.

pub mod access;
pub mod attach;
pub mod audit;
pub mod calendar;
pub mod changes;
pub mod check;
pub mod completions;
pub mod correct;
pub mod demo;
pub mod doctor;
pub mod escalate;
pub mod fields;
pub mod git_setup;
pub mod guard;
pub mod hold;
pub mod hooks;
pub mod import;
pub mod init;
pub mod list;
pub mod log;
pub mod macros;
pub mod merge;
pub mod merge_file;
pub mod open;
pub mod org;
pub(super) mod overview;
pub mod plan;
pub mod reply;
pub mod resolve;
pub mod rule;
pub mod schema;
pub mod search;
pub mod show;
pub mod sla;
pub mod solve;
pub mod sweep;
pub mod sync;
pub mod textconv;

use super::Exit;
use super::args::Verb;
use super::error::CliError;
use super::session::Session;

/// Runs a verb.
pub(super) fn run(session: &Session, verb: Verb) -> Result<Exit, CliError> {
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
        Verb::Macro(known) => known.run(session),
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
