//! git, as the program people have: their hooks, signing and identity are honoured because it is their git.
//!
//! Commits are of exactly the paths given; what else is staged or changed stays as it is. Must not know
//! tickets, or what a message says.

mod command;
mod commit;
mod config;
mod conflicts;
mod fast_commit;
mod log;
mod merge_obstacles;
mod merged_files;
pub(crate) mod objects;
mod refs;
mod remote;
mod revisions;
mod signatures;
mod snapshot;
mod user_email;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use command::GitCommand;
pub use commit::CommitRequest;
pub use conflicts::{Conflict, merge_lines};
pub use fast_commit::CommitPlan;
pub use log::{
    CommitChange, HistoryWalk, ObjectLookup, ObjectStream, ParentDiff, Revision, VersionCache, WalkFilter, is_blob,
};
pub use merge_obstacles::MergeObstacles;
pub use merged_files::RemergedFile;
pub use refs::{HistoryCompleteness, NOTHING, RefChange};
pub use remote::MergeOptions;
pub use revisions::ChangedFile;
pub use signatures::{Signature, TrustedKey};
pub use snapshot::{FileKind, Snapshot, SnapshotFile};
pub use user_email::plain_email;

use crate::domain::time::duration::format_wait;

/// Why git did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is no `git` to run.
    #[error("git was not found on PATH, so nothing can be committed")]
    NotInstalled,
    /// Another git process held its lock all the time.
    #[error("git is locked by another process:\n{said}")]
    Locked {
        /// What git said.
        said: String,
    },
    /// The other side of a connection did not answer in time.
    #[error("the remote did not answer within {}", format_wait(*waited))]
    Unanswered {
        /// How long was waited.
        waited: std::time::Duration,
    },
    /// It said no: a hook, a missing identity, a merge in progress, signing.
    #[error("git refused:\n{said}")]
    Refused {
        /// What git and its hooks said.
        said: String,
    },
}

/// The repository a store lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
    of_hook: bool,
    /// The git directory, once git was asked for it.
    git_folder: Arc<OnceLock<PathBuf>>,
}

impl Repository {
    /// The repository that holds the store at `root`.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), of_hook: false, git_folder: Arc::default() }
    }

    /// The repository whose git has started us as its hook, in a folder of it: git's environment says where it is, and
    /// where the objects of a push wait until it is accepted.
    pub fn for_hook(folder: &Path) -> Self {
        Self { root: folder.to_owned(), of_hook: true, git_folder: Arc::default() }
    }

    fn run(&self, arguments: &[&str]) -> GitCommand {
        if self.of_hook {
            GitCommand::git_of_hook(&self.root, arguments)
        } else {
            GitCommand::git(&self.root, arguments)
        }
    }

    /// git's `user.email`, if one is set.
    ///
    /// # Errors
    /// git is not installed.
    pub fn email(&self) -> Result<Option<String>, GitError> {
        let output = self.run(&["config", "--get", "user.email"]).output()?;
        let email = output.stdout.trim().to_owned();
        Ok((output.success && !email.is_empty()).then_some(email))
    }

    /// Makes a repository here.
    ///
    /// # Errors
    /// What git said against it.
    pub fn init(&self) -> Result<(), GitError> {
        self.run(&["init", "--quiet"]).done()
    }

    /// Gives the repository an identity of its own where git has none, so that a visitor's desk can commit.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn set_local_identity(&self, email: &str) -> Result<(), GitError> {
        for (key, value) in [("user.email", email), ("user.name", "You")] {
            if !self.run(&["config", "--get", key]).output()?.success {
                self.run(&["config", key, value]).done()?;
            }
        }
        Ok(())
    }

    /// Whether git's index is split in two, or shall be.
    pub fn has_split_index(&self) -> bool {
        let wanted = self.answer(&["config", "--type=bool", "--get", "core.splitIndex"]);
        let shared = self.answer(&["rev-parse", "--shared-index-path"]);
        wanted.is_ok_and(|wanted| wanted == "true") || shared.is_ok_and(|shared| !shared.is_empty())
    }

    /// Has git keep a smaller index and remember untracked files: `feature.manyFiles`. With a split index git 2.47
    /// would read an empty one; the caller has asked [`Repository::has_split_index`].
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn enable_many_files(&self) -> Result<(), GitError> {
        self.run(&["config", "feature.manyFiles", "true"]).done()
    }

    /// Whether anything was ever committed here.
    pub fn has_commits(&self) -> bool {
        self.run(&["rev-parse", "--quiet", "--verify", "HEAD"]).done().is_ok()
    }

    /// The top folder of the work tree.
    pub fn work_tree_root(&self) -> Option<PathBuf> {
        let output = self.run(&["rev-parse", "--show-toplevel"]).output().ok()?;
        output.success.then(|| PathBuf::from(output.stdout.trim_end_matches('\n')))
    }

    /// Whether the last commit holds every one of these paths as it lies there. The index is not asked: a commit
    /// of a git that was killed may be made and its index not yet written.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_committed(&self, paths: &[String]) -> Result<bool, GitError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "HEAD"]).output()?;
        let there = self.run(&["hash-object", "--stdin-paths"]).lines(paths).output()?;
        let blobs: HashMap<&str, &str> = listed
            .stdout
            .split('\0')
            .filter_map(|line| {
                let (kind, path) = line.split_once('\t')?;
                Some((path, kind.rsplit(' ').next()?))
            })
            .collect();
        let mut hashes = there.stdout.lines();
        Ok(listed.success
            && there.success
            && paths.iter().all(|path| blobs.get(path.as_str()).copied() == hashes.next()))
    }

    /// What the last commit holds at a path.
    ///
    /// # Errors
    /// git is not installed.
    pub fn committed(&self, path: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["cat-file", "blob", &format!("HEAD:./{path}")]).output()?;
        Ok(output.success.then_some(output.stdout))
    }
}
