//! The bytes of files, requested from one `git cat-file --batch` ahead of the caller, each as rarely as possible.
//!
//! A new object of a commit is sent unless it was sent recently. An object of a parent is not sent: the caller still
//! has it, or looks it up.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::process::{ChildStdin, ChildStdout};

use super::Revision;
use crate::store::git::GitError;
use crate::store::git::command::GitCommand;
use crate::store::git::process::GitProcess;
use crate::store::layout;

/// The number of sent names in each half of the cache.
const SENT: usize = 12_000;

/// A cache of values by name that keeps those used last. When its young half is full, that becomes the old half, and
/// the values of the old half are dropped.
#[derive(Debug)]
pub struct VersionCache<V> {
    young: HashMap<String, (V, usize)>,
    old: HashMap<String, (V, usize)>,
    weight: usize,
    half: usize,
}

impl<V: Clone> VersionCache<V> {
    /// Returns a cache whose halves hold values up to this total weight, and one more value.
    pub fn of(half: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, half }
    }

    /// Returns a value, which counts as a use.
    pub fn get(&mut self, name: &str) -> Option<V> {
        if let Some((value, _)) = self.young.get(name) {
            return Some(value.clone());
        }
        let (name, (value, weight)) = self.old.remove_entry(name)?;
        self.put(name, value.clone(), weight);
        Some(value)
    }

    /// Removes a value.
    pub fn take(&mut self, name: &str) -> Option<V> {
        if let Some((value, weight)) = self.young.remove(name) {
            self.weight -= weight;
            return Some(value);
        }
        self.old.remove(name).map(|(value, _)| value)
    }

    /// Adds or replaces a value.
    pub fn put(&mut self, name: String, value: V, weight: usize) {
        if self.weight >= self.half {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        if let Some((_, replaced)) = self.young.insert(name, (value, weight)) {
            self.weight -= replaced;
        }
    }
}

/// The end that requests objects.
pub(super) struct ObjectRequests {
    pipe: BufWriter<ChildStdin>,
    prefix: String,
    sent: VersionCache<()>,
    bases: HashSet<String>,
    walked: HashSet<String>,
}

impl ObjectRequests {
    pub fn new(pipe: ChildStdin, prefix: &str) -> Self {
        let (sent, bases, walked) = (VersionCache::of(SENT), HashSet::new(), HashSet::new());
        // A small buffer, so that git starts with the first requests while the next are determined.
        Self { pipe: BufWriter::with_capacity(1 << 12, pipe), prefix: prefix.to_owned(), sent, bases, walked }
    }

    /// Marks the objects that will be sent for a commit. Each version of casebook.toml is sent once.
    pub fn mark(&mut self, revision: &mut Revision) {
        let parent = revision.sides.first().and_then(|side| side.parent.clone());
        revision.sends_base = parent.is_some_and(|parent| !self.walked.contains(&parent) && self.walked.insert(parent));
        self.walked.insert(revision.id.clone());
        for change in revision.sides.iter_mut().flat_map(|side| &mut side.changes) {
            let Some(new) = &change.new else { continue };
            if change.path == layout::MARKER {
                change.sends_new = self.bases.insert(new.clone());
            } else if layout::is_in_tickets(&change.path) {
                change.sends_new = self.sent.get(new).is_none();
                if change.sends_new {
                    self.sent.put(new.clone(), (), 1);
                }
            }
        }
    }

    /// Returns the requests for the marked objects of a commit, one per line.
    pub fn names(&self, revision: &Revision) -> String {
        let mut names = String::new();
        let base = revision.sides.first().filter(|_| revision.sends_base);
        if let Some(parent) = base.and_then(|side| side.parent.as_ref()) {
            names.push_str(&format!("{parent}:{}{}\n", self.prefix, layout::MARKER));
        }
        for change in revision.sides.iter().flat_map(|side| &side.changes).filter(|change| change.sends_new) {
            names.push_str(change.new.as_deref().unwrap_or_default());
            names.push('\n');
        }
        names
    }

    /// Sends requests to git.
    pub fn send(&mut self, names: &str) -> io::Result<()> {
        self.pipe.write_all(names.as_bytes())
    }

    /// Flushes the requests.
    pub fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush()
    }
}

/// The end that reads objects.
#[derive(Debug)]
pub struct ObjectStream(GitProcess);

impl ObjectStream {
    /// Starts a `git cat-file --batch`, and returns its two ends.
    pub(crate) fn start(run: GitCommand) -> Result<(Self, ChildStdin), GitError> {
        GitProcess::start(run).map(|(process, stdin)| (Self(process), stdin))
    }

    /// Returns the bytes of the next object; `None` if git does not have it.
    ///
    /// # Errors
    /// git has ended.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, GitError> {
        self.read(|out| Ok(answer(out)?.map(|(_, bytes)| bytes)))
    }

    /// Returns the bytes of the next object; `None` if git does not have it, or if it is not a file.
    pub(crate) fn take_blob(&mut self) -> Result<Option<Vec<u8>>, GitError> {
        self.read(|out| Ok(answer(out)?.filter(|(is_blob, _)| *is_blob).map(|(_, bytes)| bytes)))
    }

    /// Returns the size of the next object of a `git cat-file --batch-check`; `None` if it is not a file.
    pub(crate) fn take_size(&mut self) -> Result<Option<u64>, GitError> {
        self.read(|out| Ok(header(out)?.filter(|(is_blob, _)| *is_blob).map(|(_, size)| size as u64)))
    }

    /// Reads from git; an error is that of git, if it printed one.
    fn read<T>(&mut self, read: impl FnOnce(&mut BufReader<ChildStdout>) -> io::Result<T>) -> Result<T, GitError> {
        // If its output has ended, it will end too.
        read(&mut self.0.out).map_err(|error| self.0.read_error(&error))
    }
}

/// Reads the first line of git's answer about one object: true if it is a file, and its size; `None` if git does not
/// have it.
fn header(out: &mut impl BufRead) -> io::Result<Option<(bool, usize)>> {
    let mut line = Vec::with_capacity(64);
    if out.read_until(b'\n', &mut line)? == 0 {
        return Err(io::Error::other("git cat-file ended too early"));
    }
    let line = String::from_utf8_lossy(&line);
    let mut fields = line.trim_end().rsplit(' ');
    // `NAME missing`: there is no such object.
    let size = fields.next().and_then(|size| size.parse().ok());
    Ok(size.map(|size| (fields.next() == Some("blob"), size)))
}

/// Reads git's answer about one object: true if it is a file, and its bytes; `None` if git does not have it.
fn answer(out: &mut impl BufRead) -> io::Result<Option<(bool, Vec<u8>)>> {
    let Some((is_blob, size)) = header(out)? else { return Ok(None) };
    let mut bytes = Vec::with_capacity(size);
    if out.by_ref().take(size as u64).read_to_end(&mut bytes)? < size {
        return Err(io::Error::other("git cat-file ended within an object"));
    }
    out.read_exact(&mut [0])?;
    Ok(Some((is_blob, bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_keeps_values_that_are_used() {
        let mut cache = VersionCache::of(2);
        for name in ["a", "b", "c"] {
            cache.put(name.to_owned(), name, 1);
        }
        assert_eq!(cache.get("a"), Some("a"));
        cache.put("d".to_owned(), "d", 1);
        assert_eq!((cache.get("b"), cache.get("a"), cache.get("d")), (None, Some("a"), Some("d")));
    }

    #[test]
    fn a_removed_value_has_no_weight() {
        let mut cache = VersionCache::of(10);
        for weight in [9, 9, 9] {
            cache.put("a".to_owned(), weight, weight);
        }
        cache.put("b".to_owned(), 1, 1);
        assert_eq!((cache.take("a"), cache.take("a")), (Some(9), None));
        for (name, weight) in [("c", 9), ("d", 1)] {
            cache.put(name.to_owned(), weight, weight);
        }
        // The weight was ten before the last value, so the others are in the old half now.
        assert_eq!((cache.take("d"), cache.get("b"), cache.get("c")), (Some(1), Some(1), Some(9)));
    }

    #[test]
    fn an_answer_is_an_object_or_says_that_it_is_missing() {
        let name = "a".repeat(40);
        let printed = format!("{name} blob 3\none\nHEAD:x missing\n{name} blob 9\nshort");
        let mut out = printed.as_bytes();
        assert_eq!(answer(&mut out).ok(), Some(Some((true, b"one".to_vec()))));
        assert_eq!(answer(&mut out).ok(), Some(None));
        assert!(answer(&mut out).is_err() && answer(&mut out).is_err());
    }
}
