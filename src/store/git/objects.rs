//! Lookup of single objects: a `git cat-file --batch` that is started with the first request.
//!
//! For objects that few commits need. Objects that every commit needs are requested ahead by [`super::HistoryWalk`].

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ChildStdin;

use super::log::ObjectStream;
use crate::store::git::{FileKind, GitError, Repository, Snapshot};

/// A lookup of objects, one by one.
pub struct ObjectLookup {
    repository: Repository,
    /// The index file that is read if no commit is named; none for git's usual one.
    index: Option<PathBuf>,
    running: Option<(ObjectStream, ChildStdin)>,
}

impl ObjectLookup {
    /// Returns a lookup; no process runs yet.
    pub const fn of(repository: Repository) -> Self {
        Self { repository, index: None, running: None }
    }

    /// Returns a lookup for a snapshot, whose index may be another file than git's usual one.
    pub fn within(repository: Repository, snapshot: &Snapshot) -> Self {
        let index = if let Snapshot::Index(index) = snapshot { index.clone() } else { None };
        Self { index, ..Self::of(repository) }
    }

    /// Returns the bytes of an object, given by its name or as git names objects: `HEAD:organizations`. `None` if there
    /// is no such object.
    ///
    /// # Errors
    /// git has ended or is not installed.
    pub fn object(&mut self, name: &str) -> Result<Option<Vec<u8>>, GitError> {
        // A line break in a path would make two requests of it.
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
        let sent = pipe.write_all(format!("{name}\n").as_bytes()).and_then(|()| pipe.flush());
        sent.map_err(|error| GitError::Refused { message: error.to_string() })?;
        objects.take()
    }

    /// Returns the sizes of some objects in bytes, by one run of git; `None` for an object that does not exist.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn sizes(&self, names: &[String]) -> Result<Vec<Option<u64>>, GitError> {
        self.repository.sizes_of(names, self.index.as_ref())
    }

    /// Returns the names and objects of the plain files directly in a folder of a commit, given by its full name. Empty
    /// if there is no such folder.
    ///
    /// # Errors
    /// As [`ObjectLookup::object`].
    pub fn files_in(&mut self, commit: &str, folder: &str) -> Result<Vec<(String, String)>, GitError> {
        Ok(self.object(&format!("{commit}:{folder}"))?.map_or_else(Vec::new, |tree| files(&tree, commit.len() / 2)))
    }

    /// Returns the kinds of the files at some paths of a commit, given by its full name, or of git's index if `commit`
    /// is empty. `prefix` is the folder in the repository from which the paths are counted: empty, or with a slash at
    /// its end.
    ///
    /// # Errors
    /// As [`ObjectLookup::object`].
    pub fn file_kinds(
        &mut self,
        commit: &str,
        prefix: &str,
        paths: &[String],
    ) -> Result<Vec<Option<FileKind>>, GitError> {
        if commit.is_empty() {
            return self.repository.staged_file_kinds(self.index.as_ref(), prefix, paths);
        }
        let mut trees: HashMap<String, HashMap<String, FileKind>> = HashMap::new();
        let mut kinds = Vec::with_capacity(paths.len());
        for path in paths {
            let full = format!("{prefix}{path}");
            let (folder, name) = full.rsplit_once('/').unwrap_or(("", &full));
            if !trees.contains_key(folder) {
                let tree = self.object(&format!("{commit}:{folder}"))?.unwrap_or_default();
                let of_mode = |(mode, name, _): (String, String, &[u8])| Some((name, FileKind::from_mode(&mode)?));
                let tree = entries(&tree, commit.len() / 2).into_iter().filter_map(of_mode).collect();
                trees.insert(folder.to_owned(), tree);
            }
            kinds.push(trees.get(folder).and_then(|tree| tree.get(name)).copied());
        }
        Ok(kinds)
    }
}

/// Returns the plain files of a tree, with their objects.
fn files(tree: &[u8], width: usize) -> Vec<(String, String)> {
    let files = entries(tree, width).into_iter().filter(|(mode, ..)| mode.starts_with("100"));
    files.map(|(_, name, object)| (name, object.iter().map(|byte| format!("{byte:02x}")).collect())).collect()
}

/// Parses the entries of a tree: `mode name NUL object`, with `width` bytes for the object.
fn entries(tree: &[u8], width: usize) -> Vec<(String, String, &[u8])> {
    let mut entries = Vec::new();
    let mut rest = tree;
    while let Some(end) = memchr::memchr(0, rest) {
        let (entry, after) = rest.split_at(end);
        let Some((object, next)) = after[1..].split_at_checked(width) else { break };
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
    fn the_plain_files_of_a_tree_are_read() {
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
