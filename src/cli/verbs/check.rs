//! `check`: whether every file is sound, says the same as its history, and agrees with the others.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::super::Exit;
use super::super::arguments::WriteFlags;
use super::super::complaint::Complaint;
use super::super::session::{Session, variable};
use super::changes::{complain, stretch};
use crate::casebook::{Checked, Scope, Work};
use crate::domain::finding::Finding;
use crate::domain::id::Id;
use crate::domain::rule::Severity;
use crate::error::Error;
use crate::store::layout;
use crate::view::findings::{Form, Run, summary, told};
use crate::view::paint::Paint;

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
pub struct Check {
    /// Files or folders [default: the whole desk]
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "range"])]
    paths: Vec<PathBuf>,
    /// What is staged, as it is staged: for a pre-commit hook
    #[arg(long, conflicts_with = "range")]
    staged: bool,
    /// What differs between two revisions, as it is in the newer one
    #[arg(long, value_name = "A..B")]
    range: Option<String>,
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
    /// In which form to tell it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Told::Full)]
    format: Told,
    /// Print the findings as a JSON array: the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Write the findings into a file too, in another form; can be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    report: Vec<(Told, PathBuf)>,
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
}

/// The forms findings are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Told {
    /// For people: a line for each, and the line of the file
    Full,
    /// For people: a line for each
    Concise,
    /// A JSON array
    Json,
    /// A JSON object on each line
    Jsonl,
    /// Annotations of GitHub
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// JUnit's XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
}

impl Told {
    pub(in crate::cli) const fn form(self) -> Form {
        match self {
            Self::Full => Form::Full,
            Self::Concise => Form::Concise,
            Self::Json => Form::Json,
            Self::Jsonl => Form::Lines,
            Self::Github => Form::Github,
            Self::Gitlab => Form::Gitlab,
            Self::Junit => Form::Junit,
            Self::Sarif => Form::Sarif,
        }
    }
}

/// `FORMAT=FILE`.
pub(in crate::cli) fn report(words: &str) -> Result<(Told, PathBuf), String> {
    let (format, file) =
        words.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("FORMAT=FILE belongs here")?;
    Ok((Told::from_str(format, false)?, PathBuf::from(file)))
}

impl Check {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let mut casebook = session.unsound_casebook()?;
        let scope = self.scope(session, casebook.root())?;
        let mut checked = casebook.check(&scope).map_err(complain)?;
        if self.fix && self.mend(session, &checked.findings)? {
            casebook = session.unsound_casebook()?;
            checked = casebook.check(&scope).map_err(complain)?;
        }
        let Checked { findings, count } = checked;
        let run = Run {
            verb: "check",
            version: env!("CARGO_PKG_VERSION"),
            noun: "ticket",
            count,
            is_strict: self.strict,
            paint: Paint { colour: session.output.colour },
        };
        let form = if self.json { Form::Json } else { self.format.form() };
        session.output.print(&told(form, &findings, &run))?;
        if form.is_for_people() {
            session.output.say(&summary(&findings, &run))?;
        }
        let plain = Run { paint: Paint::PLAIN, ..run };
        for (form, file) in &self.report {
            std::fs::write(file, told(form.form(), &findings, &plain)).map_err(Error::io(file, "write"))?;
        }
        if casebook.has_pending() {
            session.output.warn("note: a command was interrupted; the next one that writes brings it to its end");
        }
        let counts = |finding: &Finding| self.strict || finding.severity == Severity::Error;
        Ok(if findings.iter().any(counts) { Exit::Found } else { Exit::Done })
    }

    fn scope(&self, session: &Session, root: &Path) -> Result<Scope, Complaint> {
        if self.staged {
            let index = variable("GIT_INDEX_FILE").map(|index| std::path::absolute(&index).unwrap_or(index.into()));
            return Ok(Scope::Staged(index));
        }
        if let Some(range) = &self.range {
            return Ok(Scope::Range(stretch(Some(range))));
        }
        if self.paths.is_empty() {
            return Ok(Scope::Everything);
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
        Ok(Scope::Paths(self.paths.iter().map(below).collect::<Result<_, Error>>()?))
    }

    /// Mends what can be mended, through the one door, and shows it first. Says whether anything was written.
    fn mend(&self, session: &Session, findings: &[Finding]) -> Result<bool, Complaint> {
        let fixable = findings.iter().filter(|finding| finding.rule.is_fixable);
        let mut ids: Vec<Id> = fixable.filter_map(|finding| finding.ticket).collect();
        ids.dedup();
        if ids.is_empty() {
            return Ok(false);
        }
        let flags = WriteFlags { dry_run: true, key: None, commit: self.commit, no_commit: self.no_commit, json: None };
        let mut casebook = session.casebook()?;
        let mut terms = session.terms(&flags)?;
        let plan = casebook.perform(Work::Mend(ids.clone()), &terms)?;
        let is_for_people = !self.json && self.format.form().is_for_people();
        if is_for_people {
            session.tell_plan(&plan)?;
            session.output.say("")?;
        }
        for id in ids.iter().filter(|id| !plan.tickets.iter().any(|ticket| ticket.id == **id)) {
            let path = layout::ticket_path(*id);
            session.output.warn(&format!("note: {path} is left as it is: `git diff -- {path}` shows what is missing"));
        }
        for finding in findings.iter().filter(|finding| *finding.rule == crate::domain::rule::FILE_NO_END) {
            if plan.changes.iter().any(|change| change.path == finding.path) {
                session.output.warn(&format!("note: {} is taken for whole up to its last line", finding.path));
            }
        }
        if self.dry_run || plan.changes.is_empty() {
            return Ok(false);
        }
        terms.dry_run = false;
        casebook.perform(Work::Mend(ids), &terms)?;
        Ok(true)
    }
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
