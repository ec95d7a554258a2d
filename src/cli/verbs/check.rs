//! `check`: checks the files of a desk, each against its history and against the others.

use std::path::{Path, PathBuf};

use clap::Args;

use super::changes::{parse_range, range_error};
use crate::cli::Exit;
use crate::cli::args::CommitFlags;
use crate::cli::env::path_variable;
use crate::cli::error::CliError;
use crate::cli::report::findings::FindingsFlags;
use crate::cli::session::Session;

use crate::desk::{CheckResult, CheckScope, Command, FileCommand, check_desk, folder_in_repository};
use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::error::Error;
use crate::store::layout;

/// Check that every file is valid and agrees with the others.
///
/// Every file must parse, header and history must agree, the workflow must allow every entry, and merged tickets must
/// refer to each other.
///
/// Exits with 1 if there are errors. With warnings only, it exits with 0, or with 1 if --strict is given.
/// `casebook rule CODE` explains a finding and its repair.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook check\n  casebook check tickets/2026/11 --format concise\n  casebook check --range origin/main..HEAD --format github --report sarif=check.sarif\n  casebook check --fix -n"
)]
pub struct CheckArgs {
    /// Files or folders [default: the whole desk]
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "range"])]
    paths: Vec<PathBuf>,
    /// Check the staged files in git's index, for a pre-commit hook
    #[arg(long, conflicts_with = "range")]
    staged: bool,
    /// Check the files that differ between two revisions, as they are in the newer revision
    #[arg(long, value_name = "A..B")]
    range: Option<String>,
    /// Repair what has exactly one correct value: the header, from the history, and the end marker; prints the diff first
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
    findings: FindingsFlags,
}

impl CheckArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        self.findings.validate()?;
        let mut desk = session.desk_to_check()?;
        let scope = self.scope(session, desk.root())?;
        let mut checked = check_desk(&mut desk, &scope).map_err(range_error)?;
        if self.fix && self.repair(session, &checked.findings)? {
            desk = session.desk_to_check()?;
            checked = check_desk(&mut desk, &scope).map_err(range_error)?;
        }
        let CheckResult { findings, count } = checked;
        let from_the_top = self.findings.begins_at_the_top();
        let folder = if from_the_top { folder_in_repository(&desk)? } else { String::new() };
        let mut exit = self.findings.print(session, &findings, "check", (count, "ticket"), &folder)?;
        if matches!(scope, CheckScope::Everything | CheckScope::Paths(_)) {
            let incomplete = session.report_unreadable(desk.left_out_of(layout::TICKETS).as_slice());
            exit = if exit == Exit::Done { incomplete } else { exit };
        }
        if desk.has_pending() {
            session.output.warn(super::inbox::INTERRUPTED);
        }
        Ok(exit)
    }

    /// Returns the files that the arguments select.
    fn scope(&self, session: &Session, root: &Path) -> Result<CheckScope, CliError> {
        if self.staged {
            let index = path_variable("GIT_INDEX_FILE").map(|index| std::path::absolute(&index).unwrap_or(index));
            return Ok(CheckScope::Staged(index));
        }
        if let Some(range) = &self.range {
            return Ok(CheckScope::Range(parse_range(Some(range))?));
        }
        if self.paths.is_empty() {
            return Ok(CheckScope::Everything);
        }
        let start = session.start()?;
        let relative = |path: &PathBuf| {
            let full = normalize(&start.join(path));
            let inside = full.strip_prefix(root).map_err(|_| {
                let message = format!("`{}` is not in the desk {}", path.display(), root.display());
                Error::usage(message, "paths are relative to the folder in which the command runs")
            })?;
            full.symlink_metadata().map_err(|_| {
                Error::usage(
                    format!("there is no `{}`", path.display()),
                    "`casebook check` without paths checks the whole desk",
                )
            })?;
            Ok(inside.to_string_lossy().into_owned())
        };
        Ok(CheckScope::Paths(self.paths.iter().map(relative).collect::<Result<_, Error>>()?))
    }

    /// Repairs the tickets with fixable findings, after printing the diff. Returns whether anything was written.
    fn repair(&self, session: &Session, findings: &[Finding]) -> Result<bool, CliError> {
        // A header with an invalid field can be rebuilt too, if the history can be read.
        let may_be_fixable = |finding: &&Finding| finding.rule.is_fixable || concerns_field(finding);
        let mut tickets: Vec<Id> =
            findings.iter().filter(may_be_fixable).filter_map(|finding| finding.ticket).collect();
        tickets.dedup();
        if tickets.is_empty() {
            return Ok(false);
        }
        let flags = CommitFlags { dry_run: true, commit: self.commit, no_commit: self.no_commit };
        let mut desk = session.desk()?;
        let mut options = session.write_options(&flags)?;
        let plan = desk.perform(Command::File(FileCommand::Repair(tickets.clone())), &options)?;
        if self.findings.is_for_people() {
            session.print_plan(&plan)?;
            session.output.status("")?;
        }
        let is_fixable =
            |id: &&Id| findings.iter().any(|finding| finding.rule.is_fixable && finding.ticket == Some(**id));
        for id in tickets.iter().filter(is_fixable).filter(|id| !plan.tickets.iter().any(|ticket| ticket.id == **id)) {
            let path = layout::ticket_path(*id);
            session.output.warn(&format!("note: {path} was not repaired; `git diff -- {path}` shows what is missing"));
        }
        for finding in findings.iter().filter(|finding| *finding.rule == crate::domain::rules::FILE_NO_END) {
            if plan.changes.iter().any(|change| change.path == finding.path) {
                session.output.warn(&format!("note: {} is taken to be complete up to its last line", finding.path));
            }
        }
        if self.dry_run || plan.changes.is_empty() {
            return Ok(false);
        }
        options.dry_run = false;
        desk.perform(Command::File(FileCommand::Repair(tickets)), &options)?;
        session.print_recovery(&desk);
        Ok(true)
    }
}

/// Returns whether a finding is about one field of a file.
fn concerns_field(finding: &Finding) -> bool {
    use crate::domain::rules::{FIELD_EMPTY, FIELD_KIND, FIELD_MISSING, FIELD_UNFIT, FIELD_UNKNOWN, FILE_DOUBLED};
    [&FIELD_EMPTY, &FIELD_KIND, &FIELD_MISSING, &FIELD_UNFIT, &FIELD_UNKNOWN, &FILE_DOUBLED].contains(&finding.rule)
}

/// Returns a path without `.` and `..`. It does not follow links.
fn normalize(path: &Path) -> PathBuf {
    let mut normalized = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => _ = normalized.pop(),
            part => normalized.push(part),
        }
    }
    normalized
}
