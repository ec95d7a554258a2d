//! The errors of the library as data, each with one sentence. `cli::error` adds hints, exit codes and error codes.

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

/// An error that ended a command. Unless a variant says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No agent can be chosen as the assignee.
    #[error(transparent)]
    NoAssignee(NoAssignee),
    /// No casebook.toml in the folder or its parents.
    #[error("no desk in {} or its parent folders", start.display())]
    NotInDesk {
        /// The folder in which the search began.
        start: PathBuf,
    },
    /// The folder that was named does not exist.
    #[error("no desk in {}: there is no such folder", folder.display())]
    NoFolder {
        /// The folder as it was named.
        folder: PathBuf,
    },
    /// A desk exists there already.
    #[error("cannot create a desk in {}: there is one already", root.display())]
    DeskExists {
        /// The folder.
        root: PathBuf,
    },
    /// A desk was to be created in a git directory.
    #[error("cannot create a desk in {}: it is a git directory, without a work tree", root.display())]
    GitFolder {
        /// The folder.
        root: PathBuf,
    },
    /// git's index is split, which git cannot combine with `feature.manyFiles`.
    #[error("cannot set feature.manyFiles in {}: git's index is split, and git 2.47 would then read an empty index", root.display())]
    SplitIndex {
        /// The folder of the desk to be created.
        root: PathBuf,
    },
    /// An invalid casebook.toml or list of holidays.
    #[error("{} is invalid", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The first invalid setting.
        #[source]
        error: ConfigError,
    },
    /// A desk with a newer format than this program writes.
    #[error("cannot write to this desk: it has format {format}, newer than this casebook writes")]
    NewerDesk {
        /// The format number of the desk.
        format: u32,
    },
    /// No such ticket, or none that the viewer may see.
    #[error("no ticket `{word}`")]
    NotFound {
        /// The id or part of an id that was given.
        word: String,
    },
    /// No such organization, or none that the viewer may see.
    #[error("no organization `{id}`")]
    NoOrganization {
        /// The id that was given.
        id: String,
    },
    /// An organization with this id exists already.
    #[error("cannot add organization `{id}`: it exists already")]
    OrganizationExists {
        /// The id.
        id: String,
    },
    /// A part of an id that several tickets contain.
    #[error("`{word}` matches {} tickets", candidates.len())]
    Ambiguous {
        /// The part that was given.
        word: String,
        /// The tickets that it matches.
        candidates: Vec<Id>,
    },
    /// A file that cannot be read as a ticket, organization or list.
    #[error("{path} is damaged")]
    Damaged {
        /// The file, relative to the desk.
        path: String,
        /// The first error in the file, with its place.
        #[source]
        damage: ReadError,
    },
    /// A header that differs from the replayed history.
    #[error("`{name}` in the header differs from the history")]
    HeaderDiffers {
        /// The file, relative to the desk.
        path: String,
        /// The first field that differs.
        name: String,
    },
    /// A valid file to which no entry can be appended.
    #[error("cannot add entries to {path}")]
    NotExtendable {
        /// The file, relative to the desk.
        path: String,
        /// The reason.
        #[source]
        error: EditError,
    },
    /// A refusal of the workflow (docs/workflow.md).
    #[error("the workflow does not allow `{action}`")]
    Refused {
        /// The ticket, if there is one.
        ticket: Option<Id>,
        /// The action that was requested.
        action: String,
        /// The reason.
        refusal: Refusal,
    },
    /// No person is known as the actor.
    #[error("cannot determine who is running this command")]
    NoIdentity,
    /// The condition `--if-status` is not met.
    #[error("the ticket is {found}, not {expected}")]
    StatusChanged {
        /// The ticket.
        ticket: Id,
        /// The expected status.
        expected: Status,
        /// The status of the ticket.
        found: Status,
    },
    /// The condition `--if-version` is not met.
    #[error("the last entry is {found}, not {expected}")]
    VersionChanged {
        /// The ticket.
        ticket: Id,
        /// The expected id.
        expected: String,
        /// The id of the ticket's last entry.
        found: Id,
    },
    /// The file of an attachment contains other bytes than its name says.
    #[error("the contents of the attachment do not match its name; nothing was changed")]
    AttachmentMismatch {
        /// The file, relative to the desk.
        path: String,
    },
    /// A file was changed, without the lock, between its reading and writing.
    #[error("the file changed while the command was running; nothing was written")]
    FileChanged {
        /// The file, relative to the desk.
        path: String,
    },
    /// An idempotency key that belongs to another command.
    #[error("the key `{key}` was used for `{action}`")]
    KeyUsed {
        /// The ticket.
        ticket: Id,
        /// The key.
        key: String,
        /// The action for which it was used.
        action: String,
    },
    /// Another command holds the lock.
    #[error("another command has been writing for {}", format_wait(*waited))]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// The time waited.
        waited: Duration,
    },
    /// The command whose hook started this one holds the lock, and waits for the hook.
    #[error("cannot write from a hook of git: the command that runs the hook is still writing")]
    BusyParent,
    /// An unfinished operation of git, in which a commit would be lost or refused.
    #[error("cannot commit: git is in the middle of a {operation}")]
    GitOperation {
        /// The operation.
        operation: &'static str,
    },
    /// An error of git. The files are as they were before.
    #[error(transparent)]
    Git {
        /// The error.
        refusal: GitError,
    },
    /// git refused the commit, and some files could not be restored, because another program changed them meanwhile.
    #[error("{refusal}")]
    FilesLeft {
        /// The error of git.
        refusal: GitError,
        /// The files, relative to the root.
        paths: Vec<String>,
    },
    /// A commit was requested outside a git repository.
    #[error("{} is not in a git repository", root.display())]
    NoRepository {
        /// The desk.
        root: PathBuf,
    },
    /// A folder of git hooks that is not in the repository.
    #[error("cannot install a hook in {}: other repositories may use this folder too", folder.display())]
    SharedHooks {
        /// The folder.
        folder: PathBuf,
        /// The folder that would be the repository's own.
        own: PathBuf,
    },
    /// A text that is neither a time nor a revision.
    #[error("`{revision}` is not a date, a time or a git revision")]
    NoRevision {
        /// The text that was given.
        revision: String,
        /// The error of git.
        #[source]
        refusal: GitError,
    },
    /// A repository in which no desk was found, or several.
    #[error("{}", no_desk(root, asked.as_deref(), known.len()))]
    NoDesk {
        /// The root of the repository.
        root: PathBuf,
        /// The folder that was named.
        asked: Option<String>,
        /// The folders with a desk: empty for the root, otherwise with a slash at the end.
        known: Vec<String>,
    },
    /// `sync` was not possible.
    #[error(transparent)]
    Sync(SyncError),
    /// The commits of the remote were merged, and then sending the local ones failed.
    #[error("the remote's commits were merged here, but nothing was sent")]
    NotSent {
        /// The number of commits received.
        received: usize,
        /// The reason.
        #[source]
        because: Box<Error>,
    },
    /// An error of the operating system.
    #[error("cannot {attempt} {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operation, as in "cannot {attempt} {path}".
        attempt: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// An error of the operating system, after which the change could not be rolled back either. The next command that
    /// writes completes it.
    #[error("cannot roll back the change of {}", path.display())]
    RollbackFailed {
        /// The root of the desk.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A command line with an invalid value.
    #[error("{message}")]
    Usage {
        /// The value, and why it is invalid.
        message: String,
        /// A value or command that works.
        hint: Option<String>,
    },
}

impl Error {
    /// Returns a function that wraps an error of the operating system about a path.
    pub fn io(path: impl Into<PathBuf>, attempt: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, attempt, source }
    }

    /// Returns the error that the workflow refuses an action, on a ticket if there is one.
    pub(crate) fn refused(ticket: Option<Id>, action: &str, refusal: Refusal) -> Self {
        Self::Refused { ticket, action: action.to_owned(), refusal }
    }

    /// Returns a function that says of git's refusal that there is no repository.
    pub(crate) fn no_repository(root: &Path) -> impl FnOnce(GitError) -> Self {
        move |refusal| match refusal {
            GitError::Refused { .. } => Self::NoRepository { root: root.to_owned() },
            refusal => Self::Git { refusal },
        }
    }

    /// Returns a usage error with a hint.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }
}

impl From<GitError> for Error {
    fn from(refusal: GitError) -> Self {
        Self::Git { refusal }
    }
}

/// A reason why a desk cannot be synced with its remote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// An unfinished operation of git, such as a merge or rebase.
    #[error("cannot sync: a {0} is in progress")]
    InProgress(&'static str),
    /// Unresolved conflicts, as paths.
    #[error("cannot sync: there are unresolved conflicts:{}", listed(.0))]
    Conflicts(Vec<String>),
    /// A detached HEAD.
    #[error("cannot sync: no branch is checked out")]
    Detached,
    /// No remote, or none with the given name.
    #[error("{}", no_remote(asked.as_deref(), known))]
    NoRemote {
        /// The name that was given.
        asked: Option<String>,
        /// The remotes of the repository.
        known: Vec<String>,
    },
    /// Changes that are not committed, in files that the merge must write.
    #[error("{}", uncommitted(staged, changed))]
    Uncommitted {
        /// The staged files; they would become part of the merge commit.
        staged: Vec<String>,
        /// The files that were changed both here and in the incoming commits.
        changed: Vec<String>,
    },
    /// Incoming changes that need a manual merge. The work tree is as it was before.
    #[error("cannot merge the incoming commits automatically:{}", listed(paths))]
    NeedsManualMerge {
        /// The files in conflict.
        paths: Vec<String>,
        /// The branch that git merges: `origin/main`.
        theirs: String,
    },
    /// The remote changed before each attempt to push.
    #[error("cannot push: the remote received new commits before each attempt, until the deadline")]
    RemoteAhead,
}

/// The number of paths that a message lists; further ones are counted.
const NAMED: usize = 8;

/// Formats paths, one per line, each after a line break.
fn listed(paths: &[String]) -> String {
    let mut listed: String = paths.iter().take(NAMED).map(|path| format!("\n  {path}")).collect();
    if paths.len() > NAMED {
        listed.push_str(&format!("\n  and {} more", paths.len() - NAMED));
    }
    listed
}

/// Formats [`Error::NoDesk`].
fn no_desk(root: &Path, asked: Option<&str>, known: usize) -> String {
    let root = root.display();
    match (asked, known) {
        (Some(asked), _) => format!("no desk in the folder `{asked}` of the repository {root}, at any time"),
        (None, 0) => format!("no desk in the last commit of the repository {root}"),
        (None, _) => format!("the repository {root} has {known} desks, and none was named"),
    }
}

/// Formats [`SyncError::NoRemote`].
fn no_remote(asked: Option<&str>, known: &[String]) -> String {
    match asked {
        Some(asked) if !known.is_empty() => format!("cannot sync: there is no remote `{asked}`"),
        _ => "cannot sync: the repository has no remote".to_owned(),
    }
}

/// Formats [`SyncError::Uncommitted`].
fn uncommitted(staged: &[String], changed: &[String]) -> String {
    if staged.is_empty() {
        format!("cannot merge: incoming commits change files with uncommitted changes:{}", listed(changed))
    } else {
        format!("cannot merge: both sides have commits, and there are staged changes:{}", listed(staged))
    }
}
