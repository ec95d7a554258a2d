//! The diagnosis of a desk and its surroundings: git, its settings, the lock, an interrupted command. Changes nothing.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::store::files::{Lock, LockError};
use crate::store::git::Repository;
use crate::store::index::Index;
use crate::store::layout;

use crate::desk::Desk;
use crate::desk::clones::git_setup::{EXAMPLE_TICKET, GitSetting, git_settings};

/// Paths of the files of a desk, of which new ones must not be ignored.
const EXAMPLES: [&str; 4] =
    [EXAMPLE_TICKET, "organizations/example.yaml", layout::ATTACHMENT_ATTRIBUTES, layout::MARKER];

/// The health of a desk and its surroundings.
#[derive(Clone, Debug)]
pub struct DeskHealth {
    /// The git settings that this clone needs, with their states; none without a repository.
    pub git_settings: Vec<GitSetting>,
    /// The operation of git that is not finished, for example a merge.
    pub git_operation: Option<&'static str>,
    /// The paths in conflict, relative to the root of the repository.
    pub conflicted: Vec<String>,
    /// The files of the desk that a sparse checkout leaves out.
    pub left_out: Vec<String>,
    /// The paths of a new ticket and of the desk's other files that git ignores.
    pub ignored: Vec<String>,
    /// True if another command holds the lock.
    pub is_locked: bool,
    /// True if a command was interrupted.
    pub is_interrupted: bool,
    /// The files that were left in `.casebook/` from before there was a repository: a journal, kept texts.
    pub legacy_files: Vec<PathBuf>,
    /// The number of tickets in the index, if there is one that can be read.
    pub indexed: Option<usize>,
    /// The number of kept texts of commands that failed.
    pub kept_texts: usize,
}

impl Desk {
    /// Returns the health of the desk and its surroundings. `program` is the command by which git calls this program.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn health(&self, program: &str) -> Result<DeskHealth, Error> {
        let in_repository = self.state.in_repository();
        let repository = Repository::at(&self.root);
        let lock = self.state.shared_path("lock");
        // Taking the lock would create its file; without the file nothing holds the lock.
        let is_locked = lock.exists() && matches!(Lock::take(&lock, Duration::ZERO), Err(LockError::Busy { .. }));
        let index = Index::load(self.state.folder());
        let kept_texts = std::fs::read_dir(self.state.path("kept")).map_or(0, Iterator::count);
        Ok(DeskHealth {
            git_settings: if in_repository { git_settings(&self.root, program, false)? } else { Vec::new() },
            git_operation: self.clones().git_operation(),
            conflicted: if in_repository { repository.unmerged()? } else { Vec::new() },
            ignored: if in_repository { repository.ignored(&EXAMPLES.map(str::to_owned))? } else { Vec::new() },
            left_out: self.left_out().to_vec(),
            is_locked,
            is_interrupted: self.has_pending(),
            legacy_files: ["journal", "kept"]
                .iter()
                .filter_map(|name| self.state.legacy_file(&self.root, name))
                .collect(),
            indexed: index.map(|index| index.len()).filter(|tickets| *tickets > 0),
            kept_texts,
        })
    }
}
