//! Commits of exactly the given paths: by a fast commit if it is the same as git's, else by `git commit`
//! (docs/decisions/0008-commits.md).

use std::path::Path;
use std::time::{Duration, Instant};

use super::command::GitCommand;
use super::fast_commit::CommitPlan;
use super::{GitError, Repository};
use crate::store::files::StateDir;

/// A commit to be made.
#[derive(Clone, Copy, Debug)]
pub struct CommitRequest<'a> {
    /// The paths, relative to the desk.
    pub paths: &'a [String],
    /// The paths among them that are not in git's index yet.
    pub new: &'a [String],
    /// The file that contains the message.
    pub message: &'a Path,
    /// The date of the commit as an RFC 3339 time, if the clock of the environment is fixed.
    pub date: Option<&'a str>,
    /// The time for which to try again while another git process holds a lock.
    pub patience: Duration,
    /// The state directory, if the caller holds the desk's lock; a fast commit needs it.
    pub state: Option<&'a StateDir>,
}

/// Sets the dates of a commit in the environment of a run.
pub(super) fn dated(run: GitCommand, date: Option<&str>) -> GitCommand {
    match date {
        Some(date) => run.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date),
        None => run,
    }
}

impl Repository {
    /// Sets the dates and, if git knows none, the author of a commit in the environment of a run.
    ///
    /// # Errors
    /// git is not installed.
    pub(super) fn authored(&self, run: GitCommand, date: Option<&str>) -> Result<GitCommand, GitError> {
        let run = dated(run, date);
        let Some(person) = self.author_in_place_of_git()? else { return Ok(run) };
        let (name, address) = (person.local_part(), person.as_str());
        let run = run.env("GIT_AUTHOR_NAME", name).env("GIT_AUTHOR_EMAIL", address);
        Ok(run.env("GIT_COMMITTER_NAME", name).env("GIT_COMMITTER_EMAIL", address))
    }

    /// Commits the paths as they are in the work tree, and nothing else. If git refuses, its index is as it was before.
    /// While another process holds a lock of git, tries again. A commit of the same files by a process that was killed
    /// counts as this commit. `plan` is a fast commit in preparation, if there is one. Returns the output of hooks.
    ///
    /// # Errors
    /// git's message.
    #[allow(clippy::disallowed_methods)] // only the waiting time is measured; it is not written anywhere
    pub fn commit(
        &self,
        commit: &CommitRequest<'_>,
        mut plan: Option<CommitPlan>,
        fault_point: &dyn Fn(&str),
    ) -> Result<String, GitError> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            match self.try_commit(commit, plan.take(), fault_point) {
                Err(GitError::Locked { .. }) if began.elapsed() < commit.patience => std::thread::sleep(pause),
                other => return other,
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    fn try_commit(
        &self,
        commit: &CommitRequest<'_>,
        plan: Option<CommitPlan>,
        fault_point: &dyn Fn(&str),
    ) -> Result<String, GitError> {
        if self.commit_directly(commit, plan, fault_point)? {
            return Ok(String::new());
        }
        let mut added = commit.new.to_vec();
        if !added.is_empty() {
            self.run(&["add"]).paths(&added).done()?;
        }
        let mut error = match self.commit_only(commit) {
            Ok(printed) => return Ok(printed),
            Err(error) => error,
        };
        if let GitError::Refused { .. } = error {
            // If there is nothing to commit, the commit of a killed process has appeared.
            if self.is_committed(commit.paths)? {
                // Its index may be outdated. If that cannot be repaired, the commit counts all the same.
                let _ = self.run(&["add"]).paths(commit.paths).done();
                return Ok(String::new());
            }
            let unknown = self.untracked(commit.paths)?;
            if !unknown.is_empty() {
                self.run(&["add"]).paths(&unknown).done()?;
                added.extend(unknown);
                match self.commit_only(commit) {
                    Ok(printed) => return Ok(printed),
                    Err(again) => error = again,
                }
            }
        }
        if !added.is_empty() {
            self.run(&["rm", "--cached", "--quiet", "--force", "--ignore-unmatch"]).paths(&added).done()?;
        }
        Err(error)
    }

    fn commit_only(&self, commit: &CommitRequest<'_>) -> Result<String, GitError> {
        let run = self.run(&["commit", "--quiet", "--only", "--cleanup=verbatim", "--file"]).file(commit.message);
        self.authored(run, commit.date)?.paths(commit.paths).printed()
    }

    /// Returns those of the paths that are not in git's index.
    fn untracked(&self, paths: &[String]) -> Result<Vec<String>, GitError> {
        // `ls-files` cannot read a list from standard input. Many paths occur only as new files, which the caller
        // names.
        let few: Vec<String> = paths.iter().take(32).cloned().collect();
        self.run(&["ls-files", "--others", "-z"]).paths(&few).words()
    }
}
