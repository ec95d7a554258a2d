//! Single objects, asked for when they are needed: one `git cat-file --batch` that is started with the first question.
//!
//! For what few commits need; what all of them need comes ahead of who reads it ([`super::HistoryWalk`]).

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ChildStdin;

use super::log::ObjectStream;
use crate::store::git::{FileKind, GitError, Repository, Snapshot};

/// Answers questions for single objects.
pub struct ObjectLookup {
    repository: Repository,
    /// The index that is asked where no commit is named; git's usual one without it.
    index: Option<PathBuf>,
    running: Option<(ObjectStream, ChildStdin)>,
}

impl ObjectLookup {
    /// Somebody who can be asked; nothing runs yet.
    pub const fn of(repository: Repository) -> Self {
        Self { repository, index: None, running: None }
    }

    /// Somebody who can be asked what a snapshot holds: git's index may be another one than its usual.
    pub fn within(repository: Repository, snapshot: &Snapshot) -> Self {
        let index = if let Snapshot::Index(index) = snapshot { index.clone() } else { None };
        Self { index, ..Self::of(repository) }
    }

    /// The bytes of an object, as git names objects: `HEAD:organizations`, or an object's own name. None where there
    /// is no such object.
    ///
    /// # Errors
    /// git has ended, or is not installed.
    pub fn object(&mut self, name: &str) -> Result<Option<Vec<u8>>, GitError> {
        // A path with a line end in it would be two questions.
        if name.contains('\n') {
            return Ok(None);
        }
        if self.running.is_none() {
            let mut run = self.repository.without_replace_refs(&["cat-file", "--batch"]);
            if let Some(index) = &self.index {
                run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
            }
            self.running = Some(ObjectStream::start(run)?);
        }
        let Some((objects, pipe)) = &mut self.running else { return Ok(None) };
        let asked = pipe.write_all(format!("{name}\n").as_bytes()).and_then(|()| pipe.flush());
        asked.map_err(|error| GitError::Refused { said: error.to_string() })?;
        objects.take()
    }

    /// How large some objects are, by one run for all of them; none where there is no such file.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn sizes(&self, names: &[String]) -> Result<Vec<Option<u64>>, GitError> {
        self.repository.sizes_of(names, self.index.as_ref())
    }

    /// The plain files right in a folder of a commit, given by its whole name: by name, with their objects. Nothing where there is no folder.
    ///
    /// # Errors
    /// As [`ObjectLookup::object`].
    pub fn files_in(&mut self, commit: &str, folder: &str) -> Result<Vec<(String, String)>, GitError> {
        Ok(self.object(&format!("{commit}:{folder}"))?.map_or_else(Vec::new, |tree| files(&tree, commit.len() / 2)))
    }

    /// What stands at some paths of a commit, given by its whole name, or of git's index where that is empty; none where
    /// nothing does. The paths begin in a folder of the repository: empty, or with a slash at its end.
    ///
    /// # Errors
    /// As [`ObjectLookup::object`].
    pub fn natures(&mut self, commit: &str, prefix: &str, paths: &[String]) -> Result<Vec<Option<FileKind>>, GitError> {
        if commit.is_empty() {
            return self.repository.staged_natures(self.index.as_ref(), prefix, paths);
        }
        let mut trees: HashMap<String, HashMap<String, FileKind>> = HashMap::new();
        let mut natures = Vec::with_capacity(paths.len());
        for path in paths {
            let whole = format!("{prefix}{path}");
            let (folder, name) = whole.rsplit_once('/').unwrap_or(("", &whole));
            if !trees.contains_key(folder) {
                let tree = self.object(&format!("{commit}:{folder}"))?.unwrap_or_default();
                let of_mode = |(mode, name, _): (String, String, &[u8])| Some((name, FileKind::of_mode(&mode)?));
                let tree = entries(&tree, commit.len() / 2).into_iter().filter_map(of_mode).collect();
                trees.insert(folder.to_owned(), tree);
            }
            natures.push(trees.get(folder).and_then(|tree| tree.get(name)).copied());
        }
        Ok(natures)
    }
}

/// The plain files of a tree, with their objects.
fn files(tree: &[u8], width: usize) -> Vec<(String, String)> {
    let files = entries(tree, width).into_iter().filter(|(mode, ..)| mode.starts_with("100"));
    files.map(|(_, name, object)| (name, object.iter().map(|byte| format!("{byte:02x}")).collect())).collect()
}

/// What a tree holds: `mode name NUL object`, the object in so many bytes.
fn entries(tree: &[u8], width: usize) -> Vec<(String, String, &[u8])> {
    let mut entries = Vec::new();
    let mut rest = tree;
    while let Some(end) = memchr::memchr(0, rest) {
        let (entry, behind) = rest.split_at(end);
        let Some((object, next)) = behind[1..].split_at_checked(width) else { break };
        if let Some((mode, name)) = String::from_utf8_lossy(entry).split_once(' ') {
            entries.push((mode.to_owned(), name.to_owned(), object));
        }
        rest = next;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_its_plain_files() {
        let mut tree = Vec::new();
        for (mode, name, byte) in [("100644", "a.yaml", 1), ("40000", "b", 2), ("120000", "c.yaml", 3)] {
            tree.extend(format!("{mode} {name}\0").bytes());
            tree.extend([byte; 20]);
        }
        assert_eq!(files(&tree, 20), [("a.yaml".to_owned(), "01".repeat(20))]);
        assert_eq!(files(&tree[..30], 20), [("a.yaml".to_owned(), "01".repeat(20))].as_slice()[..0]);
        assert_eq!(files(b"", 20), []);
    }
}
