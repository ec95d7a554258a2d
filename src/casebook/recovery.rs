//! What the next writer does with a command that was interrupted: it goes forward to the end the command had
//! decided on, and back only where git refuses the commit.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::files::Journal;
use crate::store::git::{Commit, GitRefusal, Repository};

use super::Casebook;

/// What became of an interrupted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// It is done now.
    Completed {
        /// The subject of its commit, or its files.
        what: String,
        /// Files somebody else has changed since, left alone.
        foreign: Vec<String>,
    },
    /// git refused it; the files are as before it.
    Undone {
        /// What it was.
        what: String,
        /// Why.
        refusal: GitRefusal,
        /// Where the words somebody had typed are kept.
        kept: Vec<PathBuf>,
    },
}

impl Casebook {
    /// Ends an interrupted command. The caller holds the lock.
    pub(super) fn recover(&self) -> Result<Option<Recovery>, Error> {
        let journal_path = self.state.path("journal");
        let Some(journal) = Journal::pending(&self.state).map_err(Error::io(&journal_path, "read"))? else {
            return Ok(None);
        };
        let what = match &journal.commit {
            Some(commit) => commit.message.lines().next().unwrap_or_default().to_owned(),
            None => journal.changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>().join(", "),
        };
        let reach = |step: &str| self.reach(step);
        let foreign =
            journal.go_forward(&self.state, &self.root, &reach).map_err(Error::io(&self.root, "write to"))?;
        let committed = self.commit_journal(&journal);
        self.reach("recovered");
        let recovery = match committed {
            Ok(()) => Recovery::Completed { what, foreign },
            // Waiting did not help, or git is not there: nothing is lost, the journal stays for the next writer.
            Err(refusal @ (GitRefusal::Locked { .. } | GitRefusal::NotInstalled)) => {
                return Err(Error::Git { refusal });
            }
            Err(refusal) => {
                journal.go_back(&self.state, &self.root, &reach).map_err(Error::io(&self.root, "write to"))?;
                let kept =
                    journal.texts.iter().enumerate().filter_map(|(place, text)| self.keep(place, text)).collect();
                Recovery::Undone { what, refusal, kept }
            }
        };
        journal.end(&self.state, &self.root).map_err(Error::io(&journal_path, "remove"))?;
        Ok(Some(recovery))
    }

    /// Commits what a journal has changed, unless that is committed already.
    pub(super) fn commit_journal(&self, journal: &Journal) -> Result<(), GitRefusal> {
        let Some(commit) = &journal.commit else { return Ok(()) };
        let paths: Vec<String> = journal.changes.iter().map(|change| change.path.clone()).collect();
        let new: Vec<String> =
            journal.changes.iter().filter(|change| change.before.is_none()).map(|change| change.path.clone()).collect();
        let message = self.state.path("message");
        let said = |error: std::io::Error| GitRefusal::Refused { said: error.to_string() };
        std::fs::write(&message, &commit.message).map_err(said)?;
        let path: &Path = &std::path::absolute(&message).map_err(said)?;
        let date = commit.date.as_deref();
        Repository::at(&self.root).commit(&Commit {
            paths: &paths,
            new: &new,
            message: path,
            date,
            patience: self.world.patience,
        })
    }

    /// Keeps a text somebody typed, named after the moment.
    fn keep(&self, place: usize, text: &str) -> Option<PathBuf> {
        let name = format!("{}-{place}", self.world.now.format("%Y%m%dT%H%M%SZ"));
        self.state.keep(&name, text).ok()
    }
}
