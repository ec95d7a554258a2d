//! `guard`: as git's hook, refuses what rewrites, removes or forges history, or is not the pusher's to bring.

use std::io::Read;

use chrono::TimeDelta;
use clap::{Args, ValueEnum};

use super::audit::span;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::{Session, variable};
use crate::desk::{AuditReport, Hook, PushGuard, Pusher};
use crate::domain::people::person::Person;
use crate::domain::rules::Severity;
use crate::error::Error;
use crate::store::git::{RefChange, Repository};
use crate::view::colors::ColorMode;
use crate::view::findings::{ReportFormat, ReportSource, render};

/// Refuse what a push may not carry; run by git, as a hook.
///
/// Refused are: entries that are gone, edited or moved; deleted or moved tickets; branches that lose commits; entries
/// that the workflow, casebook.toml or the organisations, as they were before the push, do not allow; what `casebook
/// check` calls an error, in the files that are pushed; entries of somebody else, unless an agent brings them and the
/// commit says whose they are; other files and refs, from customers; entries of a time that has not come yet. `casebook hooks install` sets it up.
///
/// Who pushes: --pusher, else what git's setting `casebook.pusher` names (a variable, or `signature`: whoever signed
/// each commit), else CASEBOOK_PUSHER, GITEA_PUSHER_EMAIL, GL_USER or REMOTE_USER. A name without @ is completed by git's
/// setting `casebook.pusherDomain`.
#[derive(Debug, Args)]
pub struct GuardArgs {
    /// Which hook it is
    #[arg(value_enum, value_name = "HOOK", default_value = "pre-receive")]
    hook: HookName,
    /// What git gives the hook
    #[arg(value_name = "ARGUMENT")]
    given: Vec<String>,
    /// Who pushes
    #[arg(long, value_name = "WHO")]
    pusher: Option<String>,
    /// The desk's folder in the repository, where it is not its top
    #[arg(long, value_name = "FOLDER")]
    desk: Option<String>,
    /// How far clocks may differ
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = span)]
    tolerance: TimeDelta,
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
}

/// A hook of git's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HookName {
    /// Before a push changes anything; reads the refs from standard input
    PreReceive,
    /// Before a push changes a ref; is given the ref and both ends
    Update,
    /// Before a commit is made; looks at what is staged
    PreCommit,
}

impl HookName {
    pub(super) const fn hook(self) -> Hook {
        match self {
            Self::PreReceive => Hook::PreReceive,
            Self::Update => Hook::Update,
            Self::PreCommit => Hook::PreCommit,
        }
    }
}

impl GuardArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let start = session.start()?;
        let pusher = self.pusher(&start)?;
        let desk = self.desk.as_ref().map(|desk| format!("{}/", desk.trim_matches('/'))).filter(|desk| desk != "/");
        let guard = PushGuard::at(&start, desk.as_deref(), pusher, &session.world, self.tolerance)?;
        let found = match self.hook {
            HookName::PreCommit => guard.staged()?,
            HookName::Update => guard.receive(&[self.given_ref()?])?,
            HookName::PreReceive => guard.receive(&read_refs()?)?,
        };
        self.print_findings(session, &found)
    }

    fn given_ref(&self) -> Result<RefChange, CliError> {
        match self.given.as_slice() {
            [name, old, new] => match [old, new].into_iter().find(|end| !is_object_name(end)) {
                None => Ok(RefChange::of(name, old, new)),
                Some(end) => Err(no_object_name(end)),
            },
            _ => Err(Error::usage("`update` is given a ref and both its ends", "git runs this hook").into()),
        }
    }

    /// Who pushes, as the server says.
    fn pusher(&self, start: &std::path::Path) -> Result<Pusher, CliError> {
        if self.hook == HookName::PreCommit {
            return Ok(Pusher::Unknown);
        }
        let repository = Repository::for_hook(start);
        let setting = |name: &str| repository.setting(name).map_err(Error::from);
        let words = match &self.pusher {
            Some(who) => Some(who.clone()),
            None => match setting("casebook.pusher")? {
                Some(way) if way == "signature" => return Ok(Pusher::Signers),
                Some(name) => variable(&name),
                None => variable("CASEBOOK_PUSHER")
                    .or_else(|| variable("GITEA_PUSHER_EMAIL"))
                    .or_else(|| variable("GL_USER"))
                    .or_else(|| variable("REMOTE_USER")),
            },
        };
        let Some(mut words) = words else { return Ok(Pusher::Unknown) };
        if !words.contains('@')
            && let Some(domain) = setting("casebook.pusherDomain")?
        {
            words = format!("{words}@{domain}");
        }
        let person = Person::from_address(&words).map_err(|error| {
            Error::usage(
                format!("who pushes: {error}"),
                "`git config casebook.pusherDomain DOMAIN` in the server's repository makes names addresses",
            )
        })?;
        Ok(Pusher::Named(person))
    }

    fn print_findings(&self, session: &Session, found: &AuditReport) -> Result<Exit, CliError> {
        let run = ReportSource {
            verb: "guard",
            version: env!("CARGO_PKG_VERSION"),
            noun: "commit",
            folder: "",
            count: found.commits,
            is_strict: self.strict,
            color_mode: ColorMode { is_colored: session.output.colour },
        };
        session.output.print(&render(ReportFormat::Concise, &found.findings, &run))?;
        if !found.has_any(self.strict) {
            return Ok(Exit::Done);
        }
        let mut rules: Vec<_> = found
            .findings
            .iter()
            .filter(|finding| self.strict || finding.severity == Severity::Error)
            .map(|finding| finding.rule)
            .collect();
        rules.sort_by_key(|rule| rule.code);
        rules.dedup();
        let what = if self.hook == HookName::PreCommit { "the commit is not made" } else { "the push is refused" };
        let hints: String = rules.iter().map(|rule| format!("  {} {}\n", rule.code, rule.repair)).collect();
        session.output.print(&format!("casebook: {what}; nothing was changed\n{hints}"))?;
        Ok(Exit::Found)
    }
}

fn read_refs() -> Result<Vec<RefChange>, CliError> {
    let mut text = String::new();
    std::io::stdin().lock().read_to_string(&mut text).map_err(Error::io("standard input", "read"))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let read = |line: &str| {
        let change = RefChange::of_line(line).ok_or_else(|| {
            Error::usage(format!("`{line}` is no line of pre-receive: OLD NEW REF is"), "git runs this hook")
        })?;
        match line.split(' ').take(2).find(|end| !is_object_name(end)) {
            None => Ok(change),
            Some(end) => Err(no_object_name(end)),
        }
    };
    lines.map(read).collect()
}

/// Whether a word is a whole name of an object, as git gives it to hooks.
fn is_object_name(word: &str) -> bool {
    [40, 64].contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn no_object_name(word: &str) -> CliError {
    let hint = "git runs this hook, and gives it whole names of objects: 40 digits, or 64; zeros stand for none";
    Error::usage(format!("`{word}` is no name of an object"), hint).into()
}
