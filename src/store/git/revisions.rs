//! Revisions: their commits, times and relations, and the paths that they contain.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{GitError, Repository};

impl Repository {
    /// Returns the commit of a revision.
    ///
    /// # Errors
    /// The revision does not exist.
    pub fn commit_of(&self, revision: &str) -> Result<String, GitError> {
        let commit = format!("{revision}^{{commit}}");
        self.answer(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
    }

    /// Returns the commit that is checked out, if there is one.
    ///
    /// # Errors
    /// git is not installed.
    pub fn head(&self) -> Result<Option<String>, GitError> {
        self.find(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    }

    /// Returns the commit time of a revision, UTC.
    ///
    /// # Errors
    /// The revision does not exist.
    pub fn time_of(&self, revision: &str) -> Result<DateTime<Utc>, GitError> {
        let commit = self.commit_of(revision)?;
        let seconds = self.answer(&["show", "--no-patch", "--no-show-signature", "--format=%ct", &commit])?;
        Ok(seconds.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default())
    }

    /// Returns the merge base of two commits.
    ///
    /// # Errors
    /// They have no common history.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, GitError> {
        self.answer(&["merge-base", one, other])
    }

    /// Returns true if the repository is bare, and its [`Repository::prefix`].
    ///
    /// # Errors
    /// There is no repository.
    pub fn is_bare_and_prefix(&self) -> Result<(bool, String), GitError> {
        let answer = self.answer(&["rev-parse", "--is-bare-repository", "--show-prefix"])?;
        let (is_bare, prefix) = answer.split_once('\n').unwrap_or((&answer, ""));
        Ok((is_bare == "true", prefix.to_owned()))
    }

    /// Returns the folders of HEAD that contain a file with this name: empty for the root, otherwise with a slash at
    /// the end.
    ///
    /// # Errors
    /// git is not installed.
    pub fn folders_with(&self, name: &str) -> Result<Vec<String>, GitError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"]).output()?;
        let parent = |path: &str| {
            let folder = path.strip_suffix(name)?;
            (folder.is_empty() || folder.ends_with('/')).then(|| folder.to_owned())
        };
        Ok(listed.stdout.split('\0').filter_map(parent).collect())
    }

    /// Returns those of the paths that HEAD contains; none if there is no commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn tracked_in_head(&self, paths: &[String]) -> Result<HashSet<String>, GitError> {
        let names: Vec<String> = paths.iter().map(|path| format!("HEAD:./{path}")).collect();
        let sizes = self.sizes(&names)?;
        Ok(paths.iter().zip(sizes).filter(|(_, size)| size.is_some()).map(|(path, _)| path.clone()).collect())
    }

    /// Returns the commits selected by `revisions` that deleted a file with some name, with its path relative to the
    /// root of the repository, the oldest first.
    ///
    /// # Errors
    /// git refuses.
    pub fn deletions(&self, revisions: &[String], name: &str) -> Result<Vec<(String, String)>, GitError> {
        let form = ["log", "--reverse", "--diff-filter=D", "--no-renames", "--name-only", "-z", "--format=%x01%H"];
        let pathspecs = [format!(":(top,glob)**/{name}"), format!(":(top,literal){name}")];
        let mut arguments: Vec<&str> = form.to_vec();
        arguments.extend(["--no-relative", "-m", "--no-show-signature"]);
        arguments.extend(revisions.iter().map(String::as_str).chain(["--"]));
        arguments.extend(pathspecs.iter().map(String::as_str));
        let listed = String::from_utf8_lossy(&self.without_replace_refs(&arguments).bytes()?).into_owned();
        let mut deletions = Vec::new();
        for commit in listed.split('\u{1}').filter(|commit| !commit.is_empty()) {
            let mut parts = commit.split(['\0', '\n']).filter(|word| !word.is_empty());
            let Some(id) = parts.next() else { continue };
            deletions.extend(parts.map(|path| (id.to_owned(), path.to_owned())));
        }
        Ok(deletions)
    }

    /// Returns true if any commit that a ref reaches has touched a path, relative to the root of the repository.
    ///
    /// # Errors
    /// git refuses.
    pub fn path_ever_existed(&self, path: &str) -> Result<bool, GitError> {
        Ok(!self.answer(&["rev-list", "-1", "--all", "--", &format!(":(top,literal){path}")])?.is_empty())
    }

    /// Returns the first commit after `from` and up to `to` that added a text to a path, relative to the root of the
    /// repository.
    ///
    /// # Errors
    /// git refuses.
    pub fn first_commit_adding(
        &self,
        text: &str,
        path: &str,
        from: &str,
        to: &str,
    ) -> Result<Option<String>, GitError> {
        let (range, added) = (format!("{from}..{to}"), format!("-S{text}"));
        let form = ["log", "--reverse", "--format=%H", "--no-show-signature", &added, &range, "--"];
        let listed = self.answer(&[&form[..], &[&format!(":(top,literal){path}")]].concat())?;
        Ok(listed.lines().next().map(str::to_owned))
    }

    /// Returns true if a branch, a tag or a remote-tracking branch reaches a commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_reachable(&self, commit: &str) -> Result<bool, GitError> {
        let refs = ["refs/heads/", "refs/tags/", "refs/remotes/"];
        let arguments = ["for-each-ref", "--count=1", "--contains", commit].into_iter().chain(refs);
        Ok(self.find(&arguments.collect::<Vec<_>>())?.is_some())
    }
}
