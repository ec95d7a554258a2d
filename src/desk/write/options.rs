//! The options of a command: actor, dry run, commit.

use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::git::Repository;

use crate::desk::Desk;

/// Under which terms a command is carried out.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Who acts.
    pub by: Person,
    /// Whether the name was given, so that git's own identity may be another.
    pub on_behalf: bool,
    /// The author git would name, where the environment says so.
    pub git_author: Option<String>,
    /// Show what would be done, and do nothing.
    pub dry_run: bool,
    /// Commit or not; else the desk's policy.
    pub commit: Option<bool>,
}

impl WriteOptions {
    /// Returns whether the command ends in a commit: as the options say, else as the desk's settings say if it is in a
    /// repository.
    ///
    /// # Errors
    /// A commit was requested and there is no repository.
    pub(crate) fn commits(&self, desk: &Desk) -> Result<bool, Error> {
        match self.commit {
            Some(true) if !desk.state.in_repository() => Err(Error::NoRepository { root: desk.root.clone() }),
            Some(commit) => Ok(commit),
            None => Ok(desk.config.commit_each && desk.state.in_repository()),
        }
    }

    /// Returns the actor's address if git would record another author.
    ///
    /// # Errors
    /// git cannot be asked.
    pub(crate) fn on_behalf_of(&self, desk: &Desk) -> Result<Option<String>, Error> {
        if !self.on_behalf || !desk.state.in_repository() {
            return Ok(None);
        }
        let author = match &self.git_author {
            Some(author) => Some(author.clone()),
            None => Repository::at(&desk.root).email()?,
        };
        let actor = self.by.as_str();
        Ok(author.is_none_or(|author| !author.eq_ignore_ascii_case(actor)).then(|| actor.to_owned()))
    }
}
