//! The bytes of files, asked of one `git cat-file --batch` ahead of who reads them, each as seldom as possible.
//!
//! Who asks and who reads keep the same shelf of what has come before: the same steps in the same order make both
//! agree without a word between them.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use super::{Revision, Wanted, unheard};
use crate::store::git::GitRefusal;
use crate::store::git::process::Run;

/// How many things a half of a shelf holds.
const HALF: usize = 12_000;

/// What was used last, by name. When the young half is full it becomes the old one, and the old one goes.
#[derive(Debug)]
pub struct Shelf<V> {
    young: HashMap<String, V>,
    old: HashMap<String, V>,
    half: usize,
}

impl<V> Default for Shelf<V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: HALF }
    }
}

impl<V: Clone> Shelf<V> {
    /// A thing that is there; using it keeps it.
    pub fn get(&mut self, name: &str) -> Option<V> {
        if let Some(thing) = self.young.get(name) {
            return Some(thing.clone());
        }
        let (name, thing) = self.old.remove_entry(name)?;
        self.put(name, thing.clone());
        Some(thing)
    }

    /// Puts a thing there.
    pub fn put(&mut self, name: String, thing: V) {
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, thing);
    }
}

/// The side that asks.
pub(super) struct Asking {
    pipe: BufWriter<ChildStdin>,
    prefix: String,
    wanted: Wanted,
    shelf: Shelf<()>,
    bases: HashSet<String>,
    walked: HashSet<String>,
}

impl Asking {
    pub fn new(pipe: ChildStdin, prefix: &str, wanted: Wanted) -> Self {
        let (shelf, bases, walked) = (Shelf::default(), HashSet::new(), HashSet::new());
        Self { pipe: BufWriter::with_capacity(1 << 15, pipe), prefix: prefix.to_owned(), wanted, shelf, bases, walked }
    }

    /// Marks which objects a commit will bring. The file everybody needs is brought once for each of its versions.
    pub fn mark(&mut self, revision: &mut Revision) {
        let parent = revision.sides.first().and_then(|side| side.parent.clone());
        revision.sends_base = parent.is_some_and(|parent| self.walked.insert(parent));
        self.walked.insert(revision.id.clone());
        for change in revision.sides.iter_mut().flat_map(|side| &mut side.changes) {
            if change.path == self.wanted.base {
                change.sends_new = change.new.as_ref().is_some_and(|new| self.bases.insert(new.clone()));
            } else if change.path.starts_with(self.wanted.folder) {
                let mut comes = |object: &Option<String>| {
                    let Some(object) = object else { return false };
                    let comes = self.shelf.get(object).is_none();
                    if comes {
                        self.shelf.put(object.clone(), ());
                    }
                    comes
                };
                change.sends_old = comes(&change.old);
                change.sends_new = comes(&change.new);
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
        for change in revision.sides.iter().flat_map(|side| &side.changes) {
            for object in [&change.old, &change.new].into_iter().zip([change.sends_old, change.sends_new]) {
                if let (Some(object), true) = object {
                    words.push_str(object);
                    words.push('\n');
                }
            }
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

/// How many objects lie ready at most.
const READY: usize = 64;

/// The side that reads.
///
/// A thread takes in what git has found while what came before is looked at, so that neither waits for the other as
/// long as a pipe is narrow.
pub struct Objects {
    child: Child,
    ready: Receiver<io::Result<Option<Vec<u8>>>>,
}

impl Objects {
    pub(super) fn start(run: Run) -> Result<(Self, ChildStdin), GitRefusal> {
        let mut child = run.start(Stdio::piped(), unheard())?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) = pipes.ok_or_else(|| GitRefusal::Refused { said: "git cat-file has no pipes".into() })?;
        let (send, ready) = sync_channel(READY);
        std::thread::spawn(move || {
            let mut out = BufReader::with_capacity(1 << 17, stdout);
            loop {
                let answer = answer(&mut out);
                let is_last = answer.is_err();
                if send.send(answer).is_err() || is_last {
                    break;
                }
            }
        });
        Ok((Self { child, ready }, stdin))
    }

    /// The next object's bytes; none where git has no such object.
    ///
    /// # Errors
    /// git has ended.
    pub fn take(&mut self) -> Result<Option<Vec<u8>>, GitRefusal> {
        let answer = self.ready.recv().unwrap_or_else(|_| Err(io::Error::other("git cat-file ended too early")));
        answer.map_err(|error| {
            let mut said = String::new();
            if let Some(stderr) = self.child.stderr.as_mut() {
                let _ = stderr.read_to_string(&mut said);
            }
            let said = if said.trim().is_empty() { error.to_string() } else { said.trim().to_owned() };
            GitRefusal::Refused { said }
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
    let mut bytes = vec![0; size];
    out.read_exact(&mut bytes)?;
    out.read_exact(&mut [0])?;
    Ok(Some(bytes))
}

impl Drop for Objects {
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
        let mut shelf = Shelf { half: 2, ..Shelf::default() };
        for name in ["a", "b", "c"] {
            shelf.put(name.to_owned(), name);
        }
        assert_eq!(shelf.get("a"), Some("a"));
        shelf.put("d".to_owned(), "d");
        assert_eq!((shelf.get("b"), shelf.get("a"), shelf.get("d")), (None, Some("a"), Some("d")));
    }
}
