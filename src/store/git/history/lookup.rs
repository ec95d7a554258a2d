//! Single objects, asked for when they are needed: one `git cat-file --batch` that is started with the first question.
//!
//! For what few commits need; what all of them need comes ahead of who reads it ([`super::Walk`]).

use std::io::Write;
use std::path::PathBuf;
use std::process::ChildStdin;

use super::Objects;
use crate::store::git::{GitRefusal, Repository, Snapshot};

/// Answers questions for single objects.
pub struct Lookup {
    repository: Repository,
    /// The index that is asked where no commit is named; git's usual one without it.
    index: Option<PathBuf>,
    running: Option<(Objects, ChildStdin)>,
}

impl Lookup {
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
    pub fn object(&mut self, name: &str) -> Result<Option<Vec<u8>>, GitRefusal> {
        // A path with a line end in it would be two questions.
        if name.contains('\n') {
            return Ok(None);
        }
        if self.running.is_none() {
            let mut run = self.repository.frank(&["cat-file", "--batch"]);
            if let Some(index) = &self.index {
                run = run.env("GIT_INDEX_FILE", &index.to_string_lossy());
            }
            self.running = Some(Objects::start(run)?);
        }
        let Some((objects, pipe)) = &mut self.running else { return Ok(None) };
        let asked = pipe.write_all(format!("{name}\n").as_bytes()).and_then(|()| pipe.flush());
        asked.map_err(|error| GitRefusal::Refused { said: error.to_string() })?;
        objects.take()
    }

    /// How large some objects are, by one run for all of them; none where there is no such file.
    ///
    /// # Errors
    /// git is not installed, or refuses.
    pub fn sizes(&self, names: &[String]) -> Result<Vec<Option<u64>>, GitRefusal> {
        self.repository.sizes_of(names, self.index.as_ref())
    }

    /// The plain files right in a folder of a commit, given by its whole name: by name, with their objects. Nothing where there is no folder.
    ///
    /// # Errors
    /// As [`Lookup::object`].
    pub fn files_in(&mut self, commit: &str, folder: &str) -> Result<Vec<(String, String)>, GitRefusal> {
        Ok(self.object(&format!("{commit}:{folder}"))?.map_or_else(Vec::new, |tree| files(&tree, commit.len() / 2)))
    }
}

/// The plain files of a tree: `mode name NUL object`, the object in so many bytes.
fn files(tree: &[u8], width: usize) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut rest = tree;
    while let Some(end) = memchr::memchr(0, rest) {
        let (entry, behind) = rest.split_at(end);
        let Some((object, next)) = behind[1..].split_at_checked(width) else { break };
        let words = String::from_utf8_lossy(entry);
        if let Some((_, name)) = words.split_once(' ').filter(|(mode, _)| mode.starts_with("100")) {
            files.push((name.to_owned(), object.iter().map(|byte| format!("{byte:02x}")).collect()));
        }
        rest = next;
    }
    files
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
