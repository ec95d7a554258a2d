//! Remotes: fetch, merge and push.
//!
//! Runs of git that talk to a remote are ended after a time limit.

use std::io::BufRead;
use std::time::Duration;

use super::process::GitProcess;
use super::{GitError, Repository};

/// A merge to be made.
#[derive(Clone, Copy, Debug)]
pub struct MergeOptions<'a> {
    /// The commit to be merged.
    pub theirs: &'a str,
    /// The message of the merge commit.
    pub message: &'a str,
    /// The command of the merge driver, for clones in which it is not configured.
    pub driver: &'a str,
    /// The date of the merge as an RFC 3339 time, if the clock of the environment is fixed.
    pub date: Option<&'a str>,
}

/// The differences between a work tree, its last commit, and the upstream branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkTreeState {
    /// The number of files that differ from the last commit.
    pub uncommitted: usize,
    /// The number of commits that the upstream branch, as it was last fetched or sent, does not have.
    pub unsent: usize,
}

impl Repository {
    /// Returns the short name of the branch that is checked out, or would be.
    ///
    /// # Errors
    /// git is not installed.
    pub fn branch(&self) -> Result<Option<String>, GitError> {
        Ok(self.main_branch()?.map(|name| name.trim_start_matches("refs/heads/").to_owned()))
    }

    /// Returns the names of the remotes.
    ///
    /// # Errors
    /// git refuses.
    pub fn remotes(&self) -> Result<Vec<String>, GitError> {
        Ok(self.answer(&["remote"])?.lines().map(str::to_owned).collect())
    }

    /// Returns the upstream of a branch: the remote, and the name of the branch there, each if it is configured.
    ///
    /// # Errors
    /// git refuses.
    pub fn upstream(&self, branch: &str) -> Result<(Option<String>, Option<String>), GitError> {
        let merge = self.setting(&format!("branch.{branch}.merge"))?;
        let merge = merge.map(|name| name.trim_start_matches("refs/heads/").to_owned());
        Ok((self.setting(&format!("branch.{branch}.remote"))?, merge))
    }

    /// Fetches a branch of a remote. If the remote does not have it any more, the remote-tracking branch is deleted.
    ///
    /// # Errors
    /// git refuses, or the remote does not answer in time.
    pub fn fetch(&self, remote: &str, branch: &str, patience: Duration) -> Result<(), GitError> {
        // With a pattern, a missing branch is no error, and its remote-tracking branch is pruned; other branches stay.
        let refs = format!("+refs/heads/{branch}*:refs/remotes/{remote}/{branch}*");
        self.run(&["fetch", "--quiet", "--prune", "--end-of-options", remote, &refs]).within(patience).map(drop)
    }

    /// Returns the commit of a remote's branch at the last fetch.
    ///
    /// # Errors
    /// git is not installed.
    pub fn tracked(&self, remote: &str, branch: &str) -> Result<Option<String>, GitError> {
        let name = format!("refs/remotes/{remote}/{branch}");
        self.find(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name])
    }

    /// Counts the commits that `one` reaches and `other` does not.
    ///
    /// # Errors
    /// git refuses.
    pub fn count_commits(&self, one: &str, other: Option<&str>) -> Result<usize, GitError> {
        let not = other.map(|other| format!("^{other}"));
        let arguments = ["rev-list", "--count", one].into_iter().chain(not.as_deref());
        Ok(self.answer(&arguments.collect::<Vec<_>>())?.parse().unwrap_or(0))
    }

    /// Counts the commits that only HEAD has, and those that only `theirs` has.
    ///
    /// # Errors
    /// git refuses.
    pub fn ahead_behind(&self, theirs: &str) -> Result<(usize, usize), GitError> {
        let counts = self.answer(&["rev-list", "--left-right", "--count", &format!("HEAD...{theirs}")])?;
        let mut counts = counts.split_whitespace().map(|count| count.parse().unwrap_or(0));
        Ok((counts.next().unwrap_or(0), counts.next().unwrap_or(0)))
    }

    /// Counts the files below a folder that differ from the last commit, and the commits that the upstream branch does not
    /// have.
    ///
    /// # Errors
    /// git refuses.
    pub fn work_tree_state(&self, folder: &str) -> Result<WorkTreeState, GitError> {
        let status = ["status", "--porcelain", "--branch", "--no-renames", "--untracked-files=all", "-z", "--", folder];
        let (mut git, _) = GitProcess::start(self.run(&status))?;
        // Such as `## main...origin/main [ahead 2, behind 1]`.
        let mut head = Vec::new();
        git.out.read_until(0, &mut head)?;
        let head = String::from_utf8_lossy(&head);
        let ahead =
            head.rsplit_once("[ahead ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
        let unsent = ahead.and_then(|digits: String| digits.parse().ok()).unwrap_or(0);
        // Counted while git prints: in a large desk without a commit the paths would take much memory.
        let mut uncommitted = 0;
        while let Ok(bytes) = git.out.fill_buf()
            && !bytes.is_empty()
        {
            uncommitted += memchr::memchr_iter(0, bytes).count();
            let length = bytes.len();
            git.out.consume(length);
        }
        git.end().map(|()| WorkTreeState { uncommitted, unsent })
    }

    /// Merges a commit, with the merge driver for tickets even if the clone has not configured it.
    ///
    /// # Errors
    /// git's message. git may have left an unfinished merge.
    pub fn merge(&self, options: &MergeOptions<'_>) -> Result<(), GitError> {
        let driver = format!("merge.casebook.driver={}", options.driver);
        let arguments = ["-c", &driver, "-c", "merge.casebook.name=casebook", "merge", "--quiet", "--no-stat", "--ff"];
        let run = self.run(&[&arguments[..], &["-m", options.message, "--end-of-options", options.theirs]].concat());
        self.authored(run, options.date)?.done()
    }

    /// Checks out a branch, as `git switch` does with these arguments.
    ///
    /// # Errors
    /// git's message.
    pub fn switch(&self, arguments: &[&str]) -> Result<(), GitError> {
        self.run(&[&["switch", "--quiet"], arguments].concat()).done()
    }

    /// Commits a merge whose conflicts are resolved.
    ///
    /// # Errors
    /// The message of git or a hook.
    pub fn commit_merge(&self, options: &MergeOptions<'_>) -> Result<(), GitError> {
        self.authored(self.run(&["commit", "--quiet", "-m", options.message]), options.date)?.done()
    }

    /// Aborts an unfinished merge; the work tree is as it was before.
    ///
    /// # Errors
    /// git's message.
    pub fn abort_merge(&self) -> Result<(), GitError> {
        self.run(&["merge", "--abort"]).done()
    }

    /// Pushes a commit to a branch of a remote. Returns the output of hooks, here and there.
    ///
    /// # Errors
    /// git's message, or the remote does not answer in time.
    pub fn push(&self, remote: &str, commit: &str, branch: &str, patience: Duration) -> Result<String, GitError> {
        let to = format!("{commit}:refs/heads/{branch}");
        self.run(&["push", "--quiet", "--end-of-options", remote, &to]).within(patience)
    }
}
