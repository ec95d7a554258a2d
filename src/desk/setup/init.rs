//! Creating a desk in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::config::PolicyTemplate;
use crate::store::files::StateDir;
use crate::store::git::{CommitRequest, GitError, Repository};
use crate::store::{holidays, layout};

use crate::desk::Environment;
use crate::desk::clones::git_setup::{GitSetting, add_attributes, apply_settings, git_settings};

/// The options of a new desk.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The folder.
    pub root: PathBuf,
    /// The name of the desk.
    pub name: String,
    /// The policy that it begins with.
    pub template: PolicyTemplate,
    /// The time zone of the desk.
    pub time_zone: String,
    /// The first agent; `None` for git's identity, if there is one.
    pub agent: Option<Person>,
    /// True to commit the files, false not to; `None` to commit them in a repository that is only for the desk.
    pub commit: Option<bool>,
    /// True if the desk gets a repository of its own, also inside another one.
    pub own_repository: bool,
    /// The command by which git calls this program.
    pub program: String,
    /// True if git is configured for many files.
    pub many_files: bool,
}

/// The result of creating a desk.
#[derive(Clone, Debug)]
pub struct InitReport {
    /// True if every command commits.
    pub commit_each: bool,
    /// True if the desk is in a repository.
    pub in_repository: bool,
    /// True if the files were committed.
    pub committed: bool,
    /// The first agent, if there is one.
    pub agent: Option<Person>,
    /// The output of hooks during the commit.
    pub printed: String,
    /// The error of git, if there is no repository or no commit because of it.
    pub git: Option<GitError>,
    /// The git settings that the desk needs, as they were before.
    pub git_settings: Vec<GitSetting>,
}

impl InitOptions {
    /// Creates the desk: casebook.toml, .gitattributes, holiday lists, a git repository unless there is one, and git settings.
    ///
    /// # Errors
    /// There is a desk already, git's index is split and many files are expected, or a file cannot be written. If git is
    /// missing or refuses, the desk is created without it and the report contains the error.
    pub fn create(self, environment: &Environment) -> Result<InitReport, Error> {
        let root = &self.root;
        if root.join(layout::MARKER).symlink_metadata().is_ok() {
            return Err(Error::DeskExists { root: root.clone() });
        }
        let existing_folder = root.ancestors().find(|folder| folder.is_dir()).unwrap_or(root);
        if Repository::at(existing_folder).is_git_folder()? {
            return Err(Error::GitFolder { root: root.clone() });
        }
        if self.many_files && Repository::at(existing_folder).has_split_index() {
            return Err(Error::SplitIndex { root: root.clone() });
        }
        fs::create_dir_all(root).map_err(Error::io(root, "make"))?;
        let repository = Repository::at(root);
        let had_repository = !self.own_repository && StateDir::of(root).in_repository();
        let mut git = if had_repository { None } else { repository.init().err() };
        let in_repository = StateDir::of(root).in_repository();
        if self.many_files && in_repository {
            // git keeps a smaller index and caches untracked files. git 2.47 would read a split index as empty.
            git = git.or(repository.set("feature.manyFiles", "true").err());
        }
        let commit_each = in_repository && (!had_repository || is_own(&repository, root));
        let agent = match self.agent.clone() {
            None if in_repository => {
                repository.setting("user.email").ok().flatten().and_then(|email| Person::from_address(&email).ok())
            }
            given => given,
        };
        let text = self.template.text(&self.name, &self.time_zone, commit_each, agent.as_ref());
        let marker = root.join(layout::MARKER);
        fs::write(&marker, text).map_err(Error::io(&marker, "write"))?;
        add_attributes(root)?;
        write_holiday_lists(root, self.template)?;
        let settings = if in_repository { self.configure_git() } else { Ok(Vec::new()) };
        let git_settings = match settings {
            Err(Error::Git { refusal }) => {
                git = git.or(Some(refusal));
                Vec::new()
            }
            settings => settings?,
        };
        let (mut committed, mut printed) = (false, String::new());
        if in_repository && self.commit.unwrap_or(commit_each) {
            match Self::commit_files(root, self.template, environment)? {
                Ok(output) => (committed, printed) = (true, output),
                Err(refusal) => git = git.or(Some(refusal)),
            }
        }
        Ok(InitReport { commit_each, in_repository, committed, agent, printed, git, git_settings })
    }

    fn configure_git(&self) -> Result<Vec<GitSetting>, Error> {
        let settings = git_settings(&self.root, &self.program, false)?;
        apply_settings(&self.root, &settings)?;
        Ok(settings)
    }

    /// Commits the files of a new desk, and returns the output of hooks.
    ///
    /// # Errors
    /// A file cannot be written; inside, the error of git.
    pub fn commit_files(
        root: &Path,
        template: PolicyTemplate,
        environment: &Environment,
    ) -> Result<Result<String, GitError>, Error> {
        let state = StateDir::of(root);
        state.create().map_err(Error::io(state.folder(), "make"))?;
        let message = state.path("message");
        fs::write(&message, "Create a support desk\n\nAction: init\n").map_err(Error::io(&message, "write"))?;
        let message = std::path::absolute(&message).map_err(Error::io(&message, "find"))?;
        let mut paths = vec![layout::MARKER.to_owned(), ".gitattributes".to_owned()];
        paths.extend(template.holidays().iter().map(|name| holidays::path(name)));
        let date = environment.clock_is_fixed.then(|| environment.now.to_rfc3339());
        let commit = CommitRequest {
            paths: &paths,
            new: &paths,
            message: &message,
            date: date.as_deref(),
            patience: environment.patience,
            state: None,
        };
        let repository = Repository::at(root).with_stand_in(environment.stand_in.as_ref());
        Ok(repository.commit(&commit, None, &|_| {}))
    }
}

/// Writes the holiday lists that a template names, unless there are lists of these names.
fn write_holiday_lists(root: &Path, template: PolicyTemplate) -> Result<(), Error> {
    if template.holidays().is_empty() {
        return Ok(());
    }
    let folder = root.join(layout::CALENDARS);
    fs::create_dir_all(&folder).map_err(Error::io(&folder, "make"))?;
    for name in template.holidays() {
        let path = root.join(holidays::path(name));
        if path.symlink_metadata().is_err() {
            let text = holidays::shipped(name).expect("a template names lists that are part of the program");
            fs::write(&path, text).map_err(Error::io(&path, "write"))?;
        }
    }
    Ok(())
}

/// Returns whether an existing repository is only for this desk: nothing is committed, and its root is the desk.
fn is_own(repository: &Repository, root: &Path) -> bool {
    let same = |top: PathBuf| fs::canonicalize(top).ok() == fs::canonicalize(root).ok();
    !repository.has_commits() && repository.work_tree_root().is_some_and(same)
}
