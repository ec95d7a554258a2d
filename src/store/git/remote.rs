//! Another copy of the repository: what it has, merging that, and giving it ours.
//!
//! Whatever talks to it is ended when its time is over. Must not know when to do which.

use std::time::Duration;

use super::{GitError, Repository};

/// A merge to be made.
#[derive(Clone, Copy, Debug)]
pub struct MergeOptions<'a> {
    /// The commit that comes.
    pub theirs: &'a str,
    /// The message of a merge commit.
    pub message: &'a str,
    /// The merge driver's command, for clones that git was not told it in.
    pub driver: &'a str,
    /// The date it shall bear, where the clock is fixed; RFC 3339.
    pub date: Option<&'a str>,
}

impl Repository {
    /// The branch that is checked out.
    ///
    /// # Errors
    /// git is not there.
    pub fn branch(&self) -> Result<Option<String>, GitError> {
        let output = self.run(&["symbolic-ref", "--quiet", "--short", "HEAD"]).output()?;
        Ok(output.success.then(|| output.stdout.trim().to_owned()))
    }

    /// The names of the remotes.
    ///
    /// # Errors
    /// git refuses.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        Ok(self.answer(&["remote"])?.lines().map(str::to_owned).collect())
    }

    /// Where a branch comes from and goes to: the remote and the name of the branch there, as far as that is set.
    ///
    /// # Errors
    /// git refuses.
    pub fn upstream(&self, branch: &str) -> Result<(Option<String>, Option<String>), GitError> {
        let of = |what: &str| {
            let output = self.run(&["config", "--get", &format!("branch.{branch}.{what}")]).output()?;
            Ok(output.success.then(|| output.stdout.trim().to_owned()))
        };
        let merge: Option<String> = of("merge")?;
        Ok((of("remote")?, merge.map(|name| name.trim_start_matches("refs/heads/").to_owned())))
    }

    /// Asks a remote for what it has of a branch, and forgets what it has no more.
    ///
    /// # Errors
    /// git refuses, or there is no answer in time.
    pub fn fetch(&self, remote: &str, branch: &str, patience: Duration) -> Result<(), GitError> {
        // As a pattern, a branch that is not there is no error, and what is known of it goes; other branches stay.
        let refs = format!("+refs/heads/{branch}*:refs/remotes/{remote}/{branch}*");
        let output = self.run(&["fetch", "--quiet", "--prune", "--end-of-options", remote, &refs]).within(patience)?;
        if output.success { Ok(()) } else { Err(output.refusal()) }
    }

    /// The commit a branch of a remote was at when last asked.
    ///
    /// # Errors
    /// git is not there.
    pub fn tracked(&self, remote: &str, branch: &str) -> Result<Option<String>, GitError> {
        let name = format!("refs/remotes/{remote}/{branch}");
        let output = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name]).output()?;
        Ok(output.success.then(|| output.stdout.trim().to_owned()))
    }

    /// How many commits one leads to that the other does not; all of its own where there is no other.
    ///
    /// # Errors
    /// git refuses.
    pub fn count_commits(&self, one: &str, other: Option<&str>) -> Result<usize, GitError> {
        let not = other.map(|other| format!("^{other}"));
        let words = ["rev-list", "--count", one].into_iter().chain(not.as_deref());
        Ok(self.answer(&words.collect::<Vec<_>>())?.parse().unwrap_or(0))
    }

    /// How many commits are ours alone, and how many theirs alone.
    ///
    /// # Errors
    /// git refuses.
    pub fn ahead_behind(&self, theirs: &str) -> Result<(usize, usize), GitError> {
        let counts = self.answer(&["rev-list", "--left-right", "--count", &format!("HEAD...{theirs}")])?;
        let mut counts = counts.split_whitespace().map(|count| count.parse().unwrap_or(0));
        Ok((counts.next().unwrap_or(0), counts.next().unwrap_or(0)))
    }

    /// How many files below a folder are not as they are committed.
    ///
    /// # Errors
    /// git refuses.
    pub fn uncommitted(&self, folder: &str) -> Result<usize, GitError> {
        let status = ["status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--", folder];
        Ok(self.paths_of(&status)?.len())
    }

    /// Merges a commit, with the driver for tickets also where git was not told of it.
    ///
    /// # Errors
    /// What git said; it may have left a merge to be finished or taken back.
    pub fn merge(&self, merging: &MergeOptions<'_>) -> Result<(), GitError> {
        let driver = format!("merge.casebook.driver={}", merging.driver);
        let words = ["-c", &driver, "-c", "merge.casebook.name=casebook", "merge", "--quiet", "--no-stat", "--ff"];
        let run = self.run(&[&words[..], &["-m", merging.message, "--end-of-options", merging.theirs]].concat());
        dated(run, merging.date).done()
    }

    /// Ends a merge whose conflicts are resolved.
    ///
    /// # Errors
    /// What git or a hook said.
    pub fn commit_merge(&self, merging: &MergeOptions<'_>) -> Result<(), GitError> {
        dated(self.run(&["commit", "--quiet", "-m", merging.message]), merging.date).done()
    }

    /// Takes a merge back that was not ended: the tree is as before it.
    ///
    /// # Errors
    /// What git said.
    pub fn abort_merge(&self) -> Result<(), GitError> {
        self.run(&["merge", "--abort"]).done()
    }

    /// Gives a remote's branch a commit and what it leads to.
    ///
    /// # Errors
    /// What git said, or no answer in time.
    pub fn push(&self, remote: &str, commit: &str, branch: &str, patience: Duration) -> Result<(), GitError> {
        let to = format!("{commit}:refs/heads/{branch}");
        let output = self.run(&["push", "--quiet", "--end-of-options", remote, &to]).within(patience)?;
        if output.success { Ok(()) } else { Err(output.refusal()) }
    }
}

fn dated(run: crate::store::git::command::GitCommand, date: Option<&str>) -> crate::store::git::command::GitCommand {
    match date {
        Some(date) => run.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date),
        None => run,
    }
}
