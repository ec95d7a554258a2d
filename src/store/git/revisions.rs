//! Revisions: their commits, times and files, and the files that differ between two of them.
//!
//! Files are read by one listing and one `git cat-file --batch`, for any number of files.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{GitError, Repository};

/// A file that differs between two revisions, with its bytes in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// The path, relative to the desk.
    pub path: String,
    /// The bytes in the older revision; none if it does not have the file.
    pub before: Option<Vec<u8>>,
    /// The bytes in the newer revision; none if it does not have the file.
    pub after: Option<Vec<u8>>,
}

impl Repository {
    /// Returns the commit of a revision.
    ///
    /// # Errors
    /// The revision does not exist.
    pub fn commit_of(&self, revision: &str) -> Result<String, GitError> {
        let commit = format!("{revision}^{{commit}}");
        self.answer(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
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
        let mut committed = HashSet::new();
        // ls-tree takes paths only as arguments, and there may be more than fit.
        for paths in paths.chunks(50) {
            let listed = self.run(&["ls-tree", "-z", "--name-only", "HEAD"]).paths(paths).output()?;
            committed.extend(listed.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned));
        }
        Ok(committed)
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
        let listed = self.run(&arguments.collect::<Vec<_>>()).output()?;
        Ok(listed.success && !listed.stdout.trim().is_empty())
    }

    /// Runs git and returns its output without blanks at both ends.
    pub(super) fn answer(&self, arguments: &[&str]) -> Result<String, GitError> {
        let output = self.run(arguments).output()?;
        if output.success { Ok(output.stdout.trim().to_owned()) } else { Err(output.into_error()) }
    }

    /// Returns the plain files below a folder that differ between two commits, sorted by path; all files if there is no
    /// older commit.
    ///
    /// # Errors
    /// git refuses.
    pub fn changed_files(&self, from: Option<&str>, to: &str, folder: &str) -> Result<Vec<ChangedFile>, GitError> {
        let empty = self.answer(&["hash-object", "-t", "tree", "--stdin"])?;
        let arguments = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative"];
        let listing =
            self.run(&[&arguments[..], &[from.unwrap_or(&empty), to]].concat()).paths(&[folder.to_owned()]).output()?;
        if !listing.success {
            return Err(listing.into_error());
        }
        let mut parts = listing.stdout.split('\0');
        let mut pairs = Vec::new();
        while let (Some(fields), Some(path)) = (parts.next(), parts.next()) {
            pairs.extend(both_sides(fields).map(|sides| (path, sides)));
        }
        let objects = pairs.iter().flat_map(|(_, sides)| sides.iter().flatten());
        let requests: String = objects.map(|object| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(requests.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut take = |object: Option<&str>| {
            object?;
            let (content, after) = take_object(rest)?;
            rest = after;
            Some(content.to_vec())
        };
        let with_bytes = |(path, [before, after]): (&str, [Option<&str>; 2])| {
            let (before, after) = (take(before), take(after));
            ChangedFile { path: path.to_owned(), before, after }
        };
        Ok(pairs.into_iter().map(with_bytes).collect())
    }

    /// Returns the files below a folder in a revision with their bytes, sorted by path, relative to the desk.
    ///
    /// # Errors
    /// The revision does not exist.
    pub fn files_at(&self, revision: &str, folder: &str) -> Result<Vec<(String, Vec<u8>)>, GitError> {
        // `--end-of-options` prevents that a revision with a leading minus is read as an option.
        let listing =
            self.run(&["ls-tree", "-r", "-z", "--end-of-options", revision]).paths(&[folder.to_owned()]).output()?;
        if !listing.success {
            return Err(GitError::Refused { message: listing.stderr });
        }
        let entries: Vec<(&str, &str)> = listing.stdout.split('\0').filter_map(blob).collect();
        let requests: String = entries.iter().map(|(object, _)| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(requests.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut files = Vec::with_capacity(entries.len());
        for (_, path) in entries {
            let Some((content, after)) = take_object(rest) else { break };
            files.push((path.to_owned(), content.to_vec()));
            rest = after;
        }
        Ok(files)
    }
}

/// Parses the object and path of a line of `ls-tree`, if it is a plain file.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (fields, path) = line.split_once('\t')?;
    let mut fields = fields.split(' ');
    let (mode, kind, object) = (fields.next()?, fields.next()?, fields.next()?);
    (kind == "blob" && mode.starts_with("100")).then_some((object, path))
}

/// Parses the objects of a line of `diff-tree`, `:mode mode object object letter`, each only if it is a plain file.
fn both_sides(line: &str) -> Option<[Option<&str>; 2]> {
    let fields: Vec<&str> = line.strip_prefix(':')?.split(' ').collect();
    let [old_mode, new_mode, old, new, _] = fields.as_slice() else { return None };
    let side = |mode: &str, object| mode.starts_with("100").then_some(object);
    Some([side(old_mode, *old), side(new_mode, *new)]).filter(|sides| sides.iter().any(Option::is_some))
}

/// Splits the first object off the output of `cat-file --batch`: `NAME blob SIZE`, the bytes, a line break. Returns its
/// bytes and the rest.
pub(super) fn take_object(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let size: usize = std::str::from_utf8(&bytes[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let content = bytes.get(end + 1..end + 1 + size)?;
    Some((content, bytes.get(end + 2 + size..)?))
}
