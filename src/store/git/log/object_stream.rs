//! The bytes of files, asked of one `git cat-file --batch` ahead of who reads them, each as seldom as possible.
//!
//! What a commit brings is sent, unless it was sent lately; what was there before it, whoever reads has already, knows by
//! its name, or asks for.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::stderr_file::StderrFile;
use super::{Revision, WalkFilter, widen};
use crate::store::git::GitError;
use crate::store::git::command::GitCommand;

/// How many names of what was sent are remembered at most, twice.
const SENT: usize = 12_000;

/// What was used last, by name. When the young half is full it becomes the old one, and the old one goes.
#[derive(Debug)]
pub struct VersionCache<V> {
    young: HashMap<String, (V, usize)>,
    old: HashMap<String, (V, usize)>,
    weight: usize,
    half: usize,
}

impl<V: Clone> VersionCache<V> {
    /// A shelf of which each half holds things of so much weight, and one more.
    pub fn of(half: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, half }
    }

    /// A thing that is there; using it keeps it.
    pub fn get(&mut self, name: &str) -> Option<V> {
        if let Some((thing, _)) = self.young.get(name) {
            return Some(thing.clone());
        }
        let (name, (thing, weight)) = self.old.remove_entry(name)?;
        self.put(name, thing.clone(), weight);
        Some(thing)
    }

    /// Takes a thing away.
    pub fn take(&mut self, name: &str) -> Option<V> {
        if let Some((thing, weight)) = self.young.remove(name) {
            self.weight -= weight;
            return Some(thing);
        }
        self.old.remove(name).map(|(thing, _)| thing)
    }

    /// Puts a thing there.
    pub fn put(&mut self, name: String, thing: V, weight: usize) {
        if self.weight >= self.half {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        if let Some((_, known)) = self.young.insert(name, (thing, weight)) {
            self.weight -= known;
        }
    }
}

/// The side that asks.
pub(super) struct ObjectRequests {
    pipe: BufWriter<ChildStdin>,
    prefix: String,
    wanted: WalkFilter,
    sent: VersionCache<()>,
    bases: HashSet<String>,
    walked: HashSet<String>,
}

impl ObjectRequests {
    pub fn new(pipe: ChildStdin, prefix: &str, wanted: WalkFilter) -> Self {
        let (sent, bases, walked) = (VersionCache::of(SENT), HashSet::new(), HashSet::new());
        // Narrow, so that git begins with the first questions while the next are found.
        Self { pipe: BufWriter::with_capacity(1 << 12, pipe), prefix: prefix.to_owned(), wanted, sent, bases, walked }
    }

    /// Marks which objects a commit will bring. The file everybody needs is brought once for each of its versions.
    pub fn mark(&mut self, revision: &mut Revision) {
        let parent = revision.sides.first().and_then(|side| side.parent.clone());
        revision.sends_base = parent.is_some_and(|parent| !self.walked.contains(&parent) && self.walked.insert(parent));
        self.walked.insert(revision.id.clone());
        for change in revision.sides.iter_mut().flat_map(|side| &mut side.changes) {
            let Some(new) = &change.new else { continue };
            if change.path == self.wanted.base {
                change.sends_new = self.bases.insert(new.clone());
            } else if change.path.starts_with(self.wanted.folder) {
                change.sends_new = self.sent.get(new).is_none();
                if change.sends_new {
                    self.sent.put(new.clone(), (), 1);
                }
            }
        }
    }

    /// What has to be asked for a commit.
    pub fn words(&self, revision: &Revision) -> String {
        let mut words = String::new();
        if let Some(parent) =
            revision.sides.first().and_then(|side| side.parent.as_ref()).filter(|_| revision.sends_base)
        {
            words.push_str(&format!("{parent}:{}{}\n", self.prefix, self.wanted.base));
        }
        for change in revision.sides.iter().flat_map(|side| &side.changes).filter(|change| change.sends_new) {
            words.push_str(change.new.as_deref().unwrap_or_default());
            words.push('\n');
        }
        words
    }

    pub fn ask(&mut self, words: &str) -> io::Result<()> {
        self.pipe.write_all(words.as_bytes())
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.pipe.flush()
    }
}

/// The side that reads.
pub struct ObjectStream {
    child: Child,
    out: BufReader<ChildStdout>,
    said: StderrFile,
}

impl ObjectStream {
    pub(crate) fn start(run: GitCommand) -> Result<(Self, ChildStdin), GitError> {
        let said = StderrFile::nothing();
        let mut child = run.start(Stdio::piped(), said.stdio())?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| GitError::Refused { said: "git cat-file has no pipes".into() })?;
        widen(&stdout);
        Ok((Self { child, out: BufReader::with_capacity(1 << 16, stdout), said }, stdin))
    }

    /// The next object's bytes; none where git has no such object.
    ///
    /// # Errors
    /// git has ended.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, GitError> {
        answer(&mut self.out).map_err(|error| {
            // Its output has ended, and so will it.
            let _ = self.child.wait();
            let said = self.said.words();
            GitError::Refused { said: if said.is_empty() { error.to_string() } else { said } }
        })
    }
}

/// What git says of one object: its bytes, or that it has none of that name.
fn answer(out: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::with_capacity(64);
    if out.read_until(b'\n', &mut line)? == 0 {
        return Err(io::Error::other("git cat-file ended too early"));
    }
    let size = std::str::from_utf8(&line).ok().and_then(|line| line.trim_end().rsplit(' ').next()?.parse().ok());
    // `… missing`: an object that is not there.
    let Some(size) = size else { return Ok(None) };
    let mut bytes = Vec::with_capacity(size);
    if out.by_ref().take(size as u64).read_to_end(&mut bytes)? < size {
        return Err(io::Error::other("git cat-file ended within an object"));
    }
    out.read_exact(&mut [0])?;
    Ok(Some(bytes))
}

impl Drop for ObjectStream {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shelf_keeps_what_is_used() {
        let mut shelf = VersionCache::of(2);
        for name in ["a", "b", "c"] {
            shelf.put(name.to_owned(), name, 1);
        }
        assert_eq!(shelf.get("a"), Some("a"));
        shelf.put("d".to_owned(), "d", 1);
        assert_eq!((shelf.get("b"), shelf.get("a"), shelf.get("d")), (None, Some("a"), Some("d")));
    }

    #[test]
    fn what_is_taken_away_weighs_nothing() {
        let mut shelf = VersionCache::of(10);
        for weight in [9, 9, 9] {
            shelf.put("a".to_owned(), weight, weight);
        }
        shelf.put("b".to_owned(), 1, 1);
        assert_eq!((shelf.take("a"), shelf.take("a")), (Some(9), None));
        for (name, weight) in [("c", 9), ("d", 1)] {
            shelf.put(name.to_owned(), weight, weight);
        }
        // Ten were there before the last came, so the others are the old half now, and still there.
        assert_eq!((shelf.take("d"), shelf.get("b"), shelf.get("c")), (Some(1), Some(1), Some(9)));
    }

    #[test]
    fn an_answer_is_an_object_or_that_there_is_none() {
        let name = "a".repeat(40);
        let told = format!("{name} blob 3\none\nHEAD:x missing\n{name} blob 9\nshort");
        let mut out = told.as_bytes();
        assert_eq!(answer(&mut out).ok(), Some(Some(b"one".to_vec())));
        assert_eq!(answer(&mut out).ok(), Some(None));
        assert!(answer(&mut out).is_err() && answer(&mut out).is_err());
    }
}
