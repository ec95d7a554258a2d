//! The report of an error: its sentence, which [`crate::error::Error`] has, with a hint, the exit code, and the error
//! code for programs. The sentences of the workflow are in [`refusal`].

pub(crate) mod refusal;
pub(crate) mod resolve;
pub(crate) mod sync;
pub(crate) mod unknown_values;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::Exit;
use super::session::program::quoted;

use crate::domain::id::Id;
use crate::domain::people::assignment::NoAssignee;
use crate::error::Error;
use crate::store::git::GitError;
use crate::store::layout;
use crate::store::yaml::{EditError, ReadError, ReadErrorKind};

/// An error as it is told.
#[derive(Debug)]
pub(crate) struct CliError {
    /// How the program ends.
    pub exit: Exit,
    /// The stable word for programs.
    pub code: &'static str,
    /// What was asked and why not.
    pub message: String,
    /// What is true now, and the command that would work.
    pub hint: Option<String>,
    /// The ticket it is about.
    pub ticket: Option<Id>,
    /// The file it is about, with line and column.
    pub place: Option<(String, usize, usize)>,
    /// What an ambiguous word could mean.
    pub candidates: Vec<Id>,
    /// Where words somebody typed are kept.
    pub kept: Option<PathBuf>,
    /// Such words themselves, where there was no place for them.
    pub unkept: Option<String>,
    /// What became of another command that had been interrupted, line by line.
    pub beside: Vec<String>,
}

impl CliError {
    /// A complaint about nothing in particular.
    pub fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code,
            message: message.into(),
            hint: None,
            ticket: None,
            place: None,
            candidates: Vec::new(),
            kept: None,
            unkept: None,
            beside: Vec::new(),
        }
    }

    /// With what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// About a ticket.
    pub const fn ticket(mut self, ticket: Id) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// At a place in a file.
    pub fn at(mut self, file: impl Into<String>, line: usize, column: usize) -> Self {
        self.place = Some((file.into(), line, column));
        self
    }

    /// Tells it on standard error, as one JSON object or in words, and gives the exit code.
    pub fn print(&self, as_json: bool) -> u8 {
        let told = if as_json { format!("{}\n", crate::view::json::pretty(&self.json())) } else { self.words() };
        let _ = std::io::stderr().lock().write_all(told.as_bytes());
        self.exit as u8
    }

    /// The same as one object on one line, for what is told beside a result.
    pub fn line(&self) -> String {
        crate::view::json::line(&self.json()).trim_end().to_owned()
    }

    fn words(&self) -> String {
        let place =
            self.place.as_ref().map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
        let beside = self.beside.iter().map(|line| format!("{}\n", crate::view::sanitize::lines(line)));
        let mut words: String = beside.collect();
        words.push_str(&format!("casebook: {place}{}\n", crate::view::sanitize::lines(&self.message)));
        for candidate in &self.candidates {
            words.push_str(&format!("  {candidate}\n"));
        }
        if let Some(hint) = &self.hint {
            for line in crate::view::sanitize::lines(hint).lines() {
                words.push_str(format!("  {line}").trim_end());
                words.push('\n');
            }
        }
        if let Some(kept) = &self.kept {
            words.push_str(&format!("  The text is kept in {}\n", kept.display()));
        }
        if let Some(text) = &self.unkept {
            words.push_str(&format!(
                "  The text could be kept nowhere; here it is:\n{}\n",
                crate::view::sanitize::lines(text)
            ));
        }
        words
    }

    fn json(&self) -> Value {
        let mut hint = self.hint.clone();
        if let Some(kept) = &self.kept {
            let kept = format!("the text is kept in {}", kept.display());
            hint = Some(hint.map_or_else(|| kept.clone(), |hint| format!("{hint}; {kept}")));
        }
        if let Some(text) = &self.unkept {
            let unkept = format!("the text could be kept nowhere; here it is: {text}");
            hint = Some(hint.map_or_else(|| unkept.clone(), |hint| format!("{hint}; {unkept}")));
        }
        for line in &self.beside {
            hint = Some(hint.map_or_else(|| line.clone(), |hint| format!("{hint}; {}", line.trim())));
        }
        let (file, line, column) = match &self.place {
            Some((file, line, column)) => (json!(file), json!(line), json!(column)),
            None => (Value::Null, Value::Null, Value::Null),
        };
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("message".to_owned(), json!(self.message));
        error.insert("hint".to_owned(), json!(hint));
        error.insert("ticket".to_owned(), json!(self.ticket.map(|id| id.to_string())));
        error.insert("file".to_owned(), file);
        error.insert("line".to_owned(), line);
        error.insert("column".to_owned(), column);
        error.insert("candidates".to_owned(), json!(self.candidates.iter().map(Id::to_string).collect::<Vec<_>>()));
        json!({ "error": error })
    }
}

/// What clap has against a command line.
pub(crate) fn of_parsing(error: &clap::Error) -> CliError {
    let rendered = error.render().to_string();
    let text = rendered.trim().strip_prefix("error: ").unwrap_or(rendered.trim());
    let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    let complaint = CliError::new(Exit::Usage, "usage", message);
    if rest.is_empty() { complaint } else { complaint.hint(rest.trim()) }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::NoStore { .. } => Self::new(Exit::NotFound, "store.missing", said)
                .hint("make one with `casebook init`, or a living one to explore with `casebook demo`"),
            Error::NoDesk { asked, known, .. } => no_desk(said, asked.as_deref(), &known),
            Error::StoreExists { root } => Self::new(Exit::Refused, "store.exists", said)
                .hint(format!("look at it with `casebook -C {}`", root.display())),
            Error::SplitIndex { .. } => Self::new(Exit::Refused, "git.split_index", said)
                .hint("join it: `git config core.splitIndex false && git update-index --no-split-index`; or leave --many-files out"),
            Error::Config { path, flaw } => Self::new(Exit::Damaged, "config.invalid", flaw.message)
                .at(path.display().to_string(), flaw.line, flaw.column)
                .hint(format!("mend {}, then try again", path.file_name().unwrap_or_default().to_string_lossy())),
            Error::NewerStore { .. } => Self::new(Exit::Refused, "format.newer", said)
                .hint("install a newer casebook; reading goes on working"),
            Error::NotFound { .. } => Self::new(Exit::NotFound, "ticket.not_found", said)
                .hint("a ticket is named by its id, or a part of it of 4 characters or more; `casebook list` shows them"),
            Error::NoOrganization { .. } => Self::new(Exit::NotFound, "organization.not_found", said)
                .hint("`casebook org list` shows those there are"),
            Error::OrganizationExists { id } => Self::new(Exit::Refused, "organization.exists", said)
                .hint(format!("look at it with `casebook org show {id}`, change it with `casebook org set {id} KEY=VALUE`")),
            Error::Ambiguous { candidates, .. } => {
                let mut complaint = Self::new(Exit::NotFound, "ticket.ambiguous", format!("{said}:"));
                complaint.candidates = candidates;
                complaint.hint("give more characters")
            }
            Error::Damaged { path, damage } => damaged(path, damage),
            Error::HeaderDiffers { path, name } => {
                Self::new(Exit::Damaged, "ticket.header_differs", said)
                    .at(path, 1, 1)
                    .hint(format!("the header follows from the history: `casebook check --fix` sets `{name}` back; change it with a command"))
            }
            Error::Unwritable { path, why } => unwritable(path, &why),
            Error::Refused { ticket, action, refusal } => refusal::refusal_error(ticket, &action, refusal),
            Error::NobodyNext(NoAssignee::NoAgents) => Self::new(Exit::Usage, "usage", said)
                .hint("list them under `agents` in [team] of casebook.toml"),
            Error::NobodyNext(NoAssignee::NotInTeam { .. }) => {
                Self::new(Exit::Usage, "usage", said)
                    .hint("[team.people.\"WHO\"] in casebook.toml has their `teams`")
            }
            Error::NoIdentity => Self::new(Exit::NotAllowed, "person.unknown", said)
                .hint("say who acts with --as WHO, CASEBOOK_ACTOR, or `git config user.email`"),
            Error::StatusChanged { ticket, .. } => {
                Self::new(Exit::Busy, "ticket.changed", said).ticket(ticket).hint("look at it again with `casebook show`")
            }
            Error::VersionChanged { ticket, .. } => {
                Self::new(Exit::Busy, "ticket.changed", said).ticket(ticket).hint("look at it again with `casebook show`")
            }
            Error::FileChanged { path } => Self::new(Exit::Busy, "ticket.changed", said)
                .at(path, 1, 1)
                .hint("look at it again with `casebook show`, then try again"),
            Error::AttachmentMismatch { path } => {
                Self::new(Exit::Damaged, "attachment.differs", said)
                    .at(path, 1, 1)
                    .hint("`casebook rule CB205` tells how to bring the file back")
            }
            Error::KeyUsed { ticket, .. } => {
                Self::new(Exit::Refused, "key.used", said).ticket(ticket).hint("use a key for one command and its retries only")
            }
            Error::Busy { path, .. } => {
                Self::new(Exit::Busy, "store.busy", said)
                    .hint(format!("try again; the lock {} is let go of when that process ends", path.display()))
            }
            Error::Git { refusal } => git(refusal),
            Error::NoRepository { .. } => Self::new(Exit::Git, "git.no_repository", said)
                .hint("`git init` makes one; --no-commit writes without"),
            Error::NoRevision { refusal: GitError::Refused { .. }, .. } => Self::new(
                Exit::Usage,
                "usage",
                said,
            )
            .hint("as-of: takes 2026-11-01, 2026-11-01T09:00:00Z, or whatever `git rev-parse` knows"),
            Error::NoRevision { refusal, .. } => git(refusal),
            Error::Unsynced { why } => sync::sync_error(why),
            Error::Unsent { received, because } => sync::unsent(received, *because),
            Error::Io { path, source, .. } => {
                let hint = way_out(&path, source.kind());
                Self::new(Exit::Busy, "io.failed", format!("{said}: {source}")).hint(hint)
            }
            Error::RollbackFailed { source, .. } => {
                Self::new(Exit::Busy, "io.failed", format!("{said}: {source}"))
                    .hint("do not repeat it: once there is room, the next command that writes brings it to its end")
            }
            Error::Usage { message, hint } => Self { hint, ..Self::new(Exit::Usage, "usage", message) },
        }
    }
}

/// An error without a type of its own is one that the program did not expect: a bug.
impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Bug, "bug", format!("this is a bug in casebook: {error:#}"))
            .hint("please report it, with the command and these lines; the desk is whole, `casebook check` shows it")
    }
}

impl From<GitError> for CliError {
    fn from(refusal: GitError) -> Self {
        git(refusal)
    }
}

/// Adds the folders that hold a desk, where one of them must be named.
fn no_desk(message: String, asked: Option<&str>, known: &[String]) -> CliError {
    let place = |folder: &String| match folder.trim_end_matches('/') {
        "" => "`--desk .`".to_owned(),
        folder => format!("`--desk {}`", quoted(Path::new(folder))),
    };
    let known: Vec<String> = known.iter().map(place).collect();
    let hint = if known.is_empty() {
        "`--desk FOLDER` names the folder of one that an older commit or another branch has".to_owned()
    } else {
        format!("name the one that is meant: {}", known.join(" or "))
    };
    let (exit, code) =
        if asked.is_none() && !known.is_empty() { (Exit::Usage, "usage") } else { (Exit::NotFound, "store.missing") };
    CliError::new(exit, code, message).hint(hint)
}

/// What to do where the system refused. The command can be given again: nothing of it was done.
fn way_out(path: &Path, kind: ErrorKind) -> String {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "nothing was changed; make room on the disk (`df -h` shows how full it is), then try again".to_owned()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            format!("nothing was changed; `ls -ld {}` shows who may do this", quoted(path))
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
            "change the file by hand, so that the comments stay; `casebook check` tells what it breaks",
        ),
        ReadErrorKind::Flaw(_) if layout::organization_of(&path).is_some() => (
            "organization.damaged",
            "mend the line; `git diff` shows what changed there, and `casebook check` shows all",
        ),
        ReadErrorKind::Symlink | ReadErrorKind::WrongPlace | ReadErrorKind::OtherId { .. } => {
            ("ticket.damaged", "put the file back in its place; `git log --follow` tells where it was")
        }
        _ => {
            ("ticket.damaged", "mend the line, or bring the file back with `git checkout`; `casebook check` shows all")
        }
    };
    let ticket = path.strip_suffix(".yaml").and_then(|stem| stem.rsplit('/').next()?.parse().ok());
    let complaint = CliError::new(Exit::Damaged, code, damage.kind.to_string());
    CliError { ticket, ..complaint.at(path, damage.line, damage.column).hint(hint) }
}

fn unwritable(path: String, why: &EditError) -> CliError {
    match why {
        EditError::Damaged(damage) => damaged(path, damage.clone()),
        EditError::NewerFormat(_) => CliError::new(Exit::Refused, "format.newer", why.to_string())
            .at(path, 1, 1)
            .hint("install a newer casebook; reading goes on working"),
        EditError::TooLarge => CliError::new(Exit::Refused, "ticket.unwritable", why.to_string())
            .at(path, 1, 1)
            .hint("say it in fewer words; nothing was changed"),
        EditError::FlowStyle | EditError::Unsafe => CliError::new(Exit::Refused, "ticket.unwritable", why.to_string())
            .at(path, 1, 1)
            .hint("docs/format.md shows the usual layout; nothing was changed"),
    }
}

fn git(refusal: GitError) -> CliError {
    let said = refusal.to_string();
    match refusal {
        GitError::NotInstalled => CliError::new(Exit::Git, "git.missing", said)
            .hint("install git, or write without a commit: --no-commit, or `commit = \"never\"` in casebook.toml"),
        GitError::Locked { .. } => CliError::new(Exit::Git, "git.locked", said)
            .hint("the files are as before; try again, or look whether that process still runs"),
        GitError::Unanswered { .. } => CliError::new(Exit::Git, "git.unanswered", said)
            .hint("look at the network and `git remote -v`, then try again; --deadline SECONDS waits longer"),
        GitError::Refused { said } => {
            let identity = said.contains("user.email") || said.contains("identity");
            let hint = if identity {
                "the files are as before; tell git who you are with `git config user.email`"
            } else {
                "the files are as before"
            };
            CliError::new(Exit::Git, "git.failed", format!("git refused the commit:\n{said}")).hint(hint)
        }
    }
}
