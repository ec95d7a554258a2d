//! Facts about git that the actor must know after a write: a detached HEAD, ignored files, the output of hooks.

use crate::desk::Desk;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::git::Repository;

/// Facts about git that the actor must know after a write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitNotes {
    /// True if no branch contains the commit, because HEAD is detached.
    pub is_detached: bool,
    /// The output of hooks, though the commit succeeded.
    pub printed: String,
    /// The first file that was written without a commit, and that git ignores.
    pub ignored: Option<String>,
}

impl Desk {
    /// Returns whether HEAD is detached, so that no branch will contain the next commit.
    ///
    /// # Errors
    /// git is in the middle of a rebase or bisection, which ends on another commit.
    pub(super) fn has_detached_head(&self) -> Result<bool, Error> {
        let Some(git_dir) = self.state.git_dir() else { return Ok(false) };
        let head = std::fs::read(git_dir.join("HEAD")).unwrap_or_default();
        if head.is_empty() || head.starts_with(b"ref:") {
            return Ok(false);
        }
        let is_bisection = || git_dir.join("BISECT_LOG").exists().then_some("bisection");
        match self.clones().git_operation().or_else(is_bisection) {
            Some(operation) => Err(Error::GitOperation { operation }),
            None => Ok(true),
        }
    }

    /// Returns the first of some written files that git ignores, if files with patterns are there at all.
    pub(super) fn ignored(&self, changes: &[FileChange]) -> Option<String> {
        let paths: Vec<String> = changes.iter().map(|change| change.path.clone()).collect();
        let repository = Repository::at(&self.root);
        let ignored =
            if repository.may_ignore(&paths, self.state.git_dir()?) { repository.ignored(&paths).ok() } else { None };
        ignored?.into_iter().next()
    }
}
