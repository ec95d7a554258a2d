//! Refs: the changes of a push, and the completeness of a repository's history.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::log::{ParentDiff, Revision};
use super::{GitError, Repository, Snapshot};

/// The object name by which git says that there is no object.
pub const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A ref that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefChange {
    /// The full name: `refs/heads/main`.
    pub name: String,
    /// The object before the push; none if the ref is new.
    pub old: Option<String>,
    /// The object after the push; none if the ref is deleted.
    pub new: Option<String>,
}

impl RefChange {
    /// Returns a ref with the object names given by git, in which only zeros mean that there is none.
    pub fn of(name: &str, old: &str, new: &str) -> Self {
        let object = |name: &str| (!name.bytes().all(|byte| byte == b'0')).then(|| name.to_owned());
        Self { name: name.to_owned(), old: object(old), new: object(new) }
    }

    /// Parses a line of the input of `pre-receive`: `old new name`.
    pub fn of_line(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?.trim_end());
        (!name.is_empty()).then(|| Self::of(name, old, new))
    }
}

/// The reasons for which the history in a repository can differ from the one that was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryCompleteness {
    /// The commits at which a shallow clone ends; older ones are missing.
    pub shallow: HashSet<String>,
    /// True if the repository has grafts.
    pub grafts: bool,
    /// The number of objects that are replaced by others.
    pub replaced: usize,
}

impl Repository {
    /// Returns the reasons for which the history can be incomplete or replaced.
    ///
    /// # Errors
    /// There is no repository.
    pub fn completeness(&self) -> Result<HistoryCompleteness, GitError> {
        let paths = self.places_in(&["rev-parse", "--git-path", "shallow", "--git-path", "info/grafts"])?;
        let mut paths = paths.iter();
        let mut read = || paths.next().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let shallow = read().split_whitespace().map(str::to_owned).collect();
        let grafts = !read().trim().is_empty();
        let replaced = self.answer(&["for-each-ref", "--format=%(refname)", "refs/replace/"])?.lines().count();
        Ok(HistoryCompleteness { shallow, grafts, replaced })
    }

    /// Returns the folder of the desk in the repository: empty at its root, otherwise with a slash at the end. Paths of
    /// files begin there.
    ///
    /// # Errors
    /// There is no repository, or the folder's name is not UTF-8: paths in git would not be found.
    pub fn prefix(&self) -> Result<&str, GitError> {
        let prefix = match &self.prefix {
            Some(prefix) => prefix,
            None => &self.places()?.0,
        };
        if prefix.contains(char::REPLACEMENT_CHARACTER) {
            return Err(GitError::refused(format!(
                "the name of the desk's folder in its repository is not UTF-8: {prefix}"
            )));
        }
        Ok(prefix)
    }

    /// Returns the option by which git prints paths from the folder of the desk.
    pub(super) fn relative(&self) -> Result<String, GitError> {
        let prefix = self.prefix()?;
        Ok(if prefix.is_empty() { "--no-relative".to_owned() } else { format!("--relative={prefix}") })
    }

    /// Returns the git directory; that of a linked worktree is its own.
    ///
    /// # Errors
    /// There is no repository.
    pub fn git_folder(&self) -> Result<PathBuf, GitError> {
        Ok(self.places()?.1.clone())
    }

    /// Returns the folder of the desk and the git directory: callers usually need both, and starting git takes longer
    /// than answering.
    fn places(&self) -> Result<&(String, PathBuf), GitError> {
        if let Some(places) = self.places.get() {
            return Ok(places);
        }
        let answer = self.run(&["rev-parse", "--show-prefix", "--absolute-git-dir"]).bytes()?;
        let mut lines = answer.split(|byte| *byte == b'\n');
        let prefix = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let folder = OsStr::from_bytes(lines.next().unwrap_or_default()).into();
        Ok(self.places.get_or_init(|| (prefix, folder)))
    }

    /// Returns the files of the desk that a sparse checkout leaves out of the work tree.
    ///
    /// # Errors
    /// git refuses.
    pub fn left_out(&self) -> Result<Vec<String>, GitError> {
        let listed = self.run(&["ls-files", "-t", "-z"]).words()?;
        Ok(listed.iter().filter_map(|line| line.strip_prefix("S ")).map(str::to_owned).collect())
    }

    /// Returns the folder of the hooks.
    ///
    /// # Errors
    /// There is no repository.
    pub fn hooks_folder(&self) -> Result<PathBuf, GitError> {
        Ok(self.places_in(&["rev-parse", "--git-path", "hooks"])?.remove(0))
    }

    /// Returns the git directory that all worktrees of the repository share.
    ///
    /// # Errors
    /// There is no repository.
    pub fn common_folder(&self) -> Result<PathBuf, GitError> {
        Ok(self.places_in(&["rev-parse", "--git-common-dir"])?.remove(0))
    }

    /// Returns the full name of the branch to which HEAD points.
    ///
    /// # Errors
    /// git is not installed.
    pub fn main_branch(&self) -> Result<Option<String>, GitError> {
        self.find(&["symbolic-ref", "--quiet", "HEAD"])
    }

    /// Counts the commits of `old` that no ref reaches any more after some refs have changed.
    ///
    /// # Errors
    /// git refuses.
    pub fn count_lost_commits(&self, old: &str, changes: &[RefChange]) -> Result<usize, GitError> {
        let excluded: Vec<String> = changes.iter().map(|change| format!("--exclude={}", change.name)).collect();
        let mut arguments = vec!["rev-list", "--count", old, "--not"];
        arguments.extend(changes.iter().filter_map(|change| change.new.as_deref()));
        arguments.extend(excluded.iter().map(String::as_str));
        // Not `--all`, which would include HEAD.
        arguments.push("--glob=refs/*");
        let count = self.answer(&arguments)?;
        count.parse().map_err(|_| GitError::refused(format!("git counted `{count}` commits")))
    }

    /// Returns the full names of all refs.
    ///
    /// # Errors
    /// git refuses.
    pub fn refs(&self) -> Result<Vec<String>, GitError> {
        Ok(self.answer(&["for-each-ref", "--format=%(refname)"])?.lines().map(str::to_owned).collect())
    }

    /// Returns the merge bases of two commits: several after criss-cross merges, none without common history.
    ///
    /// # Errors
    /// git is not installed.
    pub fn merge_bases(&self, one: &str, other: &str) -> Result<Vec<String>, GitError> {
        let output = self.without_replace_refs(&["merge-base", "--all", one, other]).output()?;
        Ok(output.stdout.lines().map(str::to_owned).collect())
    }

    /// Returns true if `old` is an ancestor of `new`, or the same commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, GitError> {
        Ok(self.run(&["merge-base", "--is-ancestor", old, new]).output()?.status.success())
    }

    /// Returns the next commit, which the index contains, as a revision. `author` is the author whom git will name.
    ///
    /// # Errors
    /// git refuses.
    pub fn staged(&self, author: &str) -> Result<Revision, GitError> {
        let mut parents = vec![self.commit_of("HEAD").ok()];
        parents.extend(self.commit_of("MERGE_HEAD").ok().map(Some));
        let mut sides = Vec::new();
        for parent in parents {
            let changes = self.changes(parent.as_deref(), Snapshot::Index)?;
            sides.push(ParentDiff { parent, changes });
        }
        Ok(Revision { author: author.to_owned(), sides, ..Revision::default() })
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
