//! The files of a revision, and those that differ between two: one listing and one `cat-file --batch`, whatever
//! their number.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::{GitError, Repository};

/// A file that differs between two revisions, with its bytes where it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path, relative to the store.
    pub path: String,
    /// What the older revision holds.
    pub before: Option<Vec<u8>>,
    /// What the newer one holds.
    pub after: Option<Vec<u8>>,
}

impl Repository {
    /// The commit a revision means.
    ///
    /// # Errors
    /// git does not know it.
    pub fn commit_of(&self, revision: &str) -> Result<String, GitError> {
        let commit = format!("{revision}^{{commit}}");
        self.answer(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
    }

    /// When the commit of a revision was made, UTC.
    ///
    /// # Errors
    /// git does not know it.
    pub fn time_of(&self, revision: &str) -> Result<DateTime<Utc>, GitError> {
        let commit = self.commit_of(revision)?;
        let seconds = self.answer(&["show", "--no-patch", "--no-show-signature", "--format=%ct", &commit])?;
        Ok(seconds.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_default())
    }

    /// The commit where two parted.
    ///
    /// # Errors
    /// They have nothing in common.
    pub fn merge_base(&self, one: &str, other: &str) -> Result<String, GitError> {
        self.answer(&["merge-base", one, other])
    }

    /// Whether the repository has no work tree, and [`Repository::prefix`].
    ///
    /// # Errors
    /// There is no repository.
    pub fn is_bare_and_prefix(&self) -> Result<(bool, String), GitError> {
        let standing = self.answer(&["rev-parse", "--is-bare-repository", "--show-prefix"])?;
        let (is_bare, prefix) = standing.split_once('\n').unwrap_or((&standing, ""));
        Ok((is_bare == "true", prefix.to_owned()))
    }

    /// The folders of HEAD that hold a file of that name: empty for the top, else with a slash at their end.
    ///
    /// # Errors
    /// git is not installed.
    pub fn folders_with(&self, name: &str) -> Result<Vec<String>, GitError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"]).output()?;
        let is_it = |path: &str| {
            let folder = path.strip_suffix(name)?;
            (folder.is_empty() || folder.ends_with('/')).then(|| folder.to_owned())
        };
        Ok(listed.stdout.split('\0').filter_map(is_it).collect())
    }

    /// Those of some paths that HEAD has; none where there is no commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn tracked_in_head(&self, paths: &[String]) -> Result<HashSet<String>, GitError> {
        let mut committed = HashSet::new();
        // ls-tree takes paths as arguments alone, and there may be more than fit.
        for paths in paths.chunks(50) {
            let listed = self.run(&["ls-tree", "-z", "--name-only", "HEAD"]).paths(paths).output()?;
            committed.extend(listed.stdout.split('\0').filter(|path| !path.is_empty()).map(str::to_owned));
        }
        Ok(committed)
    }

    /// The commits among those that `revisions` select that took away a file of some name, with its path, which begins at
    /// the top, the oldest first.
    ///
    /// # Errors
    /// git refuses.
    pub fn deletions(&self, revisions: &[String], name: &str) -> Result<Vec<(String, String)>, GitError> {
        let form = ["log", "--reverse", "--diff-filter=D", "--no-renames", "--name-only", "-z", "--format=%x01%H"];
        let everywhere = [format!(":(top,glob)**/{name}"), format!(":(top,literal){name}")];
        let mut words: Vec<&str> = form.to_vec();
        words.extend(["--no-relative", "-m", "--no-show-signature"]);
        words.extend(revisions.iter().map(String::as_str).chain(["--"]));
        words.extend(everywhere.iter().map(String::as_str));
        let listed = String::from_utf8_lossy(&self.without_replace_refs(&words).bytes()?).into_owned();
        let mut deletions = Vec::new();
        for commit in listed.split('\u{1}').filter(|commit| !commit.is_empty()) {
            let mut words = commit.split(['\0', '\n']).filter(|word| !word.is_empty());
            let Some(id) = words.next() else { continue };
            deletions.extend(words.map(|path| (id.to_owned(), path.to_owned())));
        }
        Ok(deletions)
    }

    /// Whether any commit that a ref leads to has touched a path, which begins at the top.
    ///
    /// # Errors
    /// git refuses.
    pub fn path_ever_existed(&self, path: &str) -> Result<bool, GitError> {
        Ok(!self.answer(&["rev-list", "-1", "--all", "--", &format!(":(top,literal){path}")])?.is_empty())
    }

    /// The first commit behind one, up to another, that brought some words to a path, which begins at the top.
    ///
    /// # Errors
    /// git refuses.
    pub fn first_commit_adding(
        &self,
        words: &str,
        path: &str,
        from: &str,
        to: &str,
    ) -> Result<Option<String>, GitError> {
        let (range, words) = (format!("{from}..{to}"), format!("-S{words}"));
        let form = ["log", "--reverse", "--format=%H", "--no-show-signature", &words, &range, "--"];
        let listed = self.answer(&[&form[..], &[&format!(":(top,literal){path}")]].concat())?;
        Ok(listed.lines().next().map(str::to_owned))
    }

    /// Whether a branch, a tag or what is known of a remote leads to a commit.
    ///
    /// # Errors
    /// git is not installed.
    pub fn is_reachable(&self, commit: &str) -> Result<bool, GitError> {
        let refs = ["refs/heads/", "refs/tags/", "refs/remotes/"];
        let words = ["for-each-ref", "--count=1", "--contains", commit].into_iter().chain(refs);
        let listed = self.run(&words.collect::<Vec<_>>()).output()?;
        Ok(listed.success && !listed.stdout.trim().is_empty())
    }

    pub(super) fn answer(&self, arguments: &[&str]) -> Result<String, GitError> {
        let output = self.run(arguments).output()?;
        if output.success { Ok(output.stdout.trim().to_owned()) } else { Err(output.refusal()) }
    }

    /// The plain files below a folder that differ between two commits, in the order of their paths; all of them where
    /// there is no older one.
    ///
    /// # Errors
    /// git refuses.
    pub fn differing(&self, from: Option<&str>, to: &str, folder: &str) -> Result<Vec<ChangedFile>, GitError> {
        let nothing = self.answer(&["hash-object", "-t", "tree", "--stdin"])?;
        let arguments = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--relative"];
        let listing = self
            .run(&[&arguments[..], &[from.unwrap_or(&nothing), to]].concat())
            .paths(&[folder.to_owned()])
            .output()?;
        if !listing.success {
            return Err(listing.refusal());
        }
        let mut words = listing.stdout.split('\0');
        let mut pairs = Vec::new();
        while let (Some(facts), Some(path)) = (words.next(), words.next()) {
            pairs.extend(both_sides(facts).map(|sides| (path, sides)));
        }
        let objects = pairs.iter().flat_map(|(_, sides)| sides.iter().flatten());
        let asked: String = objects.map(|object| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(asked.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut take = |object: Option<&str>| {
            object?;
            let (content, behind) = take_object(rest)?;
            rest = behind;
            Some(content.to_vec())
        };
        let differing = |(path, [before, after]): (&str, [Option<&str>; 2])| {
            let (before, after) = (take(before), take(after));
            ChangedFile { path: path.to_owned(), before, after }
        };
        Ok(pairs.into_iter().map(differing).collect())
    }

    /// The files below a folder in a revision, with their bytes, in the order of their paths, which begin in the store.
    ///
    /// # Errors
    /// git does not know the revision.
    pub fn files_at(&self, revision: &str, folder: &str) -> Result<Vec<(String, Vec<u8>)>, GitError> {
        // `--end-of-options` keeps a revision that begins with a minus from being an option.
        let listing =
            self.run(&["ls-tree", "-r", "-z", "--end-of-options", revision]).paths(&[folder.to_owned()]).output()?;
        if !listing.success {
            return Err(GitError::Refused { said: listing.stderr });
        }
        let entries: Vec<(&str, &str)> = listing.stdout.split('\0').filter_map(blob).collect();
        let asked: String = entries.iter().map(|(object, _)| format!("{object}\n")).collect();
        let bytes = self.run(&["cat-file", "--batch"]).input(asked.into_bytes()).bytes()?;
        let mut rest = bytes.as_slice();
        let mut files = Vec::with_capacity(entries.len());
        for (_, path) in entries {
            let Some((content, behind)) = take_object(rest) else { break };
            files.push((path.to_owned(), content.to_vec()));
            rest = behind;
        }
        Ok(files)
    }
}

/// The object and path of one line of `ls-tree`, if it is a plain file.
fn blob(line: &str) -> Option<(&str, &str)> {
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split(' ');
    let (mode, kind, object) = (facts.next()?, facts.next()?, facts.next()?);
    (kind == "blob" && mode.starts_with("100")).then_some((object, path))
}

/// The objects of one line of `diff-tree`, `:mode mode object object letter`, where they are plain files.
fn both_sides(facts: &str) -> Option<[Option<&str>; 2]> {
    let facts: Vec<&str> = facts.strip_prefix(':')?.split(' ').collect();
    let [old_mode, new_mode, old, new, _] = facts.as_slice() else { return None };
    let side = |mode: &str, object| mode.starts_with("100").then_some(object);
    Some([side(old_mode, *old), side(new_mode, *new)]).filter(|sides| sides.iter().any(Option::is_some))
}

/// One object of `cat-file --batch`: `<name> blob <size>`, the bytes, a line end.
pub(super) fn take_object(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    let size: usize = std::str::from_utf8(&bytes[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let content = bytes.get(end + 1..end + 1 + size)?;
    Some((content, bytes.get(end + 2 + size..)?))
}
