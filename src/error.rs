//! Everything that can go wrong, as data. Sentences, hints and exit codes are made in `cli::complaint`.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::assignment::NobodyNext;
use crate::domain::id::Id;
use crate::domain::transition::Refusal;
use crate::domain::words::Status;
use crate::store::config::ConfigFlaw;
use crate::store::git::GitRefusal;
use crate::store::yaml::{Damage, Unwritable};

/// Why a command did not do what was asked. Nothing was changed, unless said otherwise.
#[derive(Debug)]
pub enum Error {
    /// Nobody can be whose turn it is.
    NobodyNext(NobodyNext),
    /// No casebook.toml here or above.
    NoStore {
        /// Where the search began.
        start: PathBuf,
    },
    /// There is a store already.
    StoreExists {
        /// Where.
        root: PathBuf,
    },
    /// git's index is split in two, and many files were to be expected.
    SplitIndex {
        /// Where the desk was to be.
        root: PathBuf,
    },
    /// casebook.toml is not sound.
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        flaw: ConfigFlaw,
    },
    /// The store has a newer format than this program writes.
    NewerStore {
        /// Its number.
        format: u32,
    },
    /// No ticket, or none this person may see.
    NotFound {
        /// What was asked for.
        word: String,
    },
    /// No organisation, or none this person may see.
    NoOrganization {
        /// What was asked for.
        id: String,
    },
    /// There is such an organisation already.
    OrganizationExists {
        /// Its id.
        id: String,
    },
    /// Several tickets.
    Ambiguous {
        /// What was asked for.
        word: String,
        /// The tickets it could mean.
        candidates: Vec<Id>,
    },
    /// A file that is no sound ticket.
    Damaged {
        /// The file, relative to the root.
        path: String,
        /// What is wrong and where.
        damage: Damage,
    },
    /// The header says something else than the history.
    HeaderDiffers {
        /// The file, relative to the root.
        path: String,
        /// The first fact that differs.
        name: String,
    },
    /// A sound file that cannot be extended.
    Unwritable {
        /// The file, relative to the root.
        path: String,
        /// Why.
        why: Unwritable,
    },
    /// A rule is against it.
    Refused {
        /// The ticket, where there is one.
        ticket: Option<Id>,
        /// The word of what was asked.
        action: String,
        /// The rule.
        refusal: Refusal,
    },
    /// Nobody is known to act.
    NoIdentity,
    /// `--if-status` does not hold.
    OtherStatus {
        /// The ticket.
        ticket: Id,
        /// What was expected.
        expected: Status,
        /// What is.
        found: Status,
    },
    /// `--if-version` does not hold.
    OtherVersion {
        /// The ticket.
        ticket: Id,
        /// What was expected.
        expected: String,
        /// What is.
        found: Id,
    },
    /// At the place of an attachment lie other bytes than it is named after.
    OtherBytes {
        /// The file, relative to the root.
        path: String,
    },
    /// Somebody who knows no locks has changed a file between reading and writing it.
    OtherFile {
        /// The file, relative to the root.
        path: String,
    },
    /// The key was used for something else.
    KeyUsed {
        /// The ticket.
        ticket: Id,
        /// The key.
        key: String,
        /// What it was used for.
        action: String,
    },
    /// Another command is writing.
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long was waited.
        waited: Duration,
    },
    /// git refused; the files are as before.
    Git {
        /// Why.
        refusal: GitRefusal,
    },
    /// A commit was asked for where there is no repository.
    NoRepository {
        /// The store.
        root: PathBuf,
    },
    /// git knows no such revision.
    NoRevision {
        /// What was asked for.
        revision: String,
        /// What git said.
        refusal: GitRefusal,
    },
    /// A repository in which no desk, or more than one, is to be found.
    NoDesk {
        /// Where the repository lies.
        root: PathBuf,
        /// The folder that was asked for.
        asked: Option<String>,
        /// The folders that hold one: empty for the top, else with a slash at their end.
        known: Vec<String>,
    },
    /// The desk cannot be brought together with its remote now.
    Unsynced {
        /// Why.
        why: Unsynced,
    },
    /// What the remote has was taken in, and then something kept ours from being sent.
    Unsent {
        /// How many commits came.
        received: usize,
        /// What it was.
        because: Box<Error>,
    },
    /// The system refused.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was attempted, as in "cannot … it".
        attempt: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused, and then refused to take back what had been done: the next writer brings it to its end.
    Halfway {
        /// The desk.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Words on the command line that mean nothing.
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

/// Why a desk and its remote were not brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsynced {
    /// git is in the middle of something: a merge, a rebase.
    AtWork(&'static str),
    /// Conflicts wait to be resolved.
    Conflicted(Vec<String>),
    /// No branch is checked out.
    Detached,
    /// No remote is known, or none of that name.
    NoRemote {
        /// What was asked for.
        asked: Option<String>,
        /// Those there are.
        known: Vec<String>,
    },
    /// The person's own work, not committed yet, is in the way.
    InTheWay {
        /// Staged, which a merge would take along.
        staged: Vec<String>,
        /// Changed here and there.
        changed: Vec<String>,
    },
    /// What came cannot be merged without a person; the tree is as it was.
    Split {
        /// The paths.
        paths: Vec<String>,
    },
    /// The remote was faster every time.
    Outrun,
}
