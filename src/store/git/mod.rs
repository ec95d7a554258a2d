//! git, run as the program that people use: with their hooks, signing and identity
//! (docs/decisions/0003-git-is-spawned.md).
//!
//! # Invariants
//!
//! Commits contain exactly the given paths; other changes, staged or not, stay as they are. The formats of the files
//! and the contents of messages are unknown here.

mod command;
mod commit;
mod config;
mod conflicts;
mod fast_commit;
mod log;
mod merge_obstacles;
mod objects;
mod output_file;
mod process;
mod refs;
mod remote;
mod revisions;
mod signatures;
mod snapshot;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use command::GitCommand;
pub use commit::CommitRequest;
pub use config::plain_email;
pub use conflicts::{Conflict, merge_lines};
pub use fast_commit::CommitPlan;
pub use log::{CommitChange, HistoryWalk, ObjectStream, ParentDiff, Revision, VersionCache, is_blob};
pub use refs::{HistoryCompleteness, NOTHING, RefChange};
pub use remote::{MergeOptions, WorkTreeState};
pub use signatures::{Signature, TrustedKey};
pub use snapshot::{FileKind, FolderEntry, Snapshot};

use crate::domain::people::person::Person;
use crate::domain::time::duration::format_wait;
use objects::ObjectReader;

/// An error of git.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The `git` program was not found.
    #[error("cannot commit: git was not found on PATH")]
    NotInstalled,
    /// A lock that another git process held for all the time.
    #[error("git is locked by another process:\n{message}")]
    Locked {
        /// The output of git.
        message: String,
    },
    /// A remote that did not answer in time.
    #[error("the remote did not answer within {}", format_wait(*waited))]
    Unanswered {
        /// The time waited.
        waited: std::time::Duration,
    },
    /// A repository that git does not trust, because another user owns it.
    #[error("git does not trust this repository:\n{message}")]
    Distrusted {
        /// The output of git.
        message: String,
    },
    /// A refusal of git: by a hook, a missing identity, a merge in progress, or signing.
    #[error("git refused:\n{message}")]
    Refused {
        /// The output of git and its hooks.
        message: String,
    },
}

impl GitError {
    /// Returns the error of a git that printed a message. In every language the message names the setting that would make
    /// the repository trusted.
    fn refused(message: impl Into<String>) -> Self {
        let message = message.into();
        let is_distrusted = ["safe.directory", "safe.bareRepository"].iter().any(|name| message.contains(name));
        if is_distrusted { Self::Distrusted { message } } else { Self::Refused { message } }
    }
}

impl From<std::io::Error> for GitError {
    fn from(error: std::io::Error) -> Self {
        Self::refused(error.to_string())
    }
}

/// A setting that keeps git from guessing an identity by the name of the machine.
const CONFIGURED_ONLY: &str = "user.useConfigOnly=true";

/// The repository of a desk.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
    in_hook: bool,
    /// The file that is git's index, if a hook names another one than the usual.
    index: Option<PathBuf>,
    /// The folder of the desk in the repository, if it is not `root`.
    prefix: Option<String>,
    /// The author of commits if git knows none.
    stand_in: Option<Person>,
    /// The folder of `root` in the repository, and the git directory, once they are known.
    places: Arc<OnceLock<(String, PathBuf)>>,
    objects: Arc<ObjectReader>,
}

impl Repository {
    /// Returns the repository that contains the desk at `root`.
    pub fn at(root: &Path) -> Self {
        let (index, prefix, stand_in, places, objects) = Default::default();
        Self { root: root.to_owned(), in_hook: false, index, prefix, stand_in, places, objects }
    }

    /// Returns the repository of a hook, for a process that git started in a folder of it. The environment says where
    /// the repository is, and where the objects of a push are before it is accepted.
    pub fn for_hook(folder: &Path) -> Self {
        Self { in_hook: true, ..Self::at(folder) }
    }

    /// Returns the same repository for a desk in a folder of it: empty, or with a slash at its end.
    #[must_use]
    pub fn in_folder(mut self, prefix: &str) -> Self {
        self.prefix = Some(prefix.to_owned());
        self
    }

    /// Returns the same repository with an author for its commits if git knows none.
    #[must_use]
    pub fn with_stand_in(self, stand_in: Option<&Person>) -> Self {
        Self { stand_in: stand_in.cloned(), ..self }
    }

    /// Returns the stand-in if git knows no author.
    ///
    /// # Errors
    /// git is not installed.
    pub fn author_in_place_of_git(&self) -> Result<Option<&Person>, GitError> {
        let Some(person) = &self.stand_in else { return Ok(None) };
        Ok(if self.find(&["-c", CONFIGURED_ONLY, "var", "GIT_COMMITTER_IDENT"])?.is_none() {
            Some(person)
        } else {
            None
        })
    }

    /// Returns the same repository with another file as its index, and with a reader of objects of its own, which can run
    /// in another thread.
    pub fn with_index(&self, index: Option<PathBuf>) -> Self {
        Self { index, objects: Arc::default(), ..self.clone() }
    }

    fn run(&self, arguments: &[&str]) -> GitCommand {
        let run = GitCommand::new(&self.root, arguments, self.in_hook);
        match &self.index {
            Some(index) => run.env("GIT_INDEX_FILE", index),
            None => run,
        }
    }

    /// Runs git and returns its output without blanks at both ends.
    fn answer(&self, arguments: &[&str]) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.run(arguments).bytes()?).trim().to_owned())
    }

    /// Runs git and returns the paths that it prints, one per line.
    fn places_in(&self, arguments: &[&str]) -> Result<Vec<PathBuf>, GitError> {
        let printed = self.run(arguments).bytes()?;
        let lines = printed.strip_suffix(b"\n").unwrap_or(&printed).split(|byte| *byte == b'\n');
        Ok(lines.map(|line| self.root.join(OsStr::from_bytes(line))).collect())
    }

    /// Runs git and returns its output without blanks at both ends; none if git fails or prints nothing.
    fn find(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        match self.answer(arguments) {
            Ok(found) => Ok(Some(found).filter(|found| !found.is_empty())),
            Err(GitError::Refused { .. } | GitError::Locked { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the value of a setting, if it is set.
    ///
    /// # Errors
    /// git is not installed.
    pub fn setting(&self, name: &str) -> Result<Option<String>, GitError> {
        self.find(&["config", "--get", name])
    }

    /// Creates a repository.
    ///
    /// # Errors
    /// git refuses.
    pub fn init(&self) -> Result<(), GitError> {
        self.run(&["init", "--quiet"]).done()
    }

    /// Sets an identity in the repository if git has none, so that a demo desk can commit.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn set_local_identity(&self, email: &str) -> Result<(), GitError> {
        for (name, value) in [("user.email", email), ("user.name", "You")] {
            if self.setting(name)?.is_none() {
                self.set(name, value)?;
            }
        }
        Ok(())
    }

    /// Returns true if git's index is split, or will be.
    pub fn has_split_index(&self) -> bool {
        let setting = self.answer(&["config", "--type=bool", "--get", "core.splitIndex"]);
        let shared = self.answer(&["rev-parse", "--shared-index-path"]);
        setting.is_ok_and(|value| value == "true") || shared.is_ok_and(|shared| !shared.is_empty())
    }

    /// Returns true if the folder is a git directory, or in one: it has no work tree.
    ///
    /// # Errors
    /// git does not trust the repository.
    pub fn is_git_folder(&self) -> Result<bool, GitError> {
        match self.find(&["rev-parse", "--is-inside-git-dir"]) {
            Err(GitError::NotInstalled) => Ok(false),
            answer => Ok(answer?.as_deref() == Some("true")),
        }
    }

    /// Returns true if the branch has a commit.
    pub fn has_commits(&self) -> bool {
        matches!(self.head(), Ok(Some(_)))
    }

    /// Returns the root of the work tree.
    pub fn work_tree_root(&self) -> Option<PathBuf> {
        self.places_in(&["rev-parse", "--show-toplevel"]).ok()?.pop()
    }

    /// Returns true if the last commit contains each of these paths as it is in the work tree. git's index is not
    /// consulted, because a git process that was killed may have made the commit and not yet written the index.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_committed(&self, paths: &[String]) -> Result<bool, GitError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "HEAD"]).output()?;
        let hashed = self.run(&["hash-object", "--stdin-paths"]).input(paths, b'\n').output()?;
        let blobs: HashMap<&str, &str> = listed
            .stdout
            .split('\0')
            .filter_map(|line| {
                let (kind, path) = line.split_once('\t')?;
                Some((path, kind.rsplit(' ').next()?))
            })
            .collect();
        let mut hashes = hashed.stdout.lines();
        Ok(listed.status.success()
            && hashed.status.success()
            && paths.iter().all(|path| blobs.get(path.as_str()).copied() == hashes.next()))
    }

    /// Returns the text of a path in the last commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn committed(&self, path: &str) -> Result<Option<String>, GitError> {
        self.text(&format!("HEAD:./{path}"))
    }
}
