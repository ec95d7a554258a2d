//! `guard`: a git hook that refuses pushes that rewrite, remove or forge history, or that the pusher may not make.

use std::io::Read;

use chrono::TimeDelta;
use clap::Args;

use super::audit::duration_arg;
use crate::cli::Exit;
use crate::cli::env::variable;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{AuditReport, Hook, PushGuard, Pusher};
use crate::domain::people::person::Person;
use crate::domain::rules::Severity;
use crate::error::Error;
use crate::store::git::{RefChange, Repository};
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render};

/// Refuse pushes that break the rules of the desk; git runs it as a hook.
///
/// It refuses: removed, edited or moved entries; deleted or moved tickets; branches that lose commits; entries that the
/// workflow, casebook.toml or the organizations, as they were before the push, do not allow; errors of `casebook check`
/// in the files that are pushed; entries of another person, unless an agent pushes them and the commit names that
/// person; other files and refs, from customers; entries dated in the future. `casebook hooks install` installs it.
///
/// The pusher is the person given with --pusher, else the one that git's setting `casebook.pusher` names (a variable,
/// or `signature` for the signer of each commit), else CASEBOOK_PUSHER, GITEA_PUSHER_EMAIL, GL_USER or REMOTE_USER. A
/// name without @ is completed by git's setting `casebook.pusherDomain`.
#[derive(Debug, Args)]
pub struct GuardArgs {
    /// The hook that git runs
    #[arg(value_enum, value_name = "HOOK", default_value = "pre-receive")]
    hook: Hook,
    /// The arguments that git gives the hook
    #[arg(value_name = "ARGUMENT")]
    given: Vec<String>,
    /// The person who pushes
    #[arg(long, value_name = "WHO")]
    pusher: Option<String>,
    /// The desk's folder in the repository, if it is not the top
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// The largest accepted difference between clocks
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = duration_arg)]
    tolerance: TimeDelta,
    /// Treat warnings as errors
    #[arg(long)]
    strict: bool,
}

impl GuardArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let start = session.start()?;
        let pusher = self.pusher(&start)?;
        let desk = self.desk.as_ref().map(|desk| format!("{}/", desk.trim_matches('/'))).filter(|desk| desk != "/");
        let guard = PushGuard::at(&start, desk.as_deref(), pusher, &session.environment, self.tolerance)?;
        let report = match self.hook {
            Hook::PreCommit => guard.staged()?,
            Hook::Update => guard.receive(&[self.given_ref()?])?,
            Hook::PreReceive => guard.receive(&read_refs()?)?,
        };
        self.print_findings(session, &report)
    }

    /// Returns the ref that git names in the arguments of the hook `update`.
    fn given_ref(&self) -> Result<RefChange, CliError> {
        match self.given.as_slice() {
            [name, old, new] => match [old, new].into_iter().find(|end| !is_object_name(end)) {
                None => Ok(RefChange::of(name, old, new)),
                Some(end) => Err(not_an_object_name(end)),
            },
            _ => Err(CliError::usage(
                "the hook `update` takes three arguments: REF OLD NEW",
                "git runs this hook with its arguments",
            )),
        }
    }

    /// Returns the pusher: from the flag, git's settings, or the variables that servers set.
    fn pusher(&self, start: &std::path::Path) -> Result<Pusher, CliError> {
        if self.hook == Hook::PreCommit {
            return Ok(Pusher::Unknown);
        }
        let repository = Repository::for_hook(start);
        let setting = |name: &str| repository.setting(name).map_err(Error::from);
        let name = match &self.pusher {
            Some(pusher) => Some(pusher.clone()),
            None => match setting("casebook.pusher")? {
                Some(source) if source == "signature" => return Ok(Pusher::Signers),
                Some(source) => variable(&source),
                None => variable("CASEBOOK_PUSHER")
                    .or_else(|| variable("GITEA_PUSHER_EMAIL"))
                    .or_else(|| variable("GL_USER"))
                    .or_else(|| variable("REMOTE_USER")),
            },
        };
        let Some(mut name) = name else { return Ok(Pusher::Unknown) };
        if !name.contains('@')
            && let Some(domain) = setting("casebook.pusherDomain")?
        {
            name = format!("{name}@{domain}");
        }
        let person = Person::from_address(&name).map_err(|error| {
            Error::usage(
                format!("cannot determine the pusher: {error}"),
                "`git config casebook.pusherDomain DOMAIN` in the server's repository completes names to addresses",
            )
        })?;
        Ok(Pusher::Named(person))
    }

    /// Prints the findings, the result and the repairs of the broken rules. Returns the exit code.
    fn print_findings(&self, session: &Session, report: &AuditReport) -> Result<Exit, CliError> {
        let run = ReportSource {
            verb: "guard",
            version: env!("CARGO_PKG_VERSION"),
            noun: "commit",
            folder: "",
            count: report.commits,
            is_strict: self.strict,
            color_mode: ColorMode { is_colored: session.output.color },
        };
        session.output.print(&render(ReportFormat::Concise, &report.findings, &run))?;
        if !report.has_any(self.strict) {
            return Ok(Exit::Done);
        }
        let mut rules: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| self.strict || finding.severity == Severity::Error)
            .map(|finding| finding.rule)
            .collect();
        rules.sort_by_key(|rule| rule.code);
        rules.dedup();
        let result = if self.hook == Hook::PreCommit { "the commit is refused" } else { "the push is refused" };
        let hints: String = rules.iter().map(|rule| format!("  {} {}\n", rule.code, rule.text().repair)).collect();
        session.output.print(&format!("casebook: {result}; nothing was changed\n{hints}"))?;
        Ok(Exit::Found)
    }
}

/// Reads the refs that git names on standard input of the hook `pre-receive`.
fn read_refs() -> Result<Vec<RefChange>, CliError> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(Error::io("standard input", "read"))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &str| {
        let change = RefChange::of_line(line).ok_or_else(|| {
            Error::usage(
                format!("`{line}` is not a line of `pre-receive`: expected OLD NEW REF"),
                "git runs this hook with its input",
            )
        })?;
        match line.split(' ').take(2).find(|end| !is_object_name(end)) {
            None => Ok(change),
            Some(end) => Err(not_an_object_name(end)),
        }
    };
    lines.map(read).collect()
}

/// Returns whether a word is the full name of a git object, as git gives it to hooks.
fn is_object_name(word: &str) -> bool {
    [40, 64].contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns the error for a word that is not the full name of a git object.
fn not_an_object_name(word: &str) -> CliError {
    let hint = "git runs this hook with full object names: 40 or 64 hexadecimal digits, all zero for no object";
    CliError::usage(format!("`{word}` is not an object name"), hint)
}
