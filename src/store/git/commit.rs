//! One commit of exactly some paths: by the short way where nobody can tell, else as git makes it.

use std::path::Path;
use std::time::{Duration, Instant};

use super::command::GitCommand;
use super::fast_commit::CommitPlan;
use super::{GitError, Repository};
use crate::store::files::StateDir;

/// A commit to be made.
#[derive(Clone, Copy, Debug)]
pub struct CommitRequest<'a> {
    /// The paths, relative to the store.
    pub paths: &'a [String],
    /// Those of them git cannot know yet.
    pub new: &'a [String],
    /// The file that holds the message.
    pub message: &'a Path,
    /// The date it shall bear, where the clock is fixed; RFC 3339.
    pub date: Option<&'a str>,
    /// How long to try again while another git process holds a lock.
    pub patience: Duration,
    /// Where the caller holds the store's lock, which the short way needs.
    pub state: Option<&'a StateDir>,
}

/// A run of git that makes something of a commit's date.
pub(super) fn dated(run: GitCommand, date: Option<&str>) -> GitCommand {
    match date {
        Some(date) => run.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date),
        None => run,
    }
}

impl Repository {
    /// Commits the paths as they lie in the work tree, and nothing else. If git refuses,
    /// its index is as before. While another process holds a lock of git's, tries again; a commit of the same
    /// by a process that was killed counts as this one. `outlook` is what was begun to be seen for it.
    ///
    /// # Errors
    /// What git said.
    #[allow(clippy::disallowed_methods)] // waiting measures time; it decides nothing that is written
    pub fn commit(
        &self,
        commit: &CommitRequest<'_>,
        mut outlook: Option<CommitPlan>,
        reach: &dyn Fn(&str),
    ) -> Result<(), GitError> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            match self.try_commit(commit, outlook.take(), reach) {
                Err(GitError::Locked { .. }) if began.elapsed() < commit.patience => std::thread::sleep(pause),
                other => return other,
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    fn try_commit(
        &self,
        commit: &CommitRequest<'_>,
        outlook: Option<CommitPlan>,
        reach: &dyn Fn(&str),
    ) -> Result<(), GitError> {
        if self.commit_directly(commit, outlook, reach)? {
            return Ok(());
        }
        let mut added = commit.new.to_vec();
        if !added.is_empty() {
            self.run(&["add"]).paths(&added).done()?;
        }
        let mut refusal = match self.commit_only(commit) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        if let GitError::Refused { .. } = refusal {
            // Nothing to commit any more: a killed predecessor's commit has appeared.
            if self.is_committed(commit.paths)? {
                // Its index may not have. Where that cannot be helped, the commit stands all the same.
                let _ = self.run(&["add"]).paths(commit.paths).done();
                return Ok(());
            }
            let unknown = self.untracked(commit.paths)?;
            if !unknown.is_empty() {
                self.run(&["add"]).paths(&unknown).done()?;
                added.extend(unknown);
                match self.commit_only(commit) {
                    Ok(()) => return Ok(()),
                    Err(again) => refusal = again,
                }
            }
        }
        if !added.is_empty() {
            self.run(&["rm", "--cached", "--quiet", "--force", "--ignore-unmatch"]).paths(&added).done()?;
        }
        Err(refusal)
    }

    fn commit_only(&self, commit: &CommitRequest<'_>) -> Result<(), GitError> {
        let message = commit.message.to_string_lossy();
        let run = self.run(&["commit", "--quiet", "--only", "--cleanup=verbatim", "--file", &message]);
        dated(run, commit.date).paths(commit.paths).done()
    }

    /// Those of the paths that git does not know.
    fn untracked(&self, paths: &[String]) -> Result<Vec<String>, GitError> {
        let output = self.run(&["ls-files", "--others", "-z"]);
        // `ls-files` takes no list through standard input; many paths are always new, and given as such.
        let few: Vec<String> = paths.iter().take(32).cloned().collect();
        let output = output.paths(&few).output()?;
        Ok(output.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }
}
