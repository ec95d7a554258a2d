//! Founding a desk in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::files::StateDir;
use crate::store::git::{CommitRequest, GitError, Repository};
use crate::store::{config, holidays, layout};

use crate::desk::Environment;
use crate::desk::clones::git_setup::{GitSetting, add_attributes, apply_settings, git_settings};

/// What a desk starts with.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The folder.
    pub root: PathBuf,
    /// What it is called.
    pub name: String,
    /// The zone times are shown in.
    pub time_zone: String,
    /// Who is its first agent; else git's identity, if there is one.
    pub agent: Option<Person>,
    /// Whether the files are committed.
    pub commit: bool,
    /// How git is to call this program.
    pub program: String,
    /// Whether git is told to expect many files.
    pub many_files: bool,
}

/// What was founded.
#[derive(Clone, Debug)]
pub struct InitReport {
    /// Whether each command will make a commit.
    pub commit_each: bool,
    /// Whether the store lies in a repository now.
    pub in_repository: bool,
    /// Whether the files were committed.
    pub committed: bool,
    /// Who is the first agent.
    pub agent: Option<Person>,
    /// Why there is no repository or no commit, where one was wanted.
    pub git: Option<GitError>,
    /// What git was told of tickets, or was told otherwise before.
    pub tellings: Vec<GitSetting>,
}

impl InitOptions {
    /// Makes the store: casebook.toml, .gitattributes, lists of holidays, a git repository unless there is one, and its drivers.
    ///
    /// # Errors
    /// There is a store already, git's index is split where many files are expected, or a file cannot be written. A git that is missing or refuses is reported
    /// instead: the files are good without it.
    pub fn found(self, world: &Environment) -> Result<InitReport, Error> {
        let root = &self.root;
        if root.join(layout::MARKER).symlink_metadata().is_ok() {
            return Err(Error::StoreExists { root: root.clone() });
        }
        let there = root.ancestors().find(|folder| folder.is_dir()).unwrap_or(root);
        if self.many_files && Repository::at(there).has_split_index() {
            return Err(Error::SplitIndex { root: root.clone() });
        }
        fs::create_dir_all(root).map_err(Error::io(root, "make"))?;
        let repository = Repository::at(root);
        let existing = StateDir::of(root).in_repository();
        let mut git = if existing { None } else { repository.init().err() };
        let in_repository = StateDir::of(root).in_repository();
        if self.many_files && in_repository {
            git = git.or(repository.enable_many_files().err());
        }
        let own = in_repository && (!existing || is_own(&repository, root));
        let agent = match self.agent.clone() {
            None if in_repository => {
                repository.email().ok().flatten().and_then(|email| Person::from_address(&email).ok())
            }
            given => given,
        };
        let text = config::initial(&self.name, &self.time_zone, own, agent.as_ref());
        let marker = root.join(layout::MARKER);
        fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
        add_attributes(root)?;
        list_holidays(root)?;
        let told = if in_repository { self.tell_git() } else { Ok(Vec::new()) };
        let told = match told {
            Err(Error::Git { refusal }) => {
                git = git.or(Some(refusal));
                Vec::new()
            }
            told => told?,
        };
        let mut committed = false;
        if self.commit && in_repository {
            let result = Self::commit_files(root, world)?;
            committed = result.is_ok();
            git = git.or(result.err());
        }
        Ok(InitReport { commit_each: own, in_repository, committed, agent, git, tellings: told })
    }
}

impl InitOptions {
    fn tell_git(&self) -> Result<Vec<GitSetting>, Error> {
        let told = git_settings(&self.root, &self.program, false)?;
        apply_settings(&self.root, &told)?;
        Ok(told)
    }

    /// Commits the files of a new desk.
    ///
    /// # Errors
    /// The system refused; what git has against it is the inner result.
    pub fn commit_files(root: &Path, world: &Environment) -> Result<Result<(), GitError>, Error> {
        let state = StateDir::of(root);
        state.create().map_err(Error::io(state.folder(), "make"))?;
        let message = state.path("message");
        fs::write(&message, "Found a support desk\n\nAction: init\n").map_err(Error::io(&message, "write"))?;
        let message = std::path::absolute(&message).map_err(Error::io(&message, "find"))?;
        let mut paths = vec![layout::MARKER.to_owned(), ".gitattributes".to_owned()];
        paths.extend(holidays::INITIAL.map(holidays::path));
        let date = world.clock_is_fixed.then(|| world.now.to_rfc3339());
        let commit = CommitRequest {
            paths: &paths,
            new: &paths,
            message: &message,
            date: date.as_deref(),
            patience: world.patience,
            state: None,
        };
        Ok(Repository::at(root).commit(&commit, None, &|_| {}))
    }
}

/// Puts down the lists of holidays that a new desk's policy names, where there are none of these names.
fn list_holidays(root: &Path) -> Result<(), Error> {
    let folder = root.join(layout::CALENDARS);
    fs::create_dir_all(&folder).map_err(Error::io(&folder, "make"))?;
    for name in holidays::INITIAL {
        let path = root.join(holidays::path(name));
        if path.symlink_metadata().is_err() {
            let text = holidays::shipped(name).expect("a new desk names lists that come with the program");
            fs::write(&path, text).map_err(Error::io(&path, "write"))?;
        }
    }
    Ok(())
}

/// Whether an existing repository is there for this desk alone: nothing is committed, and its top is the store.
fn is_own(repository: &Repository, root: &Path) -> bool {
    let same = |top: PathBuf| fs::canonicalize(top).ok() == fs::canonicalize(root).ok();
    !repository.has_commits() && repository.work_tree_root().is_some_and(same)
}
