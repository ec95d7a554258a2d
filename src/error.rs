//! The errors of the library, as data, each with one plain sentence. Hints, exit codes and error codes are added in
//! `cli::complaint`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::id::Id;
use crate::domain::people::assignment::NoAssignee;
use crate::domain::time::duration::format_wait;
use crate::domain::vocabulary::Status;
use crate::domain::workflow::Refusal;
use crate::store::config::ConfigError;
use crate::store::git::GitError;
use crate::store::yaml::{EditError, ReadError};

/// Why a command did not do what was asked. Nothing was changed, unless said otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody can be whose turn it is.
    #[error(transparent)]
    NobodyNext(NoAssignee),
    /// No casebook.toml here or above.
    #[error("no desk at {} or above", start.display())]
    NoStore {
        /// Where the search began.
        start: PathBuf,
    },
    /// There is a store already.
    #[error("there is a desk in {} already", root.display())]
    StoreExists {
        /// Where.
        root: PathBuf,
    },
    /// git's index is split in two, and many files were to be expected.
    #[error(
        "git's index is split in {}: with feature.manyFiles beside that, git 2.47 reads an empty one",
        root.display()
    )]
    SplitIndex {
        /// Where the desk was to be.
        root: PathBuf,
    },
    /// casebook.toml is not sound.
    #[error("{} is invalid", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        flaw: ConfigError,
    },
    /// The store has a newer format than this program writes.
    #[error("the desk has format {format}, newer than this program writes")]
    NewerStore {
        /// Its number.
        format: u32,
    },
    /// No ticket, or none this person may see.
    #[error("no ticket `{word}`")]
    NotFound {
        /// What was asked for.
        word: String,
    },
    /// No organisation, or none this person may see.
    #[error("no organization `{id}`")]
    NoOrganization {
        /// What was asked for.
        id: String,
    },
    /// There is such an organisation already.
    #[error("there is an organization `{id}` already")]
    OrganizationExists {
        /// Its id.
        id: String,
    },
    /// Several tickets.
    #[error("`{word}` could be {} tickets", candidates.len())]
    Ambiguous {
        /// What was asked for.
        word: String,
        /// The tickets it could mean.
        candidates: Vec<Id>,
    },
    /// A file that is no sound ticket.
    #[error("{path} is damaged")]
    Damaged {
        /// The file, relative to the root.
        path: String,
        /// What is wrong and where.
        #[source]
        damage: ReadError,
    },
    /// The header says something else than the history.
    #[error("`{name}` in the header is not what the history leads to")]
    HeaderDiffers {
        /// The file, relative to the root.
        path: String,
        /// The first fact that differs.
        name: String,
    },
    /// A sound file that cannot be extended.
    #[error("{path} cannot be extended")]
    Unwritable {
        /// The file, relative to the root.
        path: String,
        /// Why.
        #[source]
        why: EditError,
    },
    /// A rule is against it.
    #[error("the workflow does not allow `{action}`")]
    Refused {
        /// The ticket, where there is one.
        ticket: Option<Id>,
        /// The word of what was asked.
        action: String,
        /// The rule.
        refusal: Refusal,
    },
    /// Nobody is known to act.
    #[error("nobody is known to act")]
    NoIdentity,
    /// `--if-status` does not hold.
    #[error("the ticket is {found}, not {expected}")]
    StatusChanged {
        /// The ticket.
        ticket: Id,
        /// What was expected.
        expected: Status,
        /// What is.
        found: Status,
    },
    /// `--if-version` does not hold.
    #[error("the last entry is {found}, not {expected}")]
    VersionChanged {
        /// The ticket.
        ticket: Id,
        /// What was expected.
        expected: String,
        /// What is.
        found: Id,
    },
    /// At the place of an attachment lie other bytes than it is named after.
    #[error("the bytes of an attachment are not those it is named after, so nothing was done")]
    AttachmentMismatch {
        /// The file, relative to the root.
        path: String,
    },
    /// Somebody who knows no locks has changed a file between reading and writing it.
    #[error("somebody changed the file in this very moment, so nothing was done")]
    FileChanged {
        /// The file, relative to the root.
        path: String,
    },
    /// The key was used for something else.
    #[error("the key `{key}` was used for `{action}`")]
    KeyUsed {
        /// The ticket.
        ticket: Id,
        /// The key.
        key: String,
        /// What it was used for.
        action: String,
    },
    /// Another command is writing.
    #[error("another command has been writing for {}", format_wait(*waited))]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// git refused; the files are as before.
    #[error(transparent)]
    Git {
        /// Why.
        refusal: GitError,
    },
    /// A commit was asked for where there is no repository.
    #[error("{} is in no git repository", root.display())]
    NoRepository {
        /// The store.
        root: PathBuf,
    },
    /// git knows no such revision.
    #[error("`{revision}` is no date, no time and no revision of git")]
    NoRevision {
        /// What was asked for.
        revision: String,
        /// What git said.
        #[source]
        refusal: GitError,
    },
    /// A repository in which no desk, or more than one, is to be found.
    #[error("{}", no_desk(root, asked.as_deref(), known.len()))]
    NoDesk {
        /// Where the repository lies.
        root: PathBuf,
        /// The folder that was asked for.
        asked: Option<String>,
        /// The folders that hold one: empty for the top, else with a slash at their end.
        known: Vec<String>,
    },
    /// The desk cannot be brought together with its remote now.
    #[error(transparent)]
    Unsynced {
        /// Why.
        why: SyncError,
    },
    /// What the remote has was taken in, and then something kept ours from being sent.
    #[error("what the remote has was merged here, and then nothing was sent")]
    Unsent {
        /// How many commits came.
        received: usize,
        /// What it was.
        #[source]
        because: Box<Error>,
    },
    /// The system refused.
    #[error("cannot {attempt} {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was attempted, as in "cannot … it".
        attempt: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused, and then refused to take back what had been done: the next writer brings it to its end.
    #[error("cannot take back what was begun in {}", path.display())]
    RollbackFailed {
        /// The desk.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Words on the command line that mean nothing.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What would do.
        hint: Option<String>,
    },
}

impl Error {
    /// The system refused something about a path.
    pub fn io(path: impl Into<PathBuf>, attempt: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, attempt, source }
    }

    /// A usage error with a hint.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }
}

impl From<GitError> for Error {
    fn from(refusal: GitError) -> Self {
        Self::Git { refusal }
    }
}

/// Why a desk and its remote were not brought together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// git is in the middle of something: a merge, a rebase.
    #[error("git is in the middle of a {0}")]
    AtWork(&'static str),
    /// Conflicts wait to be resolved.
    #[error("there are conflicts already:{}", listed(.0))]
    Conflicted(Vec<String>),
    /// No branch is checked out.
    #[error("no branch is checked out")]
    Detached,
    /// No remote is known, or none of that name.
    #[error("{}", no_remote(asked.as_deref(), known))]
    NoRemote {
        /// What was asked for.
        asked: Option<String>,
        /// Those there are.
        known: Vec<String>,
    },
    /// The person's own work, not committed yet, is in the way.
    #[error("{}", in_the_way(staged, changed))]
    InTheWay {
        /// Staged, which a merge would take along.
        staged: Vec<String>,
        /// Changed here and there.
        changed: Vec<String>,
    },
    /// What came cannot be merged without a person; the tree is as it was.
    #[error("this cannot be merged without you:{}", listed(paths))]
    Split {
        /// The paths.
        paths: Vec<String>,
    },
    /// The remote was faster every time.
    #[error("others pushed faster, every time until the deadline")]
    Outrun,
}

/// So many paths are named; more are counted.
const NAMED: usize = 8;

/// Lists paths, one a line, each after a line break.
fn listed(paths: &[String]) -> String {
    let mut listed: String = paths.iter().take(NAMED).map(|path| format!("\n  {path}")).collect();
    if paths.len() > NAMED {
        listed.push_str(&format!("\n  and {} more", paths.len() - NAMED));
    }
    listed
}

/// Says that a repository has no desk, or not the one that is meant.
fn no_desk(root: &Path, asked: Option<&str>, known: usize) -> String {
    let root = root.display();
    match (asked, known) {
        (Some(asked), _) => format!("the repository {root} never had a desk in its folder `{asked}`"),
        (None, 0) => format!("no desk in the last commit of the repository {root}"),
        (None, _) => format!("the repository {root} has {known} desks"),
    }
}

/// Says that a remote is missing: the one asked for, if there are others, or any.
fn no_remote(asked: Option<&str>, known: &[String]) -> String {
    match asked {
        Some(asked) if !known.is_empty() => format!("there is no remote `{asked}`"),
        _ => "there is no remote to sync with".to_owned(),
    }
}

/// Says which uncommitted files a merge would touch.
fn in_the_way(staged: &[String], changed: &[String]) -> String {
    if staged.is_empty() {
        format!("what comes changes files that you have changed and not committed:{}", listed(changed))
    } else {
        format!("there are commits on both sides, and git merges only where nothing is staged:{}", listed(staged))
    }
}
