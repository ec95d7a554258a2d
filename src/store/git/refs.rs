//! What a hook is told of a push, and what there is to know of a repository before its history is trusted.
//!
//! Must not know tickets, or what a push may carry.

use std::collections::HashSet;
use std::path::PathBuf;

use super::log::{self, CommitChange, ParentDiff, Revision};
use super::{GitError, Repository, Snapshot};

/// How git spells that there is no object.
pub const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A ref that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefChange {
    /// Its full name: `refs/heads/main`.
    pub name: String,
    /// What it points at before; none where it is new.
    pub old: Option<String>,
    /// What it shall point at; none where it is deleted.
    pub new: Option<String>,
}

impl RefChange {
    /// A ref with what git says of both ends: zeros stand for none.
    pub fn of(name: &str, old: &str, new: &str) -> Self {
        let object = |name: &str| (!name.bytes().all(|byte| byte == b'0')).then(|| name.to_owned());
        Self { name: name.to_owned(), old: object(old), new: object(new) }
    }

    /// One of the lines `pre-receive` reads: `old new name`.
    pub fn of_line(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let (old, new, name) = (words.next()?, words.next()?, words.next()?.trim_end());
        (!name.is_empty()).then(|| Self::of(name, old, new))
    }
}

/// What may stand between the history that was made and the one that is seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryCompleteness {
    /// The commits a shallow clone ends at: what lies behind them is not there.
    pub shallow: HashSet<String>,
    /// Whether there is a file of grafts.
    pub grafts: bool,
    /// How many objects are replaced by others.
    pub replaced: usize,
}

impl Repository {
    /// What may stand between the history that was made and the one that is seen.
    ///
    /// # Errors
    /// No repository.
    pub fn completeness(&self) -> Result<HistoryCompleteness, GitError> {
        let paths = self.answer(&["rev-parse", "--git-path", "shallow", "--git-path", "info/grafts"])?;
        let mut paths = paths.lines();
        let mut read = || {
            let path = paths.next().map(|path| self.root.join(path));
            path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
        };
        let shallow = log::lines(&read());
        let grafts = !read().trim().is_empty();
        let replaced = self.answer(&["for-each-ref", "--format=%(refname)", "refs/replace/"])?.lines().count();
        Ok(HistoryCompleteness { shallow, grafts, replaced })
    }

    /// The folder of the repository this one is in: empty at its top, else with a slash at its end.
    ///
    /// # Errors
    /// No repository.
    pub fn prefix(&self) -> Result<String, GitError> {
        let output = self.run(&["rev-parse", "--show-prefix", "--absolute-git-dir"]).output()?;
        let lines = output.stdout.trim_end_matches('\n').split_once('\n').filter(|_| output.success);
        let Some((prefix, git_folder)) = lines else { return Err(output.refusal()) };
        // Who asks for the one mostly needs the other, and a run of git takes longer than what it is asked.
        self.git_folder.get_or_init(|| git_folder.into());
        Ok(prefix.to_owned())
    }

    /// The git directory, of a worktree its own.
    ///
    /// # Errors
    /// No repository.
    pub fn git_folder(&self) -> Result<PathBuf, GitError> {
        if let Some(known) = self.git_folder.get() {
            return Ok(known.clone());
        }
        let told = self.answer(&["rev-parse", "--absolute-git-dir"]).map(PathBuf::from)?;
        Ok(self.git_folder.get_or_init(|| told).clone())
    }

    /// Where git looks for hooks.
    ///
    /// # Errors
    /// No repository.
    pub fn hooks_folder(&self) -> Result<PathBuf, GitError> {
        let path = self.answer(&["rev-parse", "--git-path", "hooks"])?;
        Ok(self.root.join(path))
    }

    /// A setting of git's, if there is one.
    ///
    /// # Errors
    /// git is not installed.
    pub fn setting(&self, name: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["config", "--get", name]).output()?;
        let value = output.stdout.trim().to_owned();
        Ok((output.success && !value.is_empty()).then_some(value))
    }

    /// The branch that stands for the repository: where HEAD points.
    ///
    /// # Errors
    /// git is not installed.
    pub fn main_branch(&self) -> Result<Option<String>, GitError> {
        let output = self.run(&["symbolic-ref", "--quiet", "HEAD"]).output()?;
        Ok(output.success.then(|| output.stdout.trim().to_owned()))
    }

    /// The bytes of a file in a revision, if both are there.
    ///
    /// # Errors
    /// git is not installed.
    pub fn file_at(&self, revision: &str, path: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["cat-file", "blob", &format!("{revision}:{path}")]).output()?;
        Ok(output.success.then_some(output.stdout))
    }

    /// How many commits of `old` no ref leads to any more once some refs have changed.
    ///
    /// # Errors
    /// git refuses.
    pub fn count_lost_commits(&self, old: &str, changes: &[RefChange]) -> Result<usize, GitError> {
        let excluded: Vec<String> = changes.iter().map(|change| format!("--exclude={}", change.name)).collect();
        let mut words = vec!["rev-list", "--count", old, "--not"];
        words.extend(changes.iter().filter_map(|change| change.new.as_deref()));
        words.extend(excluded.iter().map(String::as_str));
        // Not `--all`, which means HEAD too, by whatever branch that is.
        words.push("--glob=refs/*");
        let count = self.answer(&words)?;
        count.parse().map_err(|_| GitError::Refused { said: format!("git counted `{count}` commits") })
    }

    /// The names of all refs.
    ///
    /// # Errors
    /// git refuses.
    pub fn refs(&self) -> Result<Vec<String>, GitError> {
        Ok(self.answer(&["for-each-ref", "--format=%(refname)"])?.lines().map(str::to_owned).collect())
    }

    /// The commits where two parted: several where they were merged with each other both ways, none where they have
    /// nothing in common.
    ///
    /// # Errors
    /// git is not installed.
    pub fn merge_bases(&self, one: &str, other: &str) -> Result<Vec<String>, GitError> {
        let output = self.without_replace_refs(&["merge-base", "--all", one, other]).output()?;
        Ok(output.stdout.lines().map(str::to_owned).collect())
    }

    /// The files that differ between a commit, or nothing, and what git holds, by paths that begin in `prefix`.
    ///
    /// # Errors
    /// git refuses.
    pub fn changes(&self, from: Option<&str>, to: &Snapshot, prefix: &str) -> Result<Vec<CommitChange>, GitError> {
        let relative = if prefix.is_empty() { "--no-relative".to_owned() } else { format!("--relative={prefix}") };
        let nothing = if from.is_none() { self.empty_tree()? } else { String::new() };
        let from = from.unwrap_or(&nothing);
        let form = ["-r", "--raw", "-z", "--no-renames", "--no-abbrev", &relative];
        let run = match to {
            Snapshot::Commit(to) => self.without_replace_refs(&[&["diff-tree"][..], &form, &[from, to, "--"]].concat()),
            Snapshot::Index(index) => {
                let run =
                    self.without_replace_refs(&[&["diff-index", "--cached"][..], &form[1..], &[from, "--"]].concat());
                match index {
                    Some(index) => run.env("GIT_INDEX_FILE", &index.to_string_lossy()),
                    None => run,
                }
            }
        };
        log::parse::differences(&mut run.bytes()?.as_slice())
    }

    /// Whether one commit comes before another, or is it.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, GitError> {
        Ok(self.run(&["merge-base", "--is-ancestor", old, new]).output()?.success)
    }

    /// What is about to be committed: the index, as a commit that is not made yet. `author` is who git will name.
    ///
    /// # Errors
    /// git refuses.
    pub fn staged(&self, prefix: &str, author: &str) -> Result<Revision, GitError> {
        let mut parents = vec![self.commit_of("HEAD").ok()];
        parents.extend(self.commit_of("MERGE_HEAD").ok().map(Some));
        let mut sides = Vec::new();
        for parent in parents {
            let changes = self.changes(parent.as_deref(), &Snapshot::Index(None), prefix)?;
            sides.push(ParentDiff { parent, changes });
        }
        Ok(Revision { author: author.to_owned(), sides, ..Revision::default() })
    }
}

impl CommitChange {
    /// Whether nothing of the file is left.
    pub const fn is_deletion(&self) -> bool {
        self.new.is_none() && !self.odd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_pre_receive_is_read() {
        let one = "1".repeat(40);
        let line = format!("{NOTHING} {one} refs/heads/a branch\n");
        let expected = RefChange { name: "refs/heads/a branch".to_owned(), old: None, new: Some(one) };
        assert_eq!(RefChange::of_line(&line), Some(expected));
        assert_eq!(RefChange::of_line("nonsense"), None);
    }
}
