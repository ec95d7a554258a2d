//! `check`: whether every file is sound, says the same as its history, and agrees with the others.

use std::path::{Path, PathBuf};

use clap::Args;

use super::changes::{range_error, stretch};
use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::error::CliError;
use crate::cli::report::findings::FindingsFlags;
use crate::cli::session::{Session, variable};
use crate::desk::{CheckResult, CheckScope, Command, FileCommand};
use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::layout;

/// Check that every file is sound.
///
/// Every file parses, header and history agree, the workflow allowed every entry, and merged tickets know each other.
///
/// Ends with 1 if an error was found. Warnings alone end with 0, unless --strict. `casebook rule CODE` explains what a
/// finding means and what to do.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook check\n  casebook check tickets/2026/11 --format concise\n  casebook check --range origin/main..HEAD --format github --report sarif=check.sarif\n  casebook check --fix -n"
)]
pub struct CheckArgs {
    /// Files or folders [default: the whole desk]
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "range"])]
    paths: Vec<PathBuf>,
    /// What is staged, as it is staged: for a pre-commit hook
    #[arg(long, conflicts_with = "range")]
    staged: bool,
    /// What differs between two revisions, as it is in the newer one
    #[arg(long, value_name = "A..B")]
    range: Option<String>,
    /// Mend what has exactly one right answer: the header, from the history, and the end marker; shows the diff first
    #[arg(long, conflicts_with_all = ["staged", "range"])]
    fix: bool,
    /// With --fix: show the diff and the commit message, and write nothing
    #[arg(short = 'n', long, requires = "fix")]
    dry_run: bool,
    /// With --fix: commit, whatever casebook.toml says
    #[arg(long, requires = "fix", conflicts_with = "no_commit")]
    commit: bool,
    /// With --fix: do not commit, whatever casebook.toml says
    #[arg(long, requires = "fix")]
    no_commit: bool,
    #[command(flatten)]
    telling: FindingsFlags,
}

impl CheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.telling.exit_code()?;
        let mut casebook = session.unsound_casebook()?;
        let scope = self.scope(session, casebook.root())?;
        let mut checked = casebook.check(&scope).map_err(range_error)?;
        if self.fix && self.mend(session, &checked.findings)? {
            casebook = session.unsound_casebook()?;
            checked = casebook.check(&scope).map_err(range_error)?;
        }
        let CheckResult { findings, count } = checked;
        let from_the_top = self.telling.begins_at_the_top();
        let folder = if from_the_top { casebook.folder_in_repository()? } else { String::new() };
        let exit = self.telling.print(session, &findings, "check", (count, "ticket"), &folder)?;
        if casebook.has_pending() {
            session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
        }
        Ok(exit)
    }

    fn scope(&self, session: &Session, root: &Path) -> Result<CheckScope, CliError> {
        if self.staged {
            let index = variable("GIT_INDEX_FILE").map(|index| std::path::absolute(&index).unwrap_or(index.into()));
            return Ok(CheckScope::Staged(index));
        }
        if let Some(range) = &self.range {
            return Ok(CheckScope::Range(stretch(Some(range))?));
        }
        if self.paths.is_empty() {
            return Ok(CheckScope::Everything);
        }
        let start = session.start()?;
        let below = |path: &PathBuf| {
            let full = clean(&start.join(path));
            let inside = full.strip_prefix(root).map_err(|_| {
                let message = format!("`{}` does not lie in the desk", path.display());
                Error::usage(message, "paths begin in the folder the command is run in")
            })?;
            full.symlink_metadata().map_err(|_| {
                Error::usage(
                    format!("there is no `{}`", path.display()),
                    "`casebook check` alone checks the whole desk",
                )
            })?;
            Ok(inside.to_string_lossy().into_owned())
        };
        Ok(CheckScope::Paths(self.paths.iter().map(below).collect::<Result<_, Error>>()?))
    }

    /// Mends what can be mended, through the one door, and shows it first. Says whether anything was written.
    fn mend(&self, session: &Session, findings: &[Finding]) -> Result<bool, CliError> {
        // A header that cannot be read follows from the history as well, where that can.
        let may_be = |finding: &&Finding| finding.rule.is_fixable || is_about_a_field(finding);
        let mut ids: Vec<Id> = findings.iter().filter(may_be).filter_map(|finding| finding.ticket).collect();
        ids.dedup();
        if ids.is_empty() {
            return Ok(false);
        }
        let flags = CommitFlags { dry_run: true, commit: self.commit, no_commit: self.no_commit };
        let mut casebook = session.casebook()?;
        let mut terms = session.write_options(&flags)?;
        let plan = casebook.perform(Command::File(FileCommand::Repair(ids.clone())), &terms)?;
        if self.telling.is_for_people() {
            session.print_plan(&plan)?;
            session.output.status("")?;
        }
        let is_known =
            |id: &&Id| findings.iter().any(|finding| finding.rule.is_fixable && finding.ticket == Some(**id));
        for id in ids.iter().filter(is_known).filter(|id| !plan.tickets.iter().any(|ticket| ticket.id == **id)) {
            let path = layout::ticket_path(*id);
            session.output.warn(&format!("note: {path} is left as it is: `git diff -- {path}` shows what is missing"));
        }
        for finding in findings.iter().filter(|finding| *finding.rule == crate::domain::rules::FILE_NO_END) {
            if plan.changes.iter().any(|change| change.path == finding.path) {
                session.output.warn(&format!("note: {} is taken for whole up to its last line", finding.path));
            }
        }
        if self.dry_run || plan.changes.is_empty() {
            return Ok(false);
        }
        terms.dry_run = false;
        casebook.perform(Command::File(FileCommand::Repair(ids)), &terms)?;
        Ok(true)
    }
}

/// Whether something is wrong with a field of a file, wherever in it.
fn is_about_a_field(finding: &Finding) -> bool {
    use crate::domain::rules::{FIELD_EMPTY, FIELD_KIND, FIELD_MISSING, FIELD_UNFIT, FIELD_UNKNOWN, FILE_DOUBLED};
    [&FIELD_EMPTY, &FIELD_KIND, &FIELD_MISSING, &FIELD_UNFIT, &FIELD_UNKNOWN, &FILE_DOUBLED].contains(&finding.rule)
}

/// A path without `.` and `..`, as far as that can be said without asking the disk.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => _ = clean.pop(),
            part => clean.push(part),
        }
    }
    clean
}
