//! The options of a command: actor, dry run, commit.

use crate::domain::people::person::Person;
use crate::error::Error;
use crate::store::config::Settings;

use super::commit_message::on_behalf_of;
use crate::desk::Desk;

/// The options of a command that writes.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The person who runs the command.
    pub actor: Person,
    /// True if the actor was named with a flag or variable, so that git's author may be another person.
    pub on_behalf: bool,
    /// The address of git's author, if it is known without asking git.
    pub git_author: Option<String>,
    /// True if nothing is written: the outcome is only returned.
    pub dry_run: bool,
    /// True to commit, false not to; `None` for what the settings of the desk say.
    pub commit: Option<bool>,
}

impl WriteOptions {
    /// Returns whether the command ends in a commit: as the options say, else as the desk's settings say if it is in a
    /// repository.
    ///
    /// # Errors
    /// A commit was requested and there is no repository, or `[git]` is invalid.
    fn commits(&self, desk: &Desk) -> Result<bool, Error> {
        match self.commit {
            Some(true) if !desk.state.in_repository() => Err(Error::NoRepository { root: desk.root.clone() }),
            Some(commit) => Ok(commit),
            None => Ok(desk.state.in_repository() && *desk.policy().settings(Settings::commit_each)?),
        }
    }

    /// Returns the message of the commit in which the command ends, if there is one: `text`, and a trailer that names the
    /// actor if git would record another author.
    ///
    /// # Errors
    /// As [`WriteOptions::commits`], or git cannot be asked.
    pub(crate) fn message(&self, desk: &Desk, text: String) -> Result<Option<String>, Error> {
        if !self.commits(desk)? {
            return Ok(None);
        }
        if !self.on_behalf || !desk.state.in_repository() {
            return Ok(Some(text));
        }
        let author = match &self.git_author {
            Some(author) => Some(author.clone()),
            None => {
                let repository = desk.git();
                let stand_in = || repository.author_in_place_of_git();
                match repository.setting("user.email")? {
                    None => stand_in()?.map(|person| person.as_str().to_owned()),
                    set => set,
                }
            }
        };
        let actor = self.actor.as_str();
        let is_author = author.is_some_and(|author| author.eq_ignore_ascii_case(actor));
        Ok(Some(if is_author { text } else { text + &on_behalf_of(actor) }))
    }
}
