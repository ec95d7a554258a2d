//! What can be wrong around a desk: git, its settings, the lock, an interrupted command.
//!
//! Looks and changes nothing. Must not know what to do about it: the edge says that.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::store::files::{Lock, LockError};
use crate::store::git::Repository;
use crate::store::index::Index;

use crate::desk::Desk;
use crate::desk::clones::git_setup::{GitSetting, git_settings};

/// What was found around a desk.
#[derive(Clone, Debug)]
pub struct DeskHealth {
    /// What git is to be told in this clone, and how that stands; none where there is no repository.
    pub tellings: Vec<GitSetting>,
    /// What git is in the middle of.
    pub at_work: Option<&'static str>,
    /// Conflicted paths, from the top of the repository.
    pub conflicted: Vec<String>,
    /// Whether another command is writing.
    pub is_locked: bool,
    /// Whether a command was interrupted.
    pub is_interrupted: bool,
    /// What was left in `.casebook/` before there was a repository: a journal, kept texts.
    pub left_behind: Vec<PathBuf>,
    /// How many rows the index has, if there is one that can be read.
    pub indexed: Option<usize>,
    /// How many texts are kept that came to nothing.
    pub kept: usize,
}

impl Desk {
    /// Looks around. `program` is how git is to call this program.
    ///
    /// # Errors
    /// git refuses to answer.
    pub fn health(&self, program: &str) -> Result<DeskHealth, Error> {
        let in_repository = self.state.in_repository();
        let repository = Repository::at(&self.root);
        let lock = self.state.path("lock");
        // Taking the lock would make its file: where there is none, nobody holds it.
        let is_locked = lock.exists() && matches!(Lock::take(&lock, Duration::ZERO), Err(LockError::Busy { .. }));
        let index = Index::load(self.state.folder());
        let kept = std::fs::read_dir(self.state.path("kept")).map_or(0, Iterator::count);
        Ok(DeskHealth {
            tellings: if in_repository { git_settings(&self.root, program, false)? } else { Vec::new() },
            at_work: self.is_git_at_work(),
            conflicted: if in_repository { repository.unmerged()? } else { Vec::new() },
            is_locked,
            is_interrupted: self.has_pending(),
            left_behind: ["journal", "kept"]
                .iter()
                .filter_map(|name| self.state.legacy_file(&self.root, name))
                .collect(),
            indexed: index.map(|index| index.len()).filter(|rows| *rows > 0),
            kept,
        })
    }
}
