//! The conversion of errors of the library, of git and of clap: their exit codes, error codes and hints.

use std::io::ErrorKind;
use std::path::Path;

use super::{Candidate, CliError};
use super::{refusal, sync};
use crate::cli::terminal::question::Unanswered;
use crate::cli::terminal::shell::quoted;
use crate::domain::id::Id;
use crate::domain::people::assignment::NoAssignee;
use crate::domain::suggestion;
use crate::domain::template::UnknownField;
use crate::error::Error;
use crate::store::config::ConfigError;
use crate::store::git::GitError;
use crate::store::layout;
use crate::store::yaml::{EditError, ReadError, ReadErrorKind};

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NoFolder { .. } => Self::new("store.missing", message)
                .hint("correct the folder after -C or in CASEBOOK_DIR; without them the desk is looked for from here upwards"),
            Error::NotInDesk { .. } => Self::new("store.missing", message)
                .hint("`casebook init` makes one; `casebook demo` makes one with example tickets"),
            Error::NoDesk { asked, known, .. } => no_desk(message, asked.as_deref(), &known),
            Error::DeskExists { root } => Self::new("store.exists", message)
                .hint(format!("`casebook -C {}` shows it", quoted(&root))),
            Error::GitFolder { root } => Self::new("usage", message).hint(format!(
                "create it in a clone: `git clone {} desk && casebook init desk`",
                quoted(&root)
            )),
            Error::SplitIndex { .. } => Self::new("git.split_index", message)
                .hint("join the index: `git config core.splitIndex false && git update-index --no-split-index`; or leave --many-files out"),
            Error::Config { path, error: flaw } => invalid_settings(&path, flaw),
            Error::NewerDesk { .. } => Self::new("format.newer", message)
                .hint("install a newer casebook; this one can still read the desk"),
            Error::NotFound { .. } => Self::new("ticket.not_found", message)
                .hint("a ticket is named by its id, or a part of it of 4 characters or more; `casebook list` shows them"),
            Error::NoOrganization { .. } => Self::new("organization.not_found", message)
                .hint("`casebook org list` shows all organizations"),
            Error::OrganizationExists { id } => Self::new("organization.exists", message)
                .hint(format!("`casebook org show {id}` shows it, `casebook org set {id} KEY=VALUE` changes it")),
            Error::Ambiguous { candidates, .. } => {
                let plain = |id: Id| Candidate { id: id.to_string(), description: id.to_string() };
                let candidates = candidates.into_iter().map(plain).collect();
                Self { candidates, ..Self::new("ticket.ambiguous", format!("{message}:")) }
                    .hint("give more characters")
            }
            Error::Damaged { path, damage } => damaged(path, damage),
            Error::HeaderDiffers { path, name } => Self::new("ticket.header_differs", message)
                .at(path, 1, 1)
                .hint(format!("the header follows from the history: `casebook check --fix` sets `{name}` back; change it with a command")),
            Error::NotExtendable { path, error } => unwritable(path, &error),
            Error::Refused { ticket, action, refusal } => refusal::refusal_error(ticket, &action, refusal),
            Error::NoAssignee(NoAssignee::NoAgents) => Self::new("usage", message)
                .hint("list them under `agents` in [team] of casebook.toml"),
            Error::NoAssignee(NoAssignee::NotInTeam { .. }) => Self::new("usage", message)
                .hint("`teams` under [team.people.\"ADDRESS\"] in casebook.toml adds an agent to a team"),
            Error::NoIdentity => Self::new("person.unknown", message)
                .hint("name the person with --as ADDRESS, CASEBOOK_ACTOR, or `git config user.email ADDRESS`"),
            Error::StatusChanged { ticket, .. } | Error::VersionChanged { ticket, .. } => {
                Self::new("ticket.changed", message)
                    .ticket(ticket)
                    .hint("`casebook show` shows the ticket as it is now")
            }
            Error::FileChanged { path } => Self::new("ticket.changed", message)
                .at(path, 1, 1)
                .hint("`casebook show` shows the ticket as it is now; then try again"),
            Error::AttachmentMismatch { path } => Self::new("attachment.differs", message)
                .at(path, 1, 1)
                .hint("`casebook rule CB205` explains how to restore the file"),
            Error::KeyUsed { ticket, .. } => Self::new("key.used", message)
                .ticket(ticket)
                .hint("use a key for one command and its retries only"),
            Error::Busy { path, .. } => Self::new("store.busy", message)
                .hint(format!("try again; the lock {} is released when that command ends", path.display())),
            Error::BusyParent => Self::new("store.busy", message)
                .hint("write after that command instead, from the script or job that runs it"),
            Error::GitOperation { operation } => Self::new("git.in_progress", message)
                .hint(format!("{}; or write without a commit: --no-commit", sync::finishing_hint(operation))),
            Error::Git { refusal } => git(refusal),
            Error::FilesLeft { refusal, paths } => git(refusal).hint(format!(
                "not put back, because another program has changed them: {}; `git diff` shows how",
                paths.join(", ")
            )),
            Error::NoRepository { .. } => Self::new("git.no_repository", message)
                .hint("`git init` makes one; --no-commit writes without a repository"),
            Error::SharedHooks { own, .. } => Self::new("setup.other", message).hint(format!(
                "`git config core.hooksPath {}` gives this repository a folder of its own; then install again",
                quoted(&own)
            )),
            Error::NoRevision { refusal: GitError::Refused { .. }, .. } => Self::new("usage", message)
                .hint("as-of: takes 2026-11-01, 2026-11-01T09:00:00Z, or any revision that `git rev-parse` knows"),
            Error::NoRevision { refusal, .. } => git(refusal),
            Error::Sync(why) => sync::sync_error(why),
            Error::NotSent { received, because } => sync::unsent(received, *because),
            Error::Io { path, source, .. } => {
                let hint = io_hint(&path, source.kind());
                Self::new("io.failed", format!("{message}: {source}")).hint(hint)
            }
            Error::RollbackFailed { source, .. } => {
                Self::new("io.failed", format!("{message}: {source}"))
                    .hint("do not repeat the command: when there is room on the disk, the next command that writes completes it")
            }
            Error::Usage { message, hint } => Self { hint, ..Self::new("usage", message) },
        }
    }
}

impl From<UnknownField> for CliError {
    fn from(unknown: UnknownField) -> Self {
        let lists = || "`--json=` lists the fields".to_owned();
        let hint = unknown.nearest.as_deref().map_or_else(lists, suggestion::question);
        Self::new("usage", format!("unknown field `{}`", unknown.name)).hint(hint)
    }
}

impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> Self {
        let rendered = error.render().to_string();
        let text = rendered.trim().strip_prefix("error: ").unwrap_or(rendered.trim());
        let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let error = Self::new("usage", message);
        if rest.is_empty() { error } else { error.hint(rest.trim()) }
    }
}

impl From<Unanswered> for CliError {
    fn from(_: Unanswered) -> Self {
        Self::usage(
            "not everything was answered, so nothing was done",
            "flags give the answers too; `casebook open --help` lists those of `open`",
        )
    }
}

/// An error without a type of its own is unexpected, and so a bug.
impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        Self::new("bug", format!("this is a bug in casebook: {error:#}"))
            .hint("please report it, with the command and these lines; the desk is intact, as `casebook check` shows")
    }
}

impl From<GitError> for CliError {
    fn from(refusal: GitError) -> Self {
        git(refusal)
    }
}

/// Returns the error for a file of settings.
fn invalid_settings(path: &Path, flaw: ConfigError) -> CliError {
    let name = path.file_name().map_or(path, Path::new);
    let hint = match flaw.is_conflict() {
        true => {
            let file = quoted(if path.is_absolute() { name } else { path });
            format!("edit {file} and remove the markers, then `git add {file}`")
        }
        false => format!("correct {}, then try again", name.display()),
    };
    let place = path.display().to_string();
    CliError::new("config.invalid", flaw.message).at(place, flaw.line, flaw.column).hint(hint)
}

/// Returns the error of a missing or unclear desk in a repository, with the folders that have one.
fn no_desk(message: String, asked: Option<&str>, known: &[String]) -> CliError {
    let flag = |folder: &String| match folder.trim_end_matches('/') {
        "" => "`--desk .`".to_owned(),
        folder => format!("`--desk {}`", quoted(Path::new(folder))),
    };
    let flags: Vec<String> = known.iter().map(flag).collect();
    let hint = if flags.is_empty() {
        "`--desk FOLDER` names the folder of a desk in an older commit or on another branch".to_owned()
    } else {
        format!("name one of them: {}", flags.join(" or "))
    };
    let code = if asked.is_none() && !flags.is_empty() { "usage" } else { "store.missing" };
    CliError::new(code, message).hint(hint)
}

/// Returns the hint for an error of the operating system. The command can be repeated: it changed nothing.
fn io_hint(path: &Path, kind: ErrorKind) -> String {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "nothing was changed; make room on the disk (`df -h` shows how full it is), then try again".to_owned()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            format!("nothing was changed; `ls -ld {}` shows the permissions", quoted(path))
        }
        _ => "nothing was changed".to_owned(),
    }
}

fn damaged(path: String, damage: ReadError) -> CliError {
    let (code, hint) = match &damage.kind {
        ReadErrorKind::ConflictMarker => {
            ("ticket.conflicted", "both sides changed it: `casebook resolve` keeps the entries of both, and stages it")
        }
        ReadErrorKind::NoEndMarker => (
            "ticket.damaged",
            "compare with `git diff`; if nothing is missing, `casebook check --fix` adds the line `...`",
        ),
        ReadErrorKind::Commented => (
            "organization.unwritable",
            "edit the file by hand to keep the comments; `casebook check` reports its errors",
        ),
        ReadErrorKind::Decode(_) if layout::organization_of(&path).is_some() => (
            "organization.damaged",
            "correct the line; `git diff` shows what changed there, and `casebook check` reports all errors",
        ),
        ReadErrorKind::Symlink | ReadErrorKind::WrongPlace | ReadErrorKind::OtherId { .. } => {
            ("ticket.damaged", "put the file back in its place; `git log --follow` shows where it was")
        }
        ReadErrorKind::NotCheckedOut => (
            "store.sparse",
            "`git sparse-checkout disable` checks them out; `casebook list as-of:HEAD` reads the last commit instead",
        ),
        _ => (
            "ticket.damaged",
            "correct the line, or restore the file with `git checkout`; `casebook check` reports all errors",
        ),
    };
    let ticket = path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse().ok());
    let error = CliError::new(code, damage.kind.to_string());
    CliError { ticket, ..error.at(path, damage.line, damage.column).hint(hint) }
}

fn unwritable(path: String, why: &EditError) -> CliError {
    let (code, hint) = match why {
        EditError::Damaged(damage) => return damaged(path, damage.clone()),
        EditError::NewerFormat(_) => ("format.newer", "install a newer casebook; this one can still read the ticket"),
        EditError::TooLarge => ("ticket.unwritable", "write a shorter text; nothing was changed"),
        EditError::FlowStyle | EditError::Unsafe => {
            ("ticket.unwritable", "docs/format.md shows the usual layout; nothing was changed")
        }
    };
    CliError::new(code, why.to_string()).at(path, 1, 1).hint(hint)
}

fn git(refusal: GitError) -> CliError {
    let message = refusal.to_string();
    match refusal {
        GitError::NotInstalled => CliError::new("git.missing", message)
            .hint("install git, or write without a commit: --no-commit, or `commit = \"never\"` in casebook.toml"),
        GitError::Locked { .. } => CliError::new("git.locked", message)
            .hint("the files are unchanged; try again, or check whether that process is still running"),
        GitError::Unanswered { .. } => CliError::new("git.unanswered", message)
            .hint("check the network and `git remote -v`, then try again; --deadline SECONDS waits longer"),
        GitError::Distrusted { .. } => CliError::new("git.failed", message)
            .hint("nothing was changed; if you trust its owner, run the command that git names"),
        GitError::Refused { message: said } => {
            let is_about_identity = said.contains("user.email") || said.contains("identity");
            let hint = if is_about_identity {
                "the files are unchanged; `git config user.email ADDRESS` and `git config user.name NAME` set the identity"
            } else {
                "the files are unchanged"
            };
            CliError::new("git.failed", format!("git refused the commit:\n{said}")).hint(hint)
        }
    }
}
