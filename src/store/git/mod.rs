//! git, as the program people have: their hooks, signing and identity are honoured because it is their git.
//!
//! Commits are of exactly the paths given; what else is staged or changed stays as it is. Must not know
//! tickets, or what a message says.

mod commit;
mod email;
mod process;
mod revision;

use std::path::{Path, PathBuf};

pub use commit::Commit;
pub use email::plain_email;
use process::Run;

/// Why git did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitRefusal {
    /// There is no `git` to run.
    NotInstalled,
    /// Another git process held its lock all the time.
    Locked {
        /// What git said.
        said: String,
    },
    /// It said no: a hook, a missing identity, a merge in progress, signing.
    Refused {
        /// What git and its hooks said.
        said: String,
    },
}

/// The repository a store lies in.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The repository that holds the store at `root`.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::git(&self.root, arguments)
    }

    /// git's `user.email`, if one is set.
    ///
    /// # Errors
    /// git is not installed.
    pub fn email(&self) -> Result<Option<String>, GitRefusal> {
        let output = self.run(&["config", "--get", "user.email"]).output()?;
        let email = output.stdout.trim().to_owned();
        Ok((output.success && !email.is_empty()).then_some(email))
    }

    /// Makes a repository here.
    ///
    /// # Errors
    /// What git said against it.
    pub fn init(&self) -> Result<(), GitRefusal> {
        self.run(&["init", "--quiet"]).done()
    }

    /// Gives the repository an identity of its own where git has none, so that a visitor's desk can commit.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn name_visitor(&self, email: &str) -> Result<(), GitRefusal> {
        for (key, value) in [("user.email", email), ("user.name", "You")] {
            if !self.run(&["config", "--get", key]).output()?.success {
                self.run(&["config", key, value]).done()?;
            }
        }
        Ok(())
    }

    /// Whether anything was ever committed here.
    pub fn has_commits(&self) -> bool {
        self.run(&["rev-parse", "--quiet", "--verify", "HEAD"]).done().is_ok()
    }

    /// The top folder of the work tree.
    pub fn top(&self) -> Option<PathBuf> {
        let output = self.run(&["rev-parse", "--show-toplevel"]).output().ok()?;
        output.success.then(|| PathBuf::from(output.stdout.trim_end_matches('\n')))
    }

    /// Whether every one of these paths is committed as it lies there.
    pub fn is_clean(&self, paths: &[String]) -> Result<bool, GitRefusal> {
        let output = self
            .run(&["status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching"])
            .paths(paths)
            .output()?;
        Ok(output.success && output.stdout.is_empty())
    }
}
